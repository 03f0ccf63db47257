"""即时参保 and other units: locked projects, forgotten people, one enrolment a year (AC21, AC23 to AC25)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from config.clock import SHANGHAI
from models.actions.keep_plans import load_plan, publish_plan
from models.records.claim import Claim
from models.records.database import reading, writing
from tests.premiums import BASICS, took_part
from tests.web.api.conftest import Program, code_of
from tests.web.checks import checked, submitted
from tests.web.clock import FIRST_INSTANT_MOMENT, LAST_CENTRAL_MINUTE, at
from tests.web.conftest import Browser, Town, imported, text_of
from tests.web.forms import LI_LEI, add_person_by_form, enrolled_by, field
from tests.web.pages.test_batches import the_year_after
from tests.web.pages.test_projects import asked, generated, page_of, ticked_on
from tests.web.premiums import batch_of, ready
from tests.workbooks import WANG_DOUDOU, some_people

CENTRAL_PROJECTS = ["B0", "C0", "B1"]
LI_LEI_TYPED = tuple(LI_LEI.values())
NEXT_YEAR = datetime(2021, 3, 10, 9, 0, tzinfo=SHANGHAI)
"""The central window of 2021 is open; 2020 has not ended."""


def day(month: int, number: int) -> datetime:
    return datetime(2020, month, number, 9, 0, tzinfo=SHANGHAI)


def claimed_for(batch_no: str, town: Town) -> int:
    """How many people of 李小满's batch hold a claim."""
    with reading() as records:
        return records.query(Claim).filter_by(batch_id=batch_of(town.li, batch_no).batch_id).count()


@pytest.fixture
def instant(li: Browser, town: Town, batch_no: str) -> str:
    """The unit took part centrally with B0, C0 and B1; in July an instant batch of two waits for its projects."""
    took_part(batch_of(town.li, ready(town.li, batch_no, 2, 0)), CENTRAL_PROJECTS)
    at(now := day(7, 1))
    return ready(town.li, li.open_batch(town.li.code, "instant"), 1, 1, now=now, first=100)


def test_ac21_the_instant_batch_shows_exactly_the_central_projects_ticked_and_locked(li: Browser, instant: str) -> None:
    page = li.get(page_of(instant))
    assert ticked_on(page) == CENTRAL_PROJECTS
    boxes = re.findall(r'<input class="form-check-input" type="(?:checkbox|radio)"[^>]*>', page.get_data(as_text=True))
    assert len(boxes) > len(CENTRAL_PROJECTS)
    assert all("disabled" in box for box in boxes)
    priced = li.get(li.post(page_of(instant), version=field(page, "version")).location)
    assert "总计 1 170.00 1 170.00 340.00" in text_of(priced)
    assert asked(li, priced, instant, confirmed="1").status_code == 303


def test_ac21_other_projects_are_refused(li: Browser, li_calls: Program, instant: str) -> None:
    version = field(li.get(page_of(instant)), "version")
    for others in (BASICS, ["B0", "C0"], ["B0", "C0", "B1", "C1"]):
        assert code_of(li_calls.post(f"/batches/{instant}/premium", {"projects": others})) == (422, "PRJ-007"), others
        assert "PRJ-007" in text_of(li.post(page_of(instant), version=version, projects=others)), others


def test_ac23_before_the_instant_channel_opens_a_forgotten_person_has_to_wait(li: Browser, town: Town) -> None:
    at(LAST_CENTRAL_MINUTE.replace(hour=23, minute=59))
    answer = li.post("/batches/open/instant", "/batches/open/instant", code=town.li.code, confirmed="1")
    assert "即时参保将于2020-05-12 00:00开放。 WIN-003" in text_of(answer)


@pytest.fixture
def central(town: Town, batch_no: str) -> str:
    """The unit took part centrally with the three basic projects, and forgot somebody."""
    took_part(batch_of(town.li, ready(town.li, batch_no, 2, 0)))
    return batch_no


@pytest.mark.usefixtures("central")
@pytest.mark.parametrize(
    ("submitted_on", "days", "charge"),
    [
        (FIRST_INSTANT_MOMENT, ("2020-05-13", "2020-06-11", "2020-07-11"), "180.00"),
        (day(9, 29), ("2020-09-30", "2020-10-29", "2020-11-28"), "180.00"),
        (day(9, 30), ("2020-10-01", "2020-10-30", "2020-11-29"), "90.00"),
    ],
    ids=["the first moment", "29 September", "30 September"],
)
def test_ac23_then_it_is_enrolled_with_waiting_periods_and_later_at_half_price(
    li: Browser, town: Town, submitted_on: datetime, days: tuple[str, str, str], charge: str
) -> None:
    covered_from, a_until, b_until = days
    at(submitted_on)
    instant = li.open_batch(town.li.code, "instant")
    imported(li, instant, [WANG_DOUDOU])
    assert "清册已提交，1 人" in text_of(submitted(li, instant))
    shown = text_of(li.get(page_of(instant)))
    assert f"保障期限 {covered_from} 至 2021-03-31" in shown
    assert f"A 在职住院 免责期 30 天，至 {a_until}" in shown
    assert f"B 特种重病 免责期 60 天，至 {b_until}" in shown
    assert "C 意外伤害 无免责期" in shown
    page = li.get(li.post(page_of(instant), version=field(li.get(page_of(instant)), "version")).location)
    assert f"总计 1 {charge} – – {charge}" in text_of(page)
    asked(li, page, instant, confirmed="1")
    assert "缴费凭证待上传" in text_of(li.get(f"/batches/{instant}"))


