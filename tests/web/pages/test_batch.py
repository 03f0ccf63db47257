"""查看详情, 批次撤回 and 批次删除 as pages: each is asked about before it is done, and what was typed survives."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from models.records.database import reading
from models.records.person import BatchPerson
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from tests.expired import expired
from tests.imports import submitted, the_batch
from tests.records import BatchOf, an_upload
from tests.stages import PROJECTS, awaiting_payment, put_into, validated
from tests.statements import statements
from tests.web.clock import FIRST_INSTANT_MOMENT, LAST_CENTRAL_MINUTE, at
from tests.web.conftest import MORNING, Browser, Town, imported, text_of
from tests.web.forms import field
from tests.web.premiums import batch_of
from tests.web.scene import OWN, Scene
from tests.web.withdrawals import REASON, delete_by_form, withdraw_by_form
from tests.workbooks import some_people

CLOSED = LAST_CENTRAL_MINUTE.replace(hour=17, minute=0)


@pytest.fixture
def batch(li: Browser, town: Town, batch_no: str) -> BatchOf:
    """李小满's batch with three people: 430.00 元 under A0 B0 C0."""
    imported(li, batch_no, some_people(3))
    return batch_of(town.li, batch_no)


@pytest.fixture
def unpaid(batch: BatchOf) -> BatchOf:
    """The same, its premium confirmed."""
    return awaiting_payment(batch)


def details(browser: Browser, batch: BatchOf) -> str:
    answer = browser.get(f"/batches/{batch.batch_no}")
    assert answer.status_code == 200
    return text_of(answer)


def test_the_details_tell_what_is_known_and_what_is_not_yet(li: Browser, batch: BatchOf) -> None:
    page = details(li, batch)
    for fact in (
        "参保编码 0088D2",
        "单位名称 上海豆豆精密机械有限公司",
        "参保类型 集中参保",
        "办理通道 普通",
        "保障年度 2020（2020年4月1日至2021年3月31日）",
        "清册人数 3 人",
        "保障期限 清册提交后确定",
        "保障项目 未确认",
        "应缴保费 未确认",
        "等您处理",
        "05-11 17:00 前提交",
    ):
        assert fact in page, fact


def test_after_the_confirmation_the_details_tell_cover_premium_and_dates(li: Browser, unpaid: BatchOf) -> None:
    page = details(li, unpaid)
    for fact in (
        "缴费凭证待上传",
        "保障期限 2020-04-01 零时至 2021-03-31 24 时",
        "计费比例 100%",
        "保障项目 A0 B0 C0",
        "应缴保费 430.00 元",
        "汇款期限 2020-05-26 24:00",
        "05-26 24:00 前汇款",
    ):
        assert fact in page, fact


def test_the_history_tells_each_change_of_state_the_latest_first(li: Browser, unpaid: BatchOf) -> None:
    withdraw_by_form(li, unpaid.batch_no, "withdraw_to_projects")
    page = details(li, unpaid)
    told = page[page.index("办理记录") :]
    steps = [
        f"批次撤回（重新选择保障项目） 清册校验通过 原因：{REASON} 李小满",
        "提交确认保费 缴费凭证待上传 应缴保费 430.00 元，2020-05-26 24:00 前汇款 李小满",
        "清册提交 清册校验通过 校验通过，3 人 李小满",
        "集中参保办理 清册待校验 – 李小满",
    ]
    places = [told.index(step) for step in steps]
    assert places == sorted(places)


def test_a_failed_check_stands_in_the_history(li: Browser, batch: BatchOf) -> None:
    with reading() as records:
        assert records.query(BatchPerson).count() == 3
    validated(batch)
    assert "清册校验 清册待校验 校验通过，3 人" in details(li, batch)
    assert "清册待校验（已通过，待提交）" in details(li, batch)


def test_the_details_ask_as_often_whatever_has_happened(li: Browser, batch: BatchOf) -> None:
    with statements() as before:
        details(li, batch)
    awaiting_payment(batch)
    with statements() as after:
        details(li, batch)
    assert len(after) == len(before)


def test_whoever_reads_totals_alone_sees_no_way_to_people(scene: Scene, app: object) -> None:
    browser = Browser(app.test_client()).log_in(scene.people[Role.SUPERIOR_UNION])  # type: ignore[attr-defined]
    page = browser.get(f"/batches/{scene.things[OWN]['batch_no']}")
    assert "清册人数 3 人" in text_of(page)
    assert "等单位处理" in text_of(page)
    body = page.get_data(as_text=True)
    for address in ("/roster", "/imports", "/validation", "/projects", "/delete", "/withdraw"):
        assert f"{scene.things[OWN]['batch_no']}{address}" not in body, address


def test_another_units_batch_does_not_exist(zhou: Browser, unpaid: BatchOf) -> None:
    for path in ("", "/withdraw", "/delete"):
        answer = zhou.get(f"/batches/{unpaid.batch_no}{path}")
        assert answer.status_code == 404
        assert "BAT-005" in text_of(answer)


