"""保障项目选择 from the plan to what is to be paid, and 保费详情, by the pages without scripts."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from werkzeug.test import TestResponse

from config.clock import SHANGHAI
from models.records.batch import Batch
from models.records.database import writing
from models.records.plan_year import PlanYearRecord
from models.rules.lifecycle import BatchState
from tests.models.rules.plan_years import a_tailored_year
from tests.premiums import BASICS, charges_of, priced, took_part
from tests.web.clock import at
from tests.web.conftest import Browser, Town, text_of
from tests.web.forms import field
from tests.web.premiums import batch_of, ready

SCREENSHOT = {"projects": BASICS, "enhanced-A": "A3", "enhanced-B": "B3", "enhanced-C": "C3"}
"""The choice on the handbook's two screenshots, as the form sends it."""
LATE = datetime(2021, 3, 1, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def eight(town: Town, batch_no: str) -> str:
    """李小满's batch with the eight people of the handbook's first screenshot, its roster submitted."""
    return ready(town.li, batch_no, 7, 1)


def page_of(batch_no: str) -> str:
    return f"/batches/{batch_no}/projects"


def generated(li: Browser, batch_no: str, **chosen: object) -> TestResponse:
    """Tick, press 生成保费信息, and see the page that follows."""
    version = field(li.get(page_of(batch_no)), "version")
    answer = li.post(page_of(batch_no), version=version, **(chosen or SCREENSHOT))
    assert answer.status_code == 303, text_of(answer)
    assert answer.location.endswith("/projects#premium")
    return li.get(answer.location)


def asked(li: Browser, page: TestResponse, batch_no: str, **fields: object) -> TestResponse:
    """Press 提交确认保费 on that page."""
    sent = {"preview": field(page, "preview"), "version": field(page, "version"), **fields}
    return li.post(f"{page_of(batch_no)}/confirm", **sent)


def ticked_on(page: TestResponse) -> list[str]:
    """The projects that are ticked."""
    return re.findall(r'value="([A-Z]\d)" checked', page.get_data(as_text=True))


def an_instant_batch(li: Browser, town: Town, si_people: int, other_people: int, now: datetime = LATE) -> str:
    at(now)
    return ready(town.li, li.open_batch(town.li.code, "instant"), si_people, other_people, now=now, first=100)


def test_the_first_screenshot_stands_on_the_page_with_the_rows_as_they_should_be(li: Browser, eight: str) -> None:
    """DOMAIN 5.8: 9450.00, with A3 and B3 multiplied by eight people (AC31)."""
    shown = text_of(generated(li, eight))
    for line in (
        "参加项目 费用标准 优惠金额 社保人员 非社保人员 合计费用 人数 实际费用 人数 实际费用",
        "A0 B0 C0 190.00 10.00 7 1,260.00 – – 1,260.00",
        "B0 55.00 – – – 1 55.00 55.00",
        "C0 15.00 – – – 1 15.00 15.00",
        "A3 330.00 – 7 2,310.00 1 330.00 2,640.00",
        "B3 460.00 – 7 3,220.00 1 460.00 3,680.00",
        "C3 225.00 – 7 1,575.00 1 225.00 1,800.00",
        "总计 7 8,365.00 1 1,085.00 9,450.00",
    ):
        assert line in shown, line
    assert "社保人员每人 1,195.00 元，非社保人员每人 1,085.00 元（不含 A0）" in shown


def test_the_second_screenshot_stands_on_the_page(li: Browser, town: Town) -> None:
    shown = text_of(generated(li, an_instant_batch(li, town, 4, 0, datetime(2020, 5, 20, 9, 0, tzinfo=SHANGHAI))))
    for line in (
        "A0 B0 C0 190.00 10.00 4 720.00 – – 720.00",
        "A3 330.00 – 4 1,320.00 – – 1,320.00",
        "B3 460.00 – 4 1,840.00 – – 1,840.00",
        "C3 225.00 – 4 900.00 – – 900.00",
        "总计 4 4,780.00 – – 4,780.00",
    ):
        assert line in shown, line


def test_at_half_price_the_list_price_stays_and_a_ratio_is_shown(li: Browser, town: Town) -> None:
    half = an_instant_batch(li, town, 1, 0, datetime(2020, 11, 11, 9, 0, tzinfo=SHANGHAI))
    shown = text_of(generated(li, half, projects=BASICS))
    assert "参加项目 费用标准 优惠金额 计费比例 社保人员 非社保人员 合计费用" in shown
    assert "A0 B0 C0 190.00 10.00 50% 1 90.00 – – 90.00" in shown
    assert "按一半收取 60.00" in shown


def test_at_full_price_there_is_no_ratio(li: Browser, eight: str) -> None:
    shown = text_of(generated(li, eight))
    assert "计费比例" not in shown
    assert "按一半收取" not in shown


def test_the_plan_is_shown_with_prices_benefits_and_waiting_periods(li: Browser, town: Town) -> None:
    instant = an_instant_batch(li, town, 1, 0, datetime(2020, 5, 12, 9, 0, tzinfo=SHANGHAI))
    shown = text_of(li.get(page_of(instant)))
    for words in (
        "A 在职住院 免责期 30 天，至 2020-06-11",
        "B 特种重病 免责期 60 天，至 2020-07-11",
        "C 意外伤害 无免责期",
        "A0 仅限社保人员 120.00 最高10万元 统筹：①住院60%；②门诊大病50%；③家庭病床60%",
        "B3 460.00 22类重病10万元（原位癌2万元）",
        "A0 B0 C0 同时选择，每人 190.00 元减为 180.00 元",
        "保障期限 2020-05-13 至 2021-03-31",
        "请在 5 月 27 日（周三）24:00 前提交确认保费，逾期批次失效",
    ):
        assert words in shown, words


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({}, "PRJ-001"),
        ({"enhanced-A": "A1"}, "PRJ-003"),
        ({"projects": ["B0", "B1", "B2"]}, "PRJ-002"),
        ({"projects": ["A0"]}, "PRJ-006"),
    ],
)
def test_a_refused_choice_stays_ticked(li: Browser, eight: str, chosen: dict[str, object], code: str) -> None:
    version = field(li.get(page_of(eight)), "version")
    answer = li.post(page_of(eight), version=version, **chosen)
    assert (answer.status_code, code in text_of(answer)) == (422, True)
    assert ticked_on(answer) == sorted(
        one for value in chosen.values() for one in ([value] if isinstance(value, str) else value)
    )  # type: ignore[attr-defined]  # a list of codes