def test_ac24_whoever_another_unit_has_enrolled_is_refused_the_same_year_whatever_the_projects(
    li: Browser, zhou: Browser, town: Town, batch_no: str
) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    submitted(li, batch_no)
    asked(li, generated(li, batch_no, projects="C0"), batch_no, projects="C0", confirmed="1")
    for kind, moment, projects in (("central", day(4, 21), ["A0", "B0"]), ("instant", day(7, 1), ["C0"])):
        at(moment)
        theirs = zhou.open_batch(town.zhou.code, kind)
        result = text_of(zhou.get(f"/imports/{imported(zhou, theirs, [WANG_DOUDOU], projects=projects)}?tab=occupied"))
        assert "已被占用 1" in result
        assert "REG-001" in result
        assert "参保名单为空" in text_of(zhou.get(f"/batches/{theirs}/roster"))


def test_ac24_the_next_plan_year_takes_the_person(li: Browser, zhou: Browser, town: Town, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    submitted(li, batch_no)
    with writing() as records:
        load_plan(records, the_year_after(), NEXT_YEAR)
        publish_plan(records, "2021", NEXT_YEAR)
    at(NEXT_YEAR)
    refused = zhou.open_batch(town.zhou.code, "instant")
    imported(zhou, refused, [WANG_DOUDOU])
    assert "参保名单为空" in text_of(zhou.get(f"/batches/{refused}/roster")), "2020 has not ended"
    taken = zhou.open_batch(town.zhou.code)
    imported(zhou, taken, [WANG_DOUDOU])
    assert "清册已提交，1 人已登记为 2021 年度参保人员" in text_of(submitted(zhou, taken))


def test_ac25_an_occupied_person_is_named_with_whom_to_call_and_nobody_is_claimed(
    li: Browser, zhou: Browser, town: Town, batch_no: str
) -> None:
    imported(li, batch_no, some_people(2, first=1))
    add_person_by_form(li, batch_no)
    enrolled_by(zhou, town)
    page = text_of(submitted(li, batch_no))
    assert "名单中有1人已在本保障年度参保，请查看明细并移除。 VAL-006" in page
    assert "李雷 E1***78 护照 上海豆苗仪表有限公司 REG-001 2020-04-20 周谷雨 021-55500142 移除" in page
    assert claimed_for(batch_no, town) == 0
    li.post(f"/batches/{batch_no}/people/remove", "/batches", only=ids_by_batch(li, batch_no)["李雷"], confirmed="1")
    assert "清册已提交，2 人" in text_of(submitted(li, batch_no))
    assert claimed_for(batch_no, town) == 2


def test_ac25_a_program_and_an_import_are_told_the_same_sentence(
    li: Browser, li_calls: Program, zhou: Browser, town: Town, batch_no: str
) -> None:
    sentence = (
        "李雷（E1***78）已被【上海豆苗仪表有限公司】占用，该单位已为其参加2020年度互助保障项目，"
        "同一保障年度内不能重复参保。对方经办人：周谷雨，联系电话：021-55500142。"
    )
    add_person_by_form(li, batch_no)
    enrolled_by(zhou, town)
    checked(li, batch_no)
    findings = li_calls.get(f"/batches/{batch_no}/validation").json["findings"]
    assert [found["message"] for found in findings if found["code"] == "REG-001"] == [sentence]
    li_calls.post(f"/batches/{batch_no}/people/remove", {"all": True})
    done = li_calls.imported(batch_no, [LI_LEI_TYPED])
    assert done["counts"]["occupied"] == 1
    (found,) = li_calls.get(f"/imports/{done['id']}/findings").json["items"]
    assert found["message"].endswith(sentence)


def ids_by_batch(browser: Browser, batch_no: str) -> dict[str, int]:
    """The people of one roster by name."""
    page = browser.get(f"/batches/{batch_no}/roster").get_data(as_text=True)
    boxes = re.findall(r'value="(\d+)" form="bulk" aria-label="选择 ([^"]+)"', page)
    return {name: int(number) for number, name in boxes}
