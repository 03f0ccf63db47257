"""A unit's 经办人 replaced by the association (DOMAIN 12.3, 12.5)."""

from __future__ import annotations

import pytest

from models.actions.permit import refuse_without_profile
from models.queries.accounts import profile_of
from models.records.account import Account, HandlerProfile
from models.records.database import reading, writing
from models.rules.exceptions import ExceptionKind
from models.rules.lifecycle import BatchState
from tests.checks import batch_has
from tests.exceptions import grant_it, granted, proposed, the_exception
from tests.people import audited
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import BatchOf, a_batch_to_fill
from tests.refusals import refused
from tests.vouchers import told

KIND = ExceptionKind.CHANGE_HANDLER
SUN = {"name": "孙大寒", "phone": "138 0000 0002", "email": "sun@unit.example"}


@pytest.fixture
def batch(database: str) -> BatchOf:
    return a_batch_to_fill()


def profile(batch: BatchOf) -> HandlerProfile:
    with reading() as session:
        found = profile_of(session, batch.viewer.account_id)
        assert found is not None
        return found


def test_name_phone_and_e_mail_are_replaced_and_nothing_else(batch: BatchOf) -> None:
    before = profile(batch)
    granted(NOW, KIND, **SUN)
    after = profile(batch)
    assert (after.name, after.phone, after.email) == ("孙大寒", "13800000002", "sun@unit.example")
    assert (after.unit_name, after.headcount) == (before.unit_name, before.headcount)
    with reading() as session:
        account = session.get_one(Account, batch.viewer.account_id)
        assert (account.name, account.email) == ("孙大寒", batch.viewer.email)


def test_a_new_phone_is_confirmed_by_who_has_it_before_anything_else(batch: BatchOf) -> None:
    granted(NOW, KIND, **SUN)
    with refused("HDL-001"), reading() as session:
        refuse_without_profile(session, batch.viewer)


def test_the_phone_that_is_confirmed_stays_so(batch: BatchOf) -> None:
    with writing() as session:
        found = session.get_one(HandlerProfile, batch.viewer.account_id)
        found.phone = "13800000002"
    granted(NOW, KIND, **SUN)
    assert profile(batch).phone_verified_at == NOW


def test_what_was_and_what_is_stand_in_the_proposal_and_in_the_audit_log(batch: BatchOf) -> None:
    made = the_exception(granted(NOW, KIND, **SUN))
    assert made.in_words() == [
        ("经办人姓名", "李小满", "孙大寒"),
        ("经办人电话", "14200000001", "13800000002"),
        ("经办人邮箱", "0088d2@unit.example", "sun@unit.example"),
        ("手机验证", "已验证", "待新经办人验证"),
    ]
    assert audited("grant_exception")[0].details["before"]["经办人姓名"] == "李小满"


@pytest.mark.parametrize(
    ("state", "notices"), [(BatchState.ROSTER_DRAFT, 1), (BatchState.ENROLLED, 0), (BatchState.EXPIRED, 0)]
)
def test_the_account_is_told_of_each_batch_that_is_still_to_be_done(
    batch: BatchOf, state: BatchState, notices: int
) -> None:
    batch_has(batch, state=state)
    granted(NOW, KIND, **SUN)
    assert [notice["what"] for notice in told("NTF-15")] == ["经办人变更"] * notices


def test_a_handler_who_has_changed_it_meanwhile_is_not_written_over(batch: BatchOf) -> None:
    asked = proposed(NOW, KIND, **SUN)
    with writing() as session:
        session.get_one(HandlerProfile, batch.viewer.account_id).name = "赵小寒"
    with refused("BAT-002", status="提出申请后情况已有变化"):
        grant_it(asked, NOW)
    assert profile(batch).name == "赵小寒"
    assert the_exception(asked).state == "open"


def test_what_is_so_already_is_refused(batch: BatchOf) -> None:
    granted(NOW, KIND, **SUN)
    with refused("BAT-002", status="与现有经办人信息相同"):
        granted(NOW, KIND, **SUN)


def test_who_has_not_filled_it_in_has_nothing_to_be_changed(batch: BatchOf) -> None:
    with writing() as session:
        session.delete(session.get_one(HandlerProfile, batch.viewer.account_id))
    with refused("BAT-002", status="该账号还没有经办人填报"):
        granted(NOW, KIND, **SUN)
