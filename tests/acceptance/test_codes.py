"""参保编码: forgotten, applied for, mistyped (AC04, AC05, AC17); a renamed unit stands in test_renamed_units.py."""

from __future__ import annotations

import re

import pytest

from models.actions.keep_accounts import add_unit, find_account
from models.records.database import writing
from models.rules.lifecycle import ROSTER_EDITABLE, BatchState
from tests.applications import TYPED
from tests.enrolled import enrol
from tests.stages import put_into
from tests.web.api.conftest import viewer_of
from tests.web.checks import checked, over_age_rows
from tests.web.conftest import MORNING, Browser, Town, imported, text_of
from tests.web.pages.test_codes import apply, licence, row
from tests.web.premiums import batch_of
from tests.web.withdrawals import delete_by_form
from tests.workbooks import WANG_DOUDOU

CENTRAL = "/batches/open/central"
OTHER_STATES = [state for state in BatchState if state not in ROSTER_EDITABLE | {BatchState.DELETED}]
MISTYPED = "3019BJ"
"""A code that nobody uses yet, one key away from somebody's."""


@pytest.fixture
def free_unit(town: Town) -> str:
    """A unit whose code nobody has used."""
    with writing() as records:
        add_unit(records, "上海豆荚电器有限公司", MISTYPED, None, MORNING)
    return MISTYPED


def named(browser: Browser, code: str) -> str:
    """Type a code and press 下一步."""
    return text_of(browser.post(CENTRAL, CENTRAL, code=code))


def test_ac04_the_entry_of_a_batch_says_where_the_code_is_to_be_found(li: Browser) -> None:
    for page in (li.get(CENTRAL), li.get("/batches/open/instant")):
        assert "见上一年保障单“参保编码”一栏；遗忘请拨打 12351" in text_of(page)
    unknown = named(li, "9999ZZ")
    assert "参保编码不存在，请核对。可查看上一年互助保障计划保障单“参保编码”一栏，或拨打12351查询。 COD-001" in unknown


def test_ac04_the_certificate_prints_the_code(li: Browser, town: Town, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    clerk = viewer_of(town.li)
    with writing() as records:
        enrol(records, clerk, batch_no, MORNING)
    assert f"参保编码 {town.li.code}" in text_of(li.get(f"/batches/{batch_no}/certificate"))


def test_ac04_codes_of_the_account_are_offered_and_one_is_chosen(li: Browser, zhou: Browser, town: Town) -> None:
    with writing() as records:
        add_unit(records, "上海豆豆精密铸造有限公司", "0088D9", find_account(records, town.li.email), MORNING)
    page = li.get(CENTRAL)
    assert re.findall(r'name="chosen" value="(\w+)"', page.get_data(as_text=True)) == ["0088D2", "0088D9"]
    assert "0088D9 上海豆豆精密铸造有限公司" in text_of(page)
    assert "单位名称：上海豆豆精密铸造有限公司。" in text_of(li.post(CENTRAL, chosen="0088D9", code=""))
    assert li.post(CENTRAL, code="0088D9", confirmed="1").status_code == 303
    assert "0088D2" not in text_of(zhou.get(CENTRAL)), "another account's code is offered to nobody"


def test_ac05_an_approved_application_gives_a_code_that_can_be_used_at_once(li: Browser, reviewer: Browser) -> None:
    assert "APP-002" in text_of(apply(li)), "without an attachment nothing is applied for"
    assert apply(li, licence(), phone="14200000012").status_code == 303
    listed = li.get("/codes")
    assert "申请中" in row(listed)
    details = re.search(r'href="(/codes/\d+)"', listed.get_data(as_text=True))
    assert details
    reviewer.post(f"{details[1]}/approve", details[1])
    approved = re.search(r" ([0-9A-Z]{6}) .*审核通过", row(li.get("/codes")))
    assert approved
    assert li.open_batch(approved[1])


def test_ac05_a_rejected_application_says_why_and_waits_again_once_it_was_edited(
    li: Browser, reviewer: Browser
) -> None:
    apply(li, licence())
    details = re.search(r'href="(/codes/\d+)"', li.get("/codes").get_data(as_text=True))
    assert details
    reviewer.post(f"{details[1]}/reject", details[1], reason="没有盖公章")
    rejected = row(li.get("/codes"))
    assert all(words in rejected for words in ("审核不通过", "没有盖公章", "编辑"))
    form = li.get(f"{details[1]}/edit")
    assert "没有盖公章" in text_of(form)
    again = li.post(f"{details[1]}/edit", **TYPED, remove="1", file=[licence(name="盖章.jpg")])
    assert again.status_code == 303, text_of(again)
    assert "申请中" in row(li.get("/codes"))


@pytest.mark.parametrize("state", ["清册待校验", "清册校验不通过"])
def test_ac17_deleting_the_batch_of_a_mistyped_code_frees_it_for_its_right_account(
    li: Browser, zhou: Browser, free_unit: str, state: str
) -> None:
    batch_no = li.open_batch(free_unit)
    if state == "清册校验不通过":
        imported(li, batch_no, over_age_rows())
        checked(li, batch_no)
    assert state in text_of(li.get(f"/batches?batch_no={batch_no}"))
    elsewhere = f"参保编码{free_unit}已在其他账号中使用，一个参保编码只能在一个账号中使用。 COD-002"
    assert elsewhere in named(zhou, free_unit)
    assert "将被删除且不可恢复，确认删除？ BAT-003" in text_of(li.get(f"/batches/{batch_no}/delete"))
    assert delete_by_form(li, batch_no).status_code == 303
    assert zhou.open_batch(free_unit)
    assert "COD-002" in named(li, free_unit)


def test_ac17_in_every_other_state_deleting_is_refused_and_the_code_stays_where_it_is(
    li: Browser, zhou: Browser, town: Town, free_unit: str
) -> None:
    batch_no = li.open_batch(free_unit)
    imported(li, batch_no, [WANG_DOUDOU])
    for state in OTHER_STATES:
        put_into(batch_of(town.li, batch_no), state, expired_at=MORNING, expired_reason="逾期未缴费")
        assert "批次删除" not in text_of(li.get(f"/batches/{batch_no}")), state
        answer = li.post(f"/batches/{batch_no}/delete", "/batches", version="3")
        expected = "BAT-006" if state is BatchState.EXPIRED else "BAT-002"
        assert (answer.status_code, expected in text_of(answer)) == (409, True), state
    assert li.get(f"/batches/{batch_no}").status_code == 200
    assert "COD-002" in named(zhou, free_unit)


def test_ac17_a_code_that_is_bound_elsewhere_is_refused_at_once(li: Browser, town: Town) -> None:
    assert f"参保编码{town.zhou.code}已在其他账号中使用" in named(li, town.zhou.code)
    assert "COD-002" in text_of(li.post(CENTRAL, code=town.zhou.code, confirmed="1"))
    assert "还没有参保批次" in text_of(li.get("/batches"))
