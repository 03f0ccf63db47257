from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.rules.lifecycle import BatchState
from tests.statements import statements
from tests.web.clock import FIRST_INSTANT_MOMENT, at
from tests.web.conftest import Browser, Town, imported, text_of
from tests.web.forms import fields_of, opened
from tests.workbooks import a_workbook, some_people

GOOD = some_people(12)


def spoilt(row: tuple[str, ...], **cells: str) -> tuple[str, ...]:
    """The row with some of its cells replaced."""
    names = ("name", "id_type", "id_no", "birth", "sex", "mobile", "has_si")
    return tuple(cells.get(name, value) for name, value in zip(names, row, strict=True))


def saved(browser: Browser, import_id: int, fields: dict[str, str], **changes: str) -> TestResponse:
    """Send the grid with some of its fields changed; r2-mobile is the mobile of row 2."""
    sent = {**fields, **{name.replace("__", "-"): value for name, value in changes.items()}}
    return browser.client.post(f"/imports/{import_id}/corrections", data=sent)


def names_on(batch_no: str) -> set[str]:
    with reading() as records:
        return set(records.scalars(select(BatchPerson.name).join(Batch).where(Batch.batch_no == batch_no)))


def tally_of(page: TestResponse) -> list[int]:
    """The seven counts as the page shows them."""
    tally = re.search(r'<dl class="tally">.*?</dl>', page.get_data(as_text=True), re.S)
    assert tally
    return [int(figure.replace(",", "")) for figure in re.findall(r"<dd>([\d,]+)<", tally[0])]


@pytest.fixture
def import_id(li: Browser, batch_no: str) -> int:
    """Rows 2 to 4 are wrong in different ways, rows 5 to 9 are good."""
    rows = [spoilt(GOOD[0], id_no=GOOD[0][2] + "#"), spoilt(GOOD[1], mobile="1380000"), spoilt(GOOD[2], has_si="有")]
    return imported(li, batch_no, [*rows, *GOOD[3:8]])


def test_the_grid_shows_the_refused_rows_with_their_numbers_and_says_so_in_the_log(li: Browser, import_id: int) -> None:
    fields = opened(li, import_id)
    assert fields["r2-id_no"] == GOOD[0][2] + "#"
    assert fields["r4-has_si"] == "有"
    assert {name.split("-")[0] for name in fields if name.startswith("r")} == {"r2", "r3", "r4"}
    with reading() as records:
        entry = records.scalars(select(AuditEntry).where(AuditEntry.action == "view_rows_to_correct")).one()
    assert entry.details["rows"] == [2, 3, 4]


def test_a_wrong_cell_is_marked_and_described_by_its_sentence_and_remedy(li: Browser, import_id: int) -> None:
    page = li.get(f"/imports/{import_id}/corrections").get_data(as_text=True)
    field = re.search(r'<input[^>]*name="r3-mobile"[^>]*>', page)
    assert field
    assert 'aria-invalid="true"' in field[0]
    described = re.search(r'aria-describedby="([^"]+)"', field[0])
    assert described
    why = re.search(rf'id="{described[1]}"[^>]*>(.*?)</td>', page, re.S)
    assert why
    assert "手机号格式不正确。填 11 位手机号，或留空。" in why[1]
    assert "ROW-010" in why[1]
    untouched = re.search(r'<input[^>]*name="r3-name"[^>]*>', page)
    assert untouched
    assert "aria-invalid" not in untouched[0]


def test_saving_the_page_lets_mended_rows_in_and_the_counts_follow(li: Browser, batch_no: str, import_id: int) -> None:
    fields = opened(li, import_id)
    page = saved(li, import_id, fields, r2__id_no=GOOD[0][2], r3__mobile="", r4__has_si="是")
    assert page.status_code == 200
    assert "第 2、3、4 行已入册。" in text_of(page)
    assert "没有需要修改的行了" in text_of(page)
    assert tally_of(page) == [8, 0, 0, 0, 0, 0, 0]
    assert "以上为在线修改后的情况；清册现在的人数见 参保清册" in text_of(page)
    assert names_on(batch_no) == {row[0] for row in GOOD[:8]}