def test_a_page_from_before_somebody_elses_change_keeps_what_was_ticked(li: Browser, town: Town, eight: str) -> None:
    version = field(li.get(page_of(eight)), "version")
    batch_id = batch_of(town.li, eight).batch_id
    with writing() as records:
        records.get_one(Batch, batch_id).version += 1
    answer = li.post(page_of(eight), version=version, projects=["B0"], **{"enhanced-A": "A2"})
    assert (answer.status_code, "BAT-004" in text_of(answer)) == (409, True)
    assert ticked_on(answer) == ["B0", "A2"]
    again = li.post(page_of(eight), version=field(answer, "version"), projects=["B0"])
    assert again.status_code == 303


def test_the_confirmation_names_amount_and_day_before_anything_is_fixed(li: Browser, town: Town, eight: str) -> None:
    sheet = asked(li, generated(li, eight), eight, **SCREENSHOT)
    assert (
        "提交后保障项目与保费将锁定，应缴保费9,450.00元，请于2020-05-26前汇款并上传缴费凭证，确认提交？ FEE-002"
    ) in text_of(sheet)
    assert "保障项目 A0 B0 C0 + A3 B3 C3 参保人数 8 人（社保 7，非社保 1）" in text_of(sheet)
    assert charges_of(batch_of(town.li, eight)) == [None] * 8


