import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from config.clock import SHANGHAI
from config.plans import plan_data
from models.actions.keep_plans import load_plan, publish_plan
from models.records.database import writing
from models.rules.lifecycle import BatchState
from tests.imports import submitted
from tests.records import BatchOf
from tests.stages import awaiting_payment, priced, put_into, validated
from tests.statements import statements
from tests.vouchers import drafted
from tests.web.audited_voucher_pages import rejected_with_two
from tests.web.audited_vouchers import a_batch_of, a_voucher_of
from tests.web.clock import FIRST_INSTANT_MOMENT, LAST_CENTRAL_MINUTE, at
from tests.web.conftest import Browser, Town, imported, text_of
from tests.web.premiums import batch_of
from tests.workbooks import some_people


def test_the_list_says_which_days_the_year_has(li: Browser) -> None:
    assert "参保年度为2020年4月1日至2021年3月31日。" in text_of(li.get("/batches"))


def test_a_batch_is_opened_after_the_unit_name_was_confirmed(li: Browser, town: Town) -> None:
    named = li.post("/batches/open/central", "/batches/open/central", code=" 0088d2 ")
    assert "上海豆豆精密机械有限公司" in text_of(named)
    assert "COD-005" in text_of(named)
    assert "SZSH" not in text_of(li.get("/batches"))
    opened = li.post("/batches/open/central", "/batches/open/central", code="0088D2", confirmed="1")
    assert (opened.status_code, opened.location) == (303, "/batches/SZSH202004200001/roster")
    page = text_of(li.get("/batches"))
    assert "SZSH202004200001 还没有人员" in page
    assert "05-11 17:00 前提交 还剩 21 天" in page


@pytest.mark.parametrize(
    ("code", "refusal"), [("999999", "COD-001"), ("0088D3", "COD-002"), ("12", "COD-003"), ("", "COD-003")]
)
def test_a_code_that_cannot_be_used_is_refused_beside_its_field(li: Browser, code: str, refusal: str) -> None:
    answer = li.post("/batches/open/central", "/batches/open/central", code=code)
    assert answer.status_code == 422
    assert refusal in text_of(answer)
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)


def test_a_second_central_batch_names_the_first(li: Browser, town: Town, batch_no: str) -> None:
    answer = li.post("/batches/open/central", "/batches/open/central", code=town.li.code, confirmed="1")
    assert answer.status_code == 409
    assert f"已有集中参保批次{batch_no}，不能重复办理。 BAT-001" in text_of(answer)


def test_codes_of_the_account_are_offered_and_the_chosen_one_is_used(li: Browser, town: Town) -> None:
    sheet = "/batches/open/central"
    assert "本账号的参保编码 0088D2 上海豆豆精密机械有限公司" in text_of(li.get(sheet))
    named = li.post(sheet, chosen="0088D2", code="")
    assert "单位名称：上海豆豆精密机械有限公司。" in text_of(named)


def test_a_typed_code_counts_more_than_a_chosen_one(li: Browser) -> None:
    sheet = "/batches/open/central"
    answer = li.post(sheet, sheet, chosen="0088D2", code="9999ZZ")
    assert "参保编码不存在，请核对。" in text_of(answer)
    assert 'value="9999ZZ"' in answer.get_data(as_text=True)


def test_inside_a_dialog_the_answer_is_the_dialog_alone(li: Browser, town: Town) -> None:
    dialog = li.get("/batches/open/central", **{"HX-Request": "true"}).get_data(as_text=True)
    assert dialog.lstrip().startswith("<dialog")
    assert "<html" not in dialog
    answer = li.client.post(
        "/batches/open/central",
        data={"csrf_token": li.token(), "code": town.li.code, "confirmed": "1"},
        headers={"HX-Request": "true"},
    )
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/batches/SZSH202004200001/roster")


def test_a_channel_that_is_closed_says_until_when_instead_of_opening(li: Browser) -> None:
    page = text_of(li.get("/batches"))
    assert "即时参保将于2020-05-12 00:00开放" in page
    answer = li.post("/batches/open/instant", "/batches/open/instant", code="0088D2")
    assert answer.status_code == 409
    assert "WIN-003" in text_of(answer)


def test_the_sheet_of_a_closed_channel_says_so_before_anything_is_typed(li: Browser) -> None:
    assert "即时参保将于2020-05-12 00:00开放。" in text_of(li.get("/batches/open/instant"))
    assert "将于" not in text_of(li.get("/batches/open/central")).partition("参保编码")[0]


def test_when_the_central_window_is_over_the_list_says_that_instant_is_open(li: Browser) -> None:
    at(FIRST_INSTANT_MOMENT)
    assert "可在即时参保开放后办理；即时参保现已开放" in text_of(li.get("/batches"))