def test_only_rows_that_were_changed_are_judged(li: Browser, import_id: int) -> None:
    fields = opened(li, import_id)
    saved(li, import_id, fields, r3__mobile="")
    with reading() as records:
        entry = records.scalars(select(AuditEntry).where(AuditEntry.action == "correct_rows")).one()
    assert entry.details["outcomes"] == {"added": [3]}


def test_saving_an_untouched_page_changes_nothing(li: Browser, import_id: int) -> None:
    page = saved(li, import_id, opened(li, import_id))
    assert "本页没有修改过的行，未提交。" in text_of(page)
    assert tally_of(page) == [5, 0, 0, 0, 0, 0, 3]


def test_a_row_that_is_still_wrong_stays_as_typed_with_its_new_reason(li: Browser, import_id: int) -> None:
    page = saved(li, import_id, opened(li, import_id), r2__id_no=GOOD[0][2], r3__mobile="12345", r4__has_si="无")
    assert "第 2 行已入册；第 3、4 行仍需修改。" in text_of(page)
    again = fields_of(page)
    assert again["r3-mobile"] == "12345"
    assert again["r4-has_si"] == "无"
    assert "r2" not in again
    assert tally_of(page) == [6, 0, 0, 0, 0, 0, 2]


def test_one_row_is_saved_alone_and_what_was_typed_into_the_others_stays(li: Browser, import_id: int) -> None:
    fields = opened(li, import_id)
    page = saved(li, import_id, fields, r2__id_no=GOOD[0][2], r3__mobile="13900000003", only="2")
    assert "第 2 行已入册。" in text_of(page)
    again = fields_of(page)
    assert again["r3-mobile"] == "13900000003"
    assert tally_of(page) == [6, 0, 0, 0, 0, 0, 2]
    page = saved(li, import_id, again)
    assert "第 3 行已入册。" in text_of(page)


def test_the_reader_goes_on_at_the_next_wrong_cell(li: Browser, import_id: int) -> None:
    page = saved(li, import_id, opened(li, import_id), r3__mobile="", only="3").get_data(as_text=True)
    focused = re.findall(r"<(?:input|select)[^>]*autofocus[^>]*>", page)
    assert len(focused) == 1
    assert 'name="r4-has_si"' in focused[0]


def test_a_row_that_somebody_mended_meanwhile_is_not_written_over(li: Browser, batch_no: str, import_id: int) -> None:
    first = opened(li, import_id)
    second = opened(li, import_id)
    saved(li, import_id, first, r3__mobile="1")
    page = saved(li, import_id, second, r3__mobile="2", r4__has_si="是")
    assert page.status_code == 409
    assert "第 4 行已入册；第 3 行已在别处改过，本次没有保存，请核对后再保存。 BAT-004" in text_of(page)
    assert fields_of(page)["r3-mobile"] == "2"
    assert "第 3 行仍需修改" in text_of(saved(li, import_id, fields_of(page)))


def test_nothing_typed_is_lost_while_another_file_is_being_imported(li: Browser, batch_no: str, import_id: int) -> None:
    fields = opened(li, import_id)
    li.upload(batch_no, a_workbook(GOOD[9:]))
    page = saved(li, import_id, fields, r3__mobile="13900000003")
    assert page.status_code == 409
    assert "您填写的内容都还在。 BAT-007" in text_of(page)
    assert fields_of(page)["r3-mobile"] == "13900000003"
    assert tally_of(page) == [5, 0, 0, 0, 0, 0, 3]


def test_nothing_typed_is_lost_when_the_log_in_is_over(
    app: Flask, li: Browser, town: Town, batch_no: str, import_id: int
) -> None:
    fields = opened(li, import_id)
    li.client.delete_cookie("canbao")
    over = saved(li, import_id, fields, r3__mobile="13900000003")
    assert over.status_code == 401
    assert "AUTH-005" in text_of(over)
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', over.get_data(as_text=True)))
    assert carried["r3-mobile"] == "13900000003"
    li.log_in(town.li)
    page = saved(li, import_id, {name: unescape(value) for name, value in carried.items()})
    assert page.status_code == 400
    assert "没有执行任何操作；您填写的内容都还在" in text_of(page)
    page = saved(li, import_id, fields_of(page))
    assert "第 3 行已入册。" in text_of(page)