def test_a_withdrawal_asks_whereto_and_says_what_becomes_of_the_state(li: Browser, unpaid: BatchOf) -> None:
    sheet = li.get(f"/batches/{unpaid.batch_no}/withdraw")
    body = sheet.get_data(as_text=True)
    assert body.count('type="radio"') == 2
    assert "checked" not in body
    assert "重新整理清册 状态将变回“清册待校验”" in text_of(sheet)
    assert "重新选择保障项目 状态将变回“清册校验通过”" in text_of(sheet)


def test_before_projects_are_confirmed_there_is_one_way_and_it_is_chosen(li: Browser, batch: BatchOf) -> None:
    body = li.get(f"/batches/{submitted(batch).batch_no}/withdraw").get_data(as_text=True)
    assert body.count('type="radio"') == body.count(" checked>") == 1
    assert "重新选择保障项目" not in body


def test_the_question_before_a_roster_is_taken_back_is_wdr_004(li: Browser, unpaid: BatchOf) -> None:
    address = f"/batches/{unpaid.batch_no}/withdraw"
    version = field(li.get(address), "version")
    asked = li.post(address, version=version, to="withdraw_to_roster", reason=REASON)
    assert asked.status_code == 200
    page = text_of(asked)
    assert "需重新校验并提交清册，起保日以重新提交为准，确认撤回？ WDR-004" in page
    assert "3 人全部解除" in page
    assert "430.00 元，作废" in page
    assert the_batch(unpaid).state == BatchState.AWAITING_PAYMENT


def test_confirmed_the_roster_can_be_changed_again(li: Browser, unpaid: BatchOf) -> None:
    answer = withdraw_by_form(li, unpaid.batch_no)
    assert (answer.status_code, answer.location) == (303, f"/batches/{unpaid.batch_no}/roster")
    page = text_of(li.get(answer.location))
    assert f"批次 {unpaid.batch_no} 已撤回，状态变回“清册待校验”。" in page
    assert "新增人员" in page


def test_confirmed_the_projects_can_be_chosen_again(li: Browser, unpaid: BatchOf) -> None:
    answer = withdraw_by_form(li, unpaid.batch_no, "withdraw_to_projects")
    assert answer.status_code == 303
    page = li.get(answer.location)
    assert "已撤回，状态变回“清册校验通过”。" in text_of(page)
    ticked = re.findall(r'name="[a-z-]*[A-Z]?" value="([A-C][0-3])"[^>]* checked', page.get_data(as_text=True))
    assert ticked == list(PROJECTS)


@pytest.mark.parametrize(
    ("to", "reason", "refusal"),
    [("", REASON, "WDR-003"), ("elsewhere", REASON, "WDR-003"), ("withdraw_to_roster", " ", "WDR-001")],
)
def test_what_is_missing_is_said_beside_what_was_typed(
    li: Browser, unpaid: BatchOf, to: str, reason: str, refusal: str
) -> None:
    answer = withdraw_by_form(li, unpaid.batch_no, to, reason=reason)
    assert answer.status_code == 422
    assert refusal in text_of(answer)
    assert f">{reason}</textarea>" in answer.get_data(as_text=True)
    assert the_batch(unpaid).state == BatchState.AWAITING_PAYMENT


@pytest.mark.parametrize("confirmed", ["", "1"])
def test_on_a_stale_page_the_reason_survives_and_the_next_press_counts(
    li: Browser, unpaid: BatchOf, confirmed: str
) -> None:
    address = f"/batches/{unpaid.batch_no}/withdraw"
    version = int(field(li.get(address), "version"))
    sent = {"to": "withdraw_to_projects", "reason": REASON, "confirmed": confirmed}
    answer = li.post(address, version=version - 1, **sent)
    assert answer.status_code == 409
    assert "BAT-004" in text_of(answer)
    assert f">{REASON}</textarea>" in answer.get_data(as_text=True)
    assert 'value="withdraw_to_projects"' in answer.get_data(as_text=True)
    assert li.post(address, **sent | {"version": field(answer, "version"), "confirmed": "1"}).status_code == 303


def test_a_batch_that_moved_on_keeps_the_typed_reason_and_offers_no_way(li: Browser, unpaid: BatchOf) -> None:
    address = f"/batches/{unpaid.batch_no}/withdraw"
    version = field(li.get(address), "version")
    put_into(unpaid, BatchState.PAYMENT_REVIEW)
    answer = li.post(address, version=version, to="withdraw_to_roster", reason=REASON, confirmed="1")
    assert answer.status_code == 409
    assert "该批次缴费凭证已提交审核，不能撤回。 WDR-002" in text_of(answer)
    assert f">{REASON}</textarea>" in answer.get_data(as_text=True)
    assert "确认操作" not in text_of(answer)


