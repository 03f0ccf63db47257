"""恢复 by its dialog, by ticks after a date has moved, and as a reviewer's proposal."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from config.clock import SHANGHAI
from models.rules.lifecycle import BatchState
from tests.builders import a_person, resident_id
from tests.expired import expired
from tests.imports import another_batch, submitted, the_batch
from tests.people import audited
from tests.records import BatchOf, people_on
from tests.stages import awaiting_payment
from tests.vouchers import told
from tests.web.api.conftest import viewer_of
from tests.web.audited_reinstating import REASON, UNTIL, an_expired_batch_of
from tests.web.clock import at
from tests.web.conftest import MORNING, Browser, Person, Town, text_of
from tests.web.forms import field

PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙")]


@pytest.fixture
def batch(town: Town) -> BatchOf:
    """A submitted batch of two people of 李小满's that has expired."""
    return an_expired_submission(town.li, "0088E1")


def an_expired_submission(person: Person, code: str) -> BatchOf:
    made = another_batch(viewer_of(person), code, now=MORNING)
    people_on(made, PEOPLE)
    return expired(submitted(made))


def test_the_batch_page_offers_it_to_whom_it_is_for(
    admin: Browser, reviewer: Browser, li: Browser, batch: BatchOf
) -> None:
    page = f"/batches/{batch.batch_no}"
    assert ">恢复…<" in admin.get(page).get_data(as_text=True)
    assert ">申请恢复…<" in reviewer.get(page).get_data(as_text=True)
    assert "恢复…" not in li.get(page).get_data(as_text=True)


def test_the_dialog_says_what_comes_of_it_and_the_batch_is_as_it_was(admin: Browser, batch: BatchOf) -> None:
    page = f"/batches/{batch.batch_no}/reinstate"
    asked = admin.get(page)
    words = text_of(asked)
    assert "恢复后的状态 清册校验通过" in words
    assert "2 人，全部重新登记参保" in words
    answer = admin.post(page, version=field(asked, "version"), until=UNTIL, reason=REASON)
    assert (answer.status_code, answer.location) == (303, f"/batches/{batch.batch_no}")
    words = text_of(admin.get(answer.location))
    assert "已恢复，状态为“清册校验通过”，已通知经办人。" in words
    assert "恢复办理至 2020-05-20 17:00" in words
    assert f"恢复 – 原因：{REASON}" in words


def test_its_own_deadline_stands_in_place_of_all_others(admin: Browser, li: Browser, town: Town) -> None:
    batch = another_batch(viewer_of(town.li), "0088E3", now=MORNING)
    people_on(batch, PEOPLE)
    awaiting_payment(batch)
    day_after_the_cut_off = datetime(2020, 5, 27, 9, 0, tzinfo=SHANGHAI)
    at(day_after_the_cut_off)
    expired(batch, day_after_the_cut_off)
    page = f"/batches/{batch.batch_no}"
    asked = admin.get(f"{page}/reinstate")
    admin.post(f"{page}/reinstate", version=field(asked, "version"), until="2020-06-20T17:00", reason=REASON)
    facts, premium = text_of(li.get(page)), text_of(li.get(f"{page}/projects"))
    assert "恢复办理至 2020-06-20 17:00" in facts
    assert "汇款期限" not in facts
    assert "汇款并提交缴费凭证截止 2020-06-20 17:00" in premium
    assert "已逾期" not in premium


def test_a_refusal_keeps_what_was_typed_and_names_who_is_in_the_way(admin: Browser, town: Town, batch: BatchOf) -> None:
    other = another_batch(viewer_of(town.zhou), "0088E2", now=MORNING)
    people_on(other, PEOPLE[:1])
    submitted(other)
    page = f"/batches/{batch.batch_no}/reinstate"
    version = field(admin.get(page), "version")
    answer = admin.post(page, version=version, until=UNTIL, reason=REASON)
    assert answer.status_code == 409
    words = text_of(answer)
    assert "名单中有1人已在本保障年度参保，请查看明细并移除。没有任何变更。 VAL-006" in words
    assert "甲（3100*****" in words
    assert "上海第0088E2号机械有限公司" in words
    assert f'value="{UNTIL}"' in answer.get_data(as_text=True)
    assert REASON in words
    [entry] = audited("reinstate_in_vain")
    assert [person["name"] for person in entry.details["people"]] == ["甲"]


@pytest.mark.parametrize(
    ("changes", "code"), [({"until": ""}, "SYS-002"), ({"until": "x"}, "SYS-003"), ({"reason": " "}, "SYS-002")]
)
def test_without_a_time_or_a_reason_nothing_happens(
    admin: Browser, batch: BatchOf, changes: dict[str, str], code: str
) -> None:
    page = f"/batches/{batch.batch_no}/reinstate"
    version = field(admin.get(page), "version")
    answer = admin.post(page, **{"version": version, "until": UNTIL, "reason": REASON} | changes)
    assert (answer.status_code, code in text_of(answer)) == (422, True)
    assert the_batch(batch).state == BatchState.EXPIRED


