"""保费: half price to the day, and the handbook's two screenshots (AC30, AC31); numbers of tests/examples.json."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from werkzeug.test import TestResponse

from config.clock import SHANGHAI
from tests.models.rules.plan_years import EXAMPLES
from tests.web.checks import submitted
from tests.web.clock import at
from tests.web.conftest import MORNING, Browser, Town, imported, text_of
from tests.web.pages.test_projects import asked, generated
from tests.workbooks import some_people

CASES: dict[str, dict[str, Any]] = {case["id"]: case for case in EXAMPLES["premium"]}
HALF_PRICE = {"P11": time(23, 59), "P12": time(0), "P13": time(9)}
"""Each with the time of day: the last minute of 29 September, the first one of the 30th."""
SCREENSHOTS = ("P01", "P02")


def at_clock(day: str | None, clock: time = time(9)) -> datetime:
    """The moment of an example; what names no day happens in the central window."""
    return datetime.combine(date.fromisoformat(day), clock, SHANGHAI) if day else MORNING


def yuan(fen: int) -> str:
    return f"{fen / 100:,.2f}"


def a_roster(si_people: int, other_people: int) -> list[tuple[str, ...]]:
    """Rows of so many people with and without social insurance."""
    rows = some_people(si_people + other_people, first=1)
    return [(*row[:-1], "是" if place < si_people else "否") for place, row in enumerate(rows)]


def priced(li: Browser, town: Town, case: dict[str, Any], clock: time = time(9)) -> tuple[str, TestResponse]:
    """A batch of this example from the dialog to 生成保费信息; its number, and the page with the premium."""
    sent = case["input"]
    at(at_clock(sent["roster_submitted_on"], clock))
    batch_no = li.open_batch(town.li.code, sent["enrolment_type"])
    imported(li, batch_no, a_roster(sent["si_count"], sent["non_si_count"]))
    submitted(li, batch_no)
    return batch_no, generated(li, batch_no, **chosen(sent["projects"]))


def chosen(projects: list[str]) -> dict[str, Any]:
    """The selection as the form sends it."""
    basics = [code for code in projects if code.endswith("0")]
    return {"projects": basics} | {f"enhanced-{code[0]}": code for code in projects if not code.endswith("0")}


@pytest.mark.parametrize(("case_id", "clock"), HALF_PRICE.items(), ids=HALF_PRICE)
def test_ac30_cover_from_the_first_of_october_is_half_price_and_a_day_earlier_is_not(
    li: Browser, town: Town, case_id: str, clock: time
) -> None:
    case = CASES[case_id]
    batch_no, page = priced(li, town, case, clock)
    expected = case["expected"]
    shown = text_of(page)
    assert f"总计 1 {expected['total_yuan']} – – {expected['total_yuan']}" in shown
    assert ("计费比例" in shown and " 50% " in shown) is expected["half_price"]
    cover = f"{expected['coverage_start']} 起，至 {expected['coverage_end']}"
    assert cover in text_of(li.get(f"/batches/{batch_no}/validation"))


@pytest.mark.parametrize("case_id", SCREENSHOTS)
def test_ac31_the_screenshots_totals_come_out_line_by_line_and_are_what_is_due(
    li: Browser, town: Town, case_id: str
) -> None:
    case = CASES[case_id]
    batch_no, page = priced(li, town, case)
    shown = text_of(page)
    for line in case["expected"]["lines"]:
        discount = yuan(line["discount_fen"]) if line["discount_fen"] else "–"
        si = f"{line['si_count']} {yuan(line['si_fen'])}" if line["si_count"] else "– –"
        other = f"{line['non_si_count']} {yuan(line['non_si_fen'])}" if line["non_si_count"] else "– –"
        items = " ".join(line["items"])
        row = f"{items} {yuan(line['list_price_fen'])} {discount} {si} {other} {yuan(line['line_total_fen'])}"
        assert row in shown, row
    total = yuan(case["expected"]["total_fen"])
    projects = chosen(case["input"]["projects"])
    assert f"应缴保费{total}元" in text_of(asked(li, page, batch_no, **projects))
    asked(li, page, batch_no, confirmed="1", **projects)
    assert f"应缴保费 {total} 元" in text_of(li.get(f"/batches/{batch_no}"))