def test_once_confirmed_the_page_says_what_to_pay_where_and_until_when(li: Browser, eight: str) -> None:
    page = generated(li, eight)
    done = asked(li, page, eight, confirmed="1", **SCREENSHOT)
    assert (done.status_code, done.location) == (303, page_of(eight))
    shown = text_of(li.get(done.location))
    for words in (
        "保费已确认。请汇款并上传缴费凭证。",
        "缴费凭证待上传",
        "应缴保费 9,450.00 元",
        "汇款并提交缴费凭证截止 2020-05-26 24:00",
        "户名 演示收款单位 账号 0000000000000000 开户行 演示银行",
        "总计 7 8,365.00 1 1,085.00 9,450.00",
        "批次撤回… 上传缴费凭证",
    ):
        assert words in shown, words
    assert "生成保费信息" not in shown


def test_an_instant_batch_has_a_day_to_pay_and_a_later_one_for_the_voucher(li: Browser, town: Town) -> None:
    instant = an_instant_batch(li, town, 1, 0, datetime(2020, 7, 1, 9, 0, tzinfo=SHANGHAI))
    took_part(batch_of(town.li, instant, datetime(2020, 7, 1, 9, 0, tzinfo=SHANGHAI)))
    assert "汇款截止 2020-07-16 24:00 提交缴费凭证截止 2020-07-19 24:00" in text_of(li.get(page_of(instant)))
    at(datetime(2020, 7, 17, 0, 0, tzinfo=SHANGHAI))
    assert "汇款截止 2020-07-16 24:00 已逾期" in text_of(li.get(page_of(instant)))


def test_a_preview_that_was_replaced_is_not_confirmed_and_the_choice_stays(li: Browser, eight: str) -> None:
    old = generated(li, eight)
    generated(li, eight, projects="C0")
    answer = asked(li, old, eight, **SCREENSHOT)
    assert answer.status_code == 303
    after = li.get(answer.location)
    assert "清册或项目已变更，请重新点击【生成保费信息】。 FEE-001" in text_of(after)
    assert ticked_on(after) == [*BASICS, "A3", "B3", "C3"]
    assert "所选项目已变动，请重新生成保费信息" in text_of(after)


def test_other_ticks_than_those_that_were_priced_are_not_confirmed(li: Browser, eight: str) -> None:
    page = generated(li, eight)
    answer = asked(li, page, eight, projects=["C0"])
    after = li.get(answer.location)
    assert "FEE-001" in text_of(after)
    assert ticked_on(after) == ["C0"]


def test_a_confirmation_from_before_somebody_elses_change_is_refused(li: Browser, town: Town, eight: str) -> None:
    page = generated(li, eight)
    batch_id = batch_of(town.li, eight).batch_id
    with writing() as records:
        records.get_one(Batch, batch_id).version += 1
    answer = asked(li, page, eight, confirmed="1", **SCREENSHOT)
    after = li.get(answer.location)
    assert "BAT-004" in text_of(after)
    assert ticked_on(after) == [*BASICS, "A3", "B3", "C3"]


def test_each_warning_is_ticked_before_the_confirmation(li: Browser, town: Town) -> None:
    late = an_instant_batch(li, town, 1, 0)
    page = generated(li, late, projects="A0", **{"enhanced-A": "A1"})
    body = page.get_data(as_text=True)
    assert re.findall(r'name="acknowledged" value="([^"]+)" form="choice" required', body) == ["PRJ-008", "PRJ-010"]
    chosen = {"projects": ["A0"], "enhanced-A": "A1"}
    refused = asked(li, page, late, acknowledged="PRJ-008", **chosen)
    assert "请先勾选“已知晓”。 PRJ-012" in text_of(li.get(refused.location))
    sheet = asked(li, page, late, acknowledged=["PRJ-008", "PRJ-010"], **chosen)
    assert sheet.status_code == 200
    done = asked(li, page, late, acknowledged=["PRJ-008", "PRJ-010"], confirmed="1", **chosen)
    assert "保费已确认" in text_of(li.get(done.location))


def test_the_sheet_takes_what_was_acknowledged_along(li: Browser, town: Town) -> None:
    late = an_instant_batch(li, town, 1, 0)
    page = generated(li, late, projects="A0")
    sheet = asked(li, page, late, acknowledged="PRJ-008", projects="A0").get_data(as_text=True)
    assert 'name="acknowledged" value="PRJ-008"' in sheet
    assert 'name="projects" value="A0"' in sheet