def test_a_repeated_mistake_is_mended_everywhere_at_once(li: Browser, batch_no: str) -> None:
    rows = [spoilt(row, has_si="有") for row in GOOD[:4]]
    import_id = imported(li, batch_no, [*rows, spoilt(GOOD[4], mobile="1"), *GOOD[5:8]])
    page = li.get(f"/imports/{import_id}/corrections")
    assert re.search("是否有社保 填了“ ?有 ?” — 4 行 第 2、3、4 等 4 行", text_of(page))
    fields = fields_of(page)
    unchosen = saved(li, import_id, fields, repeated="0")
    assert "请先选择要改成什么" in text_of(unchosen)
    page = saved(li, import_id, fields, g0__replacement="是", r6__mobile="13900000006", repeated="0")
    assert "“是否有社保”的“有”已全部改为“是”：第 2、3、4、5 行已入册。" in text_of(page)
    assert fields_of(page)["r6-mobile"] == "13900000006"
    assert tally_of(page) == [7, 0, 0, 0, 0, 0, 1]


def test_what_was_typed_beside_a_repeated_mistake_is_kept_with_it_mended(li: Browser, batch_no: str) -> None:
    rows = [spoilt(row, has_si="有", mobile="1") for row in GOOD[:2]]
    import_id = imported(li, batch_no, rows)
    fields = opened(li, import_id)
    page = saved(li, import_id, fields, g0__replacement="是", r2__mobile="13900000002", repeated="0")
    again = fields_of(page)
    assert (again["r2-mobile"], again["r2-has_si"]) == ("13900000002", "是")
    assert (again["r3-mobile"], again["r3-has_si"]) == ("1", "是")
    assert "第 2 行已入册。" in text_of(saved(li, import_id, again))


def test_a_number_that_a_spreadsheet_has_cut_must_be_typed_anew(li: Browser, batch_no: str) -> None:
    cut = (*GOOD[0][:2], 310101197001010000, *GOOD[0][3:])
    import_id = imported(li, batch_no, [cut, *GOOD[1:3]])
    page = li.get(f"/imports/{import_id}/corrections")
    assert fields_of(page)["r2-id_no"] == ""
    assert "ROW-013" in text_of(page)
    assert "第 2 行已入册。" in text_of(saved(li, import_id, fields_of(page), r2__id_no=GOOD[0][2]))


def test_the_page_that_was_emptied_gives_way_to_the_last_one(li: Browser, batch_no: str) -> None:
    people = some_people(52)
    import_id = imported(li, batch_no, [spoilt(row, mobile="1") for row in people])
    second = fields_of(li.get(f"/imports/{import_id}/corrections?page=2"))
    page = saved(li, import_id, second, r52__mobile="", r53__mobile="")
    assert "第 52、53 行已入册。" in text_of(page)
    assert "第 1–50 行，共 50 行" in text_of(page)


def test_repeated_mistakes_are_offered_on_the_first_page_alone(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [spoilt(row, has_si="有") for row in some_people(51)])
    assert "同样的错误一次改完" in text_of(li.get(f"/imports/{import_id}/corrections"))
    assert "同样的错误一次改完" not in text_of(li.get(f"/imports/{import_id}/corrections?page=2"))


