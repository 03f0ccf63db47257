"""在线修改 of rows with one number (ROW-008): what the grid says depends on whether its person is on the roster."""

from __future__ import annotations

from tests.web.conftest import Browser, imported, text_of
from tests.web.forms import opened
from tests.workbooks import some_people

ZHANG, WANG, LI = some_people(3)
ON_ROSTER = "的人员已在清册中，不受影响；请改正本行的证件号码"
NOWHERE = "核对后删去一行；两行内容不同时两行都未入册。"


def with_number_of(row: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return (*row[:2], other[2], *row[3:])


def saved(li: Browser, import_id: int, row: int, id_no: str) -> str:
    """Type another number into one row and press its own button."""
    fields = opened(li, import_id) | {f"r{row}-id_no": id_no, "only": str(row)}
    return text_of(li.client.post(f"/imports/{import_id}/corrections", data=fields))


def test_a_number_whose_person_is_on_the_roster_says_that_nothing_happens_to_them(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [(*ZHANG[:2], ZHANG[2] + "#", *ZHANG[3:]), WANG])
    page = saved(li, import_id, 2, f" {WANG[2]} ")
    assert f"证件号码与第3行重复。第3行{ON_ROSTER}" in page
    assert NOWHERE not in page


def test_of_two_rows_with_one_number_neither_is_said_to_be_on_the_roster(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [ZHANG, with_number_of(WANG, LI), LI])
    assert text_of(li.get(f"/imports/{import_id}/corrections")).count(NOWHERE) == 2


def test_a_row_that_went_onto_the_roster_with_a_number_of_its_own_is_not_in_the_others_way(
    li: Browser, batch_no: str
) -> None:
    import_id = imported(li, batch_no, [with_number_of(ZHANG, WANG), WANG])
    page = saved(li, import_id, 2, ZHANG[2])
    assert "第 2 行已入册。" in page
    assert ON_ROSTER not in page


def test_the_number_of_a_row_has_no_separators(li: Browser, batch_no: str) -> None:
    habit = [(*row[:6], "有") for row in some_people(2, 999)]
    import_id = imported(li, batch_no, [*some_people(999), *habit])
    assert "第 1001、1002 行" in text_of(li.get(f"/imports/{import_id}/corrections"))