def test_after_the_close_the_details_say_why_nothing_comes_back(li: Browser, unpaid: BatchOf) -> None:
    at(CLOSED)
    page = details(li, unpaid)
    assert "集中参保办理期限已过，不能撤回批次。 WIN-005" in page
    assert "批次撤回…" not in page
    answer = li.get(f"/batches/{unpaid.batch_no}/withdraw")
    assert answer.status_code == 409
    assert "WIN-005" in text_of(answer)


def test_a_way_that_time_has_closed_says_so_beside_the_open_one(li: Browser, unpaid: BatchOf) -> None:
    put_into(unpaid, BatchState.AWAITING_PAYMENT, enrolment_type="instant", projects_locked=True)
    at(LAST_CENTRAL_MINUTE + timedelta(days=10))
    sheet = li.get(f"/batches/{unpaid.batch_no}/withdraw")
    assert "重新选择保障项目 即时参保的保障项目与集中参保一致，不能重新选择。 WDR-005" in text_of(sheet)
    assert sheet.get_data(as_text=True).count(" disabled>") == 1


def test_an_unpaid_instant_batch_is_late_before_it_is_lost(li: Browser, unpaid: BatchOf) -> None:
    due = {"payment_due_on": date(2020, 4, 18), "payment_cutoff_on": date(2020, 4, 21)}
    put_into(unpaid, BatchState.AWAITING_PAYMENT, enrolment_type="instant", **due)
    assert "04-21 24:00 前上传凭证， 已逾期，还剩 1 天" in details(li, unpaid)
    assert "已逾期，还剩 1 天" in text_of(li.get("/batches"))


def test_after_expiry_the_details_say_what_can_still_be_done(li: Browser, batch: BatchOf) -> None:
    at(FIRST_INSTANT_MOMENT)
    expired(batch, FIRST_INSTANT_MOMENT)
    page = details(li, batch)
    assert "占用已解除" not in page  # it had not been submitted
    assert "仍要参保的，现在可以办理即时参保。" in page
    assert 'href="/batches/open/instant"' in li.get(f"/batches/{batch.batch_no}").get_data(as_text=True)
    assert "本批次的清册保留到 2020-08-09 24:00，此前可以查看；要恢复本批次，请在此前联系市职保会。" in page


def test_a_deletion_names_what_is_erased_before_anything_happens(li: Browser, batch: BatchOf) -> None:
    sheet = text_of(li.get(f"/batches/{batch.batch_no}/delete"))
    assert "将被删除且不可恢复，确认删除？ BAT-003" in sheet
    assert "清册人员 3 人 ，全部清除" in sheet
    assert "上传的清册文件与导入结果 1 份 ，全部清除" in sheet
    assert "仍归本账号使用" in sheet
    assert the_batch(batch).state == BatchState.ROSTER_DRAFT


def test_a_deleted_batch_is_off_the_list(li: Browser, batch: BatchOf) -> None:
    answer = delete_by_form(li, batch.batch_no)
    assert (answer.status_code, answer.location) == (303, "/batches")
    page = text_of(li.get("/batches"))
    assert f"批次 {batch.batch_no} 已删除，3 人的信息已清除。" in page
    assert "还没有参保批次" in page
    assert li.get(f"/batches/{batch.batch_no}").status_code == 404


def test_a_stale_deletion_shows_what_there_is_now(li: Browser, batch: BatchOf) -> None:
    version = field(li.get(f"/batches/{batch.batch_no}/delete"), "version")
    imported(li, batch.batch_no, some_people(2, 100))
    answer = li.post(f"/batches/{batch.batch_no}/delete", version=version)
    assert answer.status_code == 409
    assert "BAT-004" in text_of(answer)
    assert "清册人员 5 人" in text_of(answer)
    assert li.post(f"/batches/{batch.batch_no}/delete", version=field(answer, "version")).status_code == 303


def test_while_a_file_waits_the_batch_is_not_deleted(li: Browser, batch: BatchOf) -> None:
    an_upload(batch)
    answer = delete_by_form(li, batch.batch_no)
    assert answer.status_code == 409
    assert "该批次正在处理清册导入，请稍后。 BAT-007" in text_of(answer)


def test_what_was_submitted_is_not_asked_about(li: Browser, unpaid: BatchOf) -> None:
    answer = li.get(f"/batches/{unpaid.batch_no}/delete")
    assert answer.status_code == 409
    assert "BAT-002" in text_of(answer)


def test_staff_see_the_details_and_nothing_to_press(reviewer: Browser, unpaid: BatchOf) -> None:
    page = details(reviewer, unpaid)
    assert "等单位处理" in page
    assert "批次撤回…" not in page
    assert "btn-primary" not in reviewer.get(f"/batches/{unpaid.batch_no}").get_data(as_text=True)
    assert MORNING.strftime("%Y-%m-%d") in page