def test_what_one_press_does_not_reach_is_offered_again(
    li: Browser, batch_no: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.actions.correct_rows.ROWS_AT_ONCE", 2)
    import_id = imported(li, batch_no, [spoilt(row, has_si="有") for row in GOOD[:4]])
    page = saved(li, import_id, opened(li, import_id), g0__replacement="是", repeated="0")
    told = "“是否有社保”的“有”已有 2 行改为“是”，其余的请再按一次【全部改为】：第 2、3 行已入册。"
    assert told in text_of(page)
    page = saved(li, import_id, fields_of(page), g0__replacement="是", repeated="0")
    assert "已全部改为“是”：第 4、5 行已入册。" in text_of(page)


def test_the_rows_of_one_mistake_are_shown_alone(li: Browser, import_id: int) -> None:
    page = li.get(f"/imports/{import_id}/corrections?code=ROW-010")
    assert "只看：手机号格式不正确 ROW-010" in text_of(page)
    fields = fields_of(page)
    assert {name for name in fields if name.startswith("r") and "-" not in name} == {"r3"}
    sent = fields | {"r3-mobile": ""}
    page = li.client.post(f"/imports/{import_id}/corrections?code=ROW-010", data=sent)
    assert "这一类错误已全部改好" in text_of(page)


def test_the_tab_is_there_only_where_rows_can_be_mended(
    li: Browser, reviewer: Browser, batch_no: str, import_id: int
) -> None:
    assert "在线修改" in text_of(li.get(f"/imports/{import_id}"))
    assert "在线修改" not in text_of(reviewer.get(f"/imports/{import_id}"))
    only_good = imported(li, batch_no, GOOD[8:10])
    assert "在线修改" not in text_of(li.get(f"/imports/{only_good}"))
    checked = imported(li, batch_no, [spoilt(GOOD[10], mobile="1")], check_only="1")
    assert "在线修改" not in text_of(li.get(f"/imports/{checked}"))
    with writing() as records:
        batch = records.scalars(select(Batch).where(Batch.batch_no == batch_no)).one()
        batch.state = BatchState.ROSTER_SUBMITTED
    assert "在线修改" not in text_of(li.get(f"/imports/{import_id}"))


def test_the_grid_of_a_check_leads_back_to_its_result(li: Browser, batch_no: str) -> None:
    checked = imported(li, batch_no, [spoilt(GOOD[0], mobile="1")], check_only="1")
    answer = li.get(f"/imports/{checked}/corrections")
    assert answer.status_code == 303
    assert "BAT-002" in text_of(li.get(answer.location))


def test_where_nothing_can_be_saved_any_more_the_address_leads_to_the_result(li: Browser, import_id: int) -> None:
    at(FIRST_INSTANT_MOMENT)
    answer = li.get(f"/imports/{import_id}/corrections")
    assert (answer.status_code, answer.location) == (303, f"/imports/{import_id}")
    assert "WIN-002" in text_of(li.get(answer.location))


def test_the_grid_is_the_units_own(zhou: Browser, reviewer: Browser, import_id: int) -> None:
    zhou.get("/batches")
    assert zhou.get(f"/imports/{import_id}/corrections").status_code == 404
    assert zhou.post(f"/imports/{import_id}/corrections", r2="x", only="2").status_code == 404
    reviewer.get("/batches")
    assert reviewer.get(f"/imports/{import_id}/corrections").status_code == 403
    assert reviewer.post(f"/imports/{import_id}/corrections", r2="x", only="2").status_code == 403


def test_no_number_stands_in_an_address(li: Browser, import_id: int) -> None:
    page = saved(li, import_id, opened(li, import_id), r2__id_no=GOOD[0][2][:-1] + "#")
    addresses = re.findall(r'(?:href|action|hx-[a-z]+)="([^"]*)"', page.get_data(as_text=True))
    assert addresses
    assert not [address for address in addresses if re.search(r"\d{15}", address)]


def test_a_crafted_form_is_answered_by_a_page(li: Browser, import_id: int) -> None:
    fields = opened(li, import_id)
    for sent in ({"only": "99999999999"}, {"r9999999": "x", "only": "9999999"}, {"repeated": "7"}, {"r2": ""}):
        assert saved(li, import_id, fields | sent).status_code in {200, 409}


def test_the_grid_asks_as_often_whatever_it_holds(li: Browser, batch_no: str) -> None:
    small = imported(li, batch_no, [spoilt(row, has_si="有") for row in some_people(2)])
    large = imported(li, batch_no, [spoilt(row, has_si="有") for row in some_people(48, first=100)])
    with statements() as few:
        li.get(f"/imports/{small}/corrections")
    with statements() as many:
        li.get(f"/imports/{large}/corrections")
    assert len(many) == len(few)