def test_locked_boxes_are_ticked_and_cannot_be_changed(li: Browser, town: Town, eight: str) -> None:
    took_part(batch_of(town.li, eight), ["B0", "C0", "B1"])
    instant = an_instant_batch(li, town, 1, 1)
    page = li.get(page_of(instant))
    body = page.get_data(as_text=True)
    assert "本单位已参加集中参保，即时参保的保障项目须与集中参保一致，不可更改。 PRJ-007" in text_of(page)
    assert ticked_on(page) == ["B0", "C0", "B1"]
    boxes = re.findall(r'<input class="form-check-input" type="(?:checkbox|radio)"[^>]*>', body)
    assert boxes
    assert all("disabled" in box for box in boxes)
    version = field(page, "version")
    priced_page = li.get(li.post(page_of(instant), version=version).location)  # a browser sends no disabled box
    assert asked(li, priced_page, instant, acknowledged="PRJ-008").status_code == 200


def test_locked_projects_that_somebody_sends_anyway_are_refused(li: Browser, town: Town, eight: str) -> None:
    took_part(batch_of(town.li, eight), ["B0", "C0"])
    instant = an_instant_batch(li, town, 1, 0)
    answer = li.post(page_of(instant), version=field(li.get(page_of(instant)), "version"), projects=["A0"])
    assert (answer.status_code, "PRJ-007" in text_of(answer)) == (422, True)
    assert ticked_on(answer) == ["B0", "C0"]


def test_before_the_roster_is_submitted_the_plan_can_be_read_alone(li: Browser, batch_no: str) -> None:
    page = li.get(page_of(batch_no))
    assert "清册提交后才能选择保障项目。" in text_of(page)
    assert "B0 55.00" in text_of(page)
    assert "form-check-input" not in page.get_data(as_text=True)
    refused = li.post(page_of(batch_no), projects="C0", version="1")
    assert (refused.status_code, "BAT-002" in text_of(refused)) == (409, True)


def test_when_the_window_has_closed_nothing_can_be_chosen(li: Browser, town: Town, eight: str) -> None:
    priced(batch_of(town.li, eight))
    at(datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI))
    shown = text_of(li.get(page_of(eight)))
    assert "生成保费信息" not in shown
    assert "提交确认保费…" not in shown


def test_after_an_expiry_what_was_due_is_still_told(li: Browser, town: Town, eight: str) -> None:
    batch = took_part(batch_of(town.li, eight))
    with writing() as records:
        records.get_one(Batch, batch.batch_id).state = BatchState.EXPIRED
    shown = text_of(li.get(page_of(eight)))
    assert "应缴保费 1,330.00 元" in shown
    assert "汇款账户" not in shown


def test_a_custom_project_is_offered_to_its_unit_alone(li: Browser, zhou: Browser, town: Town, eight: str) -> None:
    theirs = ready(town.zhou, zhou.open_batch(town.zhou.code), 1, 0, first=50)
    with writing() as records:
        records.get_one(PlanYearRecord, "2020").data = a_tailored_year(["0088D2"])
    assert "个性化保障层 与市职保会约定的项目 X1 50.00 职业病5万元" in text_of(li.get(page_of(eight)))
    assert "个性化保障层" not in text_of(zhou.get(page_of(theirs)))
    assert "X1 50.00 – 7 350.00 1 50.00 400.00" in text_of(generated(li, eight, projects=["B0", "X1"]))


def test_staff_read_the_page_and_are_offered_nothing(reviewer: Browser, town: Town, eight: str) -> None:
    priced(batch_of(town.li, eight))
    page = reviewer.get(page_of(eight))
    assert "总计 7 1,260.00 1 70.00 1,330.00" in text_of(page)
    assert "保费详情（逐人）" in text_of(page)
    assert "导出" not in text_of(page)
    assert "提交确认保费…" not in text_of(page)