def test_what_has_not_expired_is_refused_before_anything_is_typed(admin: Browser, li: Browser, town: Town) -> None:
    answer = admin.get(f"/batches/{li.open_batch(town.li.code)}/reinstate")
    assert (answer.status_code, "BAT-002" in text_of(answer)) == (409, True)


def test_a_reviewer_asks_and_an_administrator_grants(admin: Browser, reviewer: Browser, batch: BatchOf) -> None:
    page = f"/batches/{batch.batch_no}/reinstate"
    version = field(reviewer.get(page), "version")
    asked = reviewer.post(f"{page}/proposal", version=version, until=UNTIL, reason=REASON)
    assert asked.status_code == 303
    assert the_batch(batch).state == BatchState.EXPIRED
    shown = admin.get(asked.location)
    words = text_of(shown)
    assert "恢复批次 待批准" in words
    assert "批次状态 已失效 清册校验通过 恢复办理至 – 2020-05-20 17:00" in words
    granted = admin.post(f"{asked.location}/grant", version=field(shown, "version"))
    assert granted.status_code == 303
    assert the_batch(batch).state == BatchState.ROSTER_SUBMITTED
    assert told("NTF-15") == [{"batch": batch.batch_no, "what": "恢复", "reason": REASON}]


def test_an_impossible_proposal_is_refused_with_what_was_typed(reviewer: Browser, batch: BatchOf) -> None:
    page = f"/batches/{batch.batch_no}/reinstate"
    version = field(reviewer.get(page), "version")
    answer = reviewer.post(f"{page}/proposal", version=version, until="2020-04-01T09:00", reason=REASON)
    assert (answer.status_code, "SYS-003" in text_of(answer)) == (422, True)
    assert REASON in text_of(answer)


def test_ticked_batches_come_back_one_by_one_and_the_others_are_named(admin: Browser, town: Town) -> None:
    page = "/deadlines/2020/expired"
    first = an_expired_submission(town.li, "0088E1")
    second = an_expired_submission(town.zhou, "0088E2")  # of the same people
    third = an_expired_batch_of(town.li, "0088E3")
    asked = admin.get(page)
    assert asked.get_data(as_text=True).count('name="pick"') == 3
    assert field(asked, "until") == "2020-05-27T00:00"
    picked = [first.batch_no, second.batch_no]
    answer = admin.post(page, pick=picked, until=UNTIL, reason=REASON)
    words = text_of(answer)
    assert "已恢复 1 个批次，已通知经办人。" in words
    assert re.search(rf"下列批次没有恢复： {second.batch_no} ：名单中有2人已在本保障年度参保", words)
    states = [the_batch(one).state for one in (first, second, third)]
    assert states == [BatchState.ROSTER_SUBMITTED, BatchState.EXPIRED, BatchState.EXPIRED]
    assert [entry.batch_id for entry in audited("reinstate_in_vain")] == [second.batch_id]


def test_without_ticks_or_a_reason_nothing_comes_back(admin: Browser, batch: BatchOf) -> None:
    page = "/deadlines/2020/expired"
    assert "请先勾选需要恢复的批次。" in text_of(admin.post(page, page, until=UNTIL, reason=REASON))
    answer = admin.post(page, pick=batch.batch_no, until=UNTIL, reason="")
    assert (answer.status_code, "SYS-002" in text_of(answer)) == (422, True)
    assert the_batch(batch).state == BatchState.EXPIRED


def test_the_filter_keeps_its_value_and_says_when_it_finds_nobody(admin: Browser, batch: BatchOf) -> None:
    found = admin.get("/deadlines/2020/expired?unit=0088E1")
    assert batch.batch_no in text_of(found)
    assert 'name="unit" value="0088E1"' in found.get_data(as_text=True)
    assert "没有符合条件的批次" in text_of(admin.get("/deadlines/2020/expired?unit=没有"))


def test_an_unknown_year_is_not_there(admin: Browser) -> None:
    assert admin.get("/deadlines/1999/expired").status_code == 404


def test_the_strip_tells_a_reinstated_batch_its_own_time(admin: Browser, li: Browser, batch: BatchOf) -> None:
    page = f"/batches/{batch.batch_no}/reinstate"
    version = field(admin.get(page), "version")
    admin.post(page, version=version, until="2020-06-20T17:00", reason=REASON)
    assert "本批次可办理至 6 月 20 日（周六）17:00" in text_of(li.get(f"/batches/{batch.batch_no}"))