def test_when_the_year_is_over_neither_channel_is_to_be_waited_for(li: Browser) -> None:
    at(datetime(2021, 3, 31, 0, 0, tzinfo=SHANGHAI))
    page = text_of(li.get("/batches"))
    assert page.count("2020保障年度即时参保已截止，请办理下一年度参保") >= 2
    assert "可在即时参保开放后办理" not in page


def test_a_wrong_code_leaves_the_accounts_own_one_chosen(li: Browser) -> None:
    page = li.post("/batches/open/central", "/batches/open/central", code="zz").get_data(as_text=True)
    assert re.search(r'name="chosen" value="0088D2" checked', page)


def test_the_strip_follows_the_business_clock(li: Browser) -> None:
    assert "集中参保 5 月 11 日（周一）17:00 截止 ，还剩 21 天" in text_of(li.get("/batches"))
    at(LAST_CENTRAL_MINUTE)
    assert "还剩 1 分钟" in text_of(li.get("/batches")) or "不到 1 分钟" in text_of(li.get("/batches"))
    at(FIRST_INSTANT_MOMENT)
    page = text_of(li.get("/batches"))
    assert "即时参保办理中，3 月 30 日（周二）24:00 截止" in page
    assert "集中参保已于2020-05-11 17:00截止" in page


def test_the_list_is_filtered_by_number_unit_and_state(li: Browser, batch_no: str) -> None:
    for query, found in (
        (f"batch_no={batch_no}", True),
        ("batch_no=SZSH2019", False),
        ("unit=豆豆", True),
        ("unit=豆苗", False),
        ("status=roster_draft", True),
        ("status=enrolled", False),
        ("status=nonsense&page=x", True),
    ):
        page = text_of(li.get(f"/batches?{query}"))
        assert (batch_no in page) is found, query
        assert ("没有符合条件的批次" in page) is not found, query


def test_another_unit_does_not_see_the_batch_but_staff_do(zhou: Browser, reviewer: Browser, batch_no: str) -> None:
    assert batch_no not in text_of(zhou.get("/batches"))
    page = text_of(reviewer.get("/batches"))
    assert batch_no in page
    assert "集中参保办理" not in page


def test_the_list_asks_as_often_for_three_batches_as_for_one(li: Browser, town: Town, batch_no: str) -> None:
    with statements() as for_one:
        li.get("/batches")
    at(FIRST_INSTANT_MOMENT)
    for first in (0, 100):
        imported(li, li.open_batch(town.li.code, "instant"), some_people(3, first))
    with statements() as for_three:
        li.get("/batches")
    assert len(for_three) == len(for_one)


def buttons(browser: Browser, batch_no: str) -> Mapping[str, str]:
    """The buttons of a batch in the list: their words, and how they look."""
    body = browser.get("/batches").get_data(as_text=True)
    row = body[body.index(f'/batches/{batch_no}"') :].split("</tr>")[0]
    found = re.findall(r'<(?:a|button) class="btn btn-(\S+) btn-sm"[^>]*>([^<]+)<', row)
    assert len({words for _, words in found}) == len(found), found
    disabled = re.findall(r"<button[^>]* disabled[^>]*>([^<]+)<", row)
    return {unescape(words): "disabled" if words in disabled else look for look, words in found}


@pytest.fixture
def batch(li: Browser, town: Town, batch_no: str) -> BatchOf:
    """李小满's batch with three people."""
    imported(li, batch_no, some_people(3))
    return batch_of(town.li, batch_no)


ALWAYS = {"查看详情": "plain", "参保清册": "plain"}
NOT_YET = {"保障项目选择": "disabled", "批次删除…": "danger-plain"}
PRICED = {"保费详情": "plain"}


def test_an_empty_draft_is_to_be_filled_or_deleted(li: Browser, batch_no: str) -> None:
    assert buttons(li, batch_no) == {"添加参保人员": "primary", **ALWAYS, **NOT_YET}


def test_a_draft_is_to_be_checked(li: Browser, batch: BatchOf) -> None:
    assert buttons(li, batch.batch_no) == {"清册校验": "primary", **ALWAYS, **NOT_YET}


def test_a_draft_with_a_fresh_good_report_is_to_be_submitted(li: Browser, batch: BatchOf) -> None:
    assert buttons(li, validated(batch).batch_no) == {"清册提交…": "primary", **ALWAYS, **NOT_YET}
    assert "清册待校验（已通过，待提交）" in text_of(li.get("/batches"))
    imported(li, batch.batch_no, some_people(1, 50))
    assert "已通过，待提交" not in text_of(li.get("/batches"))


def test_a_failed_roster_is_to_be_mended(li: Browser, batch: BatchOf) -> None:
    put_into(batch, BatchState.ROSTER_FAILED)
    assert buttons(li, batch.batch_no) == {"处理校验问题": "primary", **ALWAYS, **NOT_YET}


def test_after_submission_projects_are_chosen_or_the_batch_is_taken_back(li: Browser, batch: BatchOf) -> None:
    expected = {"保障项目选择": "primary", **ALWAYS, "批次撤回…": "plain"}
    assert buttons(li, submitted(batch).batch_no) == expected
    priced(batch)
    assert buttons(li, batch.batch_no) == expected | PRICED


def test_an_unpaid_batch_waits_for_its_voucher(li: Browser, batch: BatchOf) -> None:
    awaiting_payment(batch)
    assert buttons(li, batch.batch_no) == {"上传缴费凭证": "primary", **ALWAYS, **PRICED, "批次撤回…": "plain"}
    page = text_of(li.get("/batches"))
    assert "3 人 · 430.00 元" in page
    assert "05-26 24:00 前汇款" in page


@pytest.mark.parametrize(
    ("state", "first"),
    [
        (BatchState.PAYMENT_REVIEW, {}),
        (BatchState.PAYMENT_REJECTED, {"上传缴费凭证": "primary"}),
        (BatchState.ENROLLED, {"保障单": "plain"}),
        (BatchState.EXPIRED, {}),
    ],
)
def test_what_was_paid_or_is_over_can_be_looked_at(
    li: Browser, batch: BatchOf, state: BatchState, first: dict[str, str]
) -> None:
    put_into(awaiting_payment(batch), state, resubmit_by=date(2020, 5, 26))
    assert buttons(li, batch.batch_no) == {**first, **ALWAYS, **PRICED}
    assert ("等待审核，无需操作" in text_of(li.get("/batches"))) is (state is BatchState.PAYMENT_REVIEW)


def test_a_draft_of_its_voucher_is_gone_on_with(li: Browser, batch: BatchOf) -> None:
    drafted(awaiting_payment(batch))
    assert buttons(li, batch.batch_no) == {"上传缴费凭证": "primary", **ALWAYS, **PRICED, "批次撤回…": "plain"}


def test_under_review_the_voucher_can_be_looked_at_by_both_sides(li: Browser, reviewer: Browser, town: Town) -> None:
    batch = a_batch_of(town.li)
    a_voucher_of(town, "submitted", batch)
    for browser in (li, reviewer):
        assert buttons(browser, batch.batch_no) == {**ALWAYS, **PRICED, "缴费凭证": "plain"}


def test_a_rejected_voucher_is_mended_and_one_of_several_batches_may_leave_it(li: Browser, town: Town) -> None:
    paying, other = rejected_with_two(town)
    for one in (paying.batch, other):
        expected = {"修改缴费凭证": "primary", **ALWAYS, **PRICED, "移出缴费凭证…": "plain"}
        assert buttons(li, one.batch_no) == expected
    assert text_of(li.get("/batches")).count("缴费凭证审核不通过 图片不清晰") == 2


def test_after_the_close_a_draft_can_only_be_deleted(li: Browser, batch: BatchOf) -> None:
    at(LAST_CENTRAL_MINUTE + timedelta(minutes=1))
    assert buttons(li, batch.batch_no) == {**ALWAYS, **NOT_YET}
    assert "05-11 17:00 已截止" in text_of(li.get("/batches"))


def test_staff_look_and_press_nothing(reviewer: Browser, batch: BatchOf) -> None:
    awaiting_payment(batch)
    assert buttons(reviewer, batch.batch_no) == {**ALWAYS, **PRICED}


def test_two_years_that_are_open_are_both_told_and_each_channel_opens_its_own(li: Browser, town: Town) -> None:
    now = datetime(2021, 3, 10, 9, 0, tzinfo=SHANGHAI)
    with writing() as records:
        load_plan(records, the_year_after(), now)
        publish_plan(records, "2021", now)
    at(now)
    page = text_of(li.get("/batches"))
    assert "参保年度为2021年4月1日至2022年3月31日。集中参保 4 月 11 日" in page
    assert "参保年度为2020年4月1日至2021年3月31日。即时参保办理中" in page
    assert "disabled" not in li.get("/batches").get_data(as_text=True)
    for kind, year in (("central", "2021"), ("instant", "2020")):
        address = f"/batches/open/{kind}"
        assert f"保障年度 {year}" in text_of(li.post(address, address, code=town.li.code))
        opened = li.open_batch(town.li.code, kind)
        listed = text_of(li.get(f"/batches?batch_no={opened}"))
        assert re.search(rf"{opened} 还没有人员 .* 普通 {year} 清册待校验", listed)


def the_year_after() -> dict[str, object]:
    """2020 moved by a year, its central window from 1 March, so that it overlaps the instant one of 2020."""
    return {
        **plan_data("2020"),
        "plan_year": "2021",
        "coverage_start": "2021-04-01",
        "coverage_end": "2022-03-31",
        "central_open_at": "2021-03-01T00:00:00+08:00",
        "central_close_at": "2021-04-11T17:00:00+08:00",
        "instant_open_at": "2021-04-12T00:00:00+08:00",
        "central_payment_close_on": "2021-04-26",
    }
