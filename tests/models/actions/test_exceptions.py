"""特殊事项: proposed by a reviewer, granted or refused by an administrator (DOMAIN 2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions.exceptions import Subject, grant, grant_directly, propose, refuse
from models.records.database import writing
from models.records.exception import ExceptionProposal
from models.records.viewer import Viewer
from models.rules.exceptions import ExceptionKind
from models.rules.permissions import Role
from tests.exceptions import (
    REASON,
    an_account,
    grant_it,
    granted,
    proposed,
    special_channel,
    the_exception,
    written_of,
)
from tests.imports import the_batch
from tests.people import audited
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import BatchOf, a_batch_to_fill
from tests.refusals import refused
from tests.vouchers import staff, told

LATER = NOW + timedelta(days=1)
EXEMPT = {"plan_year": "2020", "ratio_exempt": "1"}
CHANNEL = ExceptionKind.SPECIAL_CHANNEL


@pytest.fixture
def batch(database: str) -> BatchOf:
    return a_batch_to_fill()


def test_what_is_proposed_changes_nothing_yet(batch: BatchOf) -> None:
    made = the_exception(proposed(NOW, CHANNEL, **EXEMPT))
    assert (made.state, made.reason, made.in_words()[1]) == ("open", REASON, ("单位社保比例", "校验", "免校验"))
    assert (the_batch(batch).ratio_exempt, the_batch(batch).version) == (False, 1)


def test_the_same_asked_twice_is_one_proposal(batch: BatchOf) -> None:
    assert proposed(NOW, CHANNEL, **EXEMPT) == proposed(LATER, CHANNEL, **EXEMPT)
    assert len(audited("propose_exception")) == 1


def test_a_grant_does_it_and_says_who_asked_and_who_granted(batch: BatchOf) -> None:
    made = proposed(NOW, CHANNEL, **EXEMPT)
    grant_it(made, LATER)
    after = the_exception(made)
    assert (after.state, after.decided_at, after.version) == ("granted", LATER, 2)
    assert (after.proposed_by, after.decided_by) == (
        staff(Role.REVIEWER, NOW).account_id,
        staff(Role.ADMIN, NOW).account_id,
    )
    assert the_batch(batch).ratio_exempt


def test_it_is_written_down_with_before_and_after(batch: BatchOf) -> None:
    grant_it(proposed(NOW, CHANNEL, **EXEMPT), LATER)
    (asked,), (done,) = audited("propose_exception"), audited("grant_exception")
    assert asked.details["after"] == done.details["after"] == {"办理通道": "特殊", "单位社保比例": "免校验"}
    assert (done.details["before"]["单位社保比例"], done.details["reason"]) == ("校验", REASON)
    assert written_of(batch)[-1].action == "apply_exception"


def test_the_handler_of_a_batch_is_told_once(batch: BatchOf) -> None:
    grant_it(proposed(NOW, CHANNEL, reason="外省市调入。", **EXEMPT), LATER)
    what = "特殊通道设置（办理通道特殊，单位社保比例免校验）"
    assert told("NTF-15") == [{"batch": batch.batch_no, "what": what, "reason": "外省市调入"}]


def test_an_administrator_grants_without_a_proposal(batch: BatchOf) -> None:
    made = the_exception(granted(NOW, CHANNEL, **EXEMPT))
    assert (made.state, made.proposed_by, made.decided_by) == ("granted", made.decided_by, made.proposed_by)
    assert the_batch(batch).ratio_exempt


def test_a_refusal_needs_a_reason_and_changes_nothing(batch: BatchOf) -> None:
    made, admin = proposed(NOW, CHANNEL, **EXEMPT), staff(Role.ADMIN, NOW)
    with refused("SYS-002", field="不予批准的原因"), writing() as session:
        refuse(session, admin, made, " ", LATER)
    assert the_exception(made).state == "open"
    with writing() as session:
        refuse(session, admin, made, "材料不全", LATER)
    assert (the_exception(made).state, the_exception(made).decision_reason) == ("refused", "材料不全")
    assert not the_batch(batch).ratio_exempt
    assert len(audited("refuse_exception")) == 1
    assert told("NTF-15") == []


def test_what_no_longer_fits_is_refused_and_stays_open(batch: BatchOf) -> None:
    asked = proposed(NOW, CHANNEL, **EXEMPT)
    special_channel(NOW, until="2020-05-20T17:00")
    with refused("BAT-002", status="提出申请后情况已有变化"):
        grant_it(asked, LATER)
    after = the_exception(asked)
    assert (after.state, after.version, after.decided_at) == ("open", 1, None)
    assert not the_batch(batch).ratio_exempt


def test_what_was_decided_is_decided_once(batch: BatchOf) -> None:
    made, admin = proposed(NOW, CHANNEL, **EXEMPT), staff(Role.ADMIN, NOW)
    grant_it(made, LATER)
    with refused("BAT-002", status="该事项已批准", action="不予批准"), writing() as session:
        refuse(session, admin, made, "晚了", LATER)
    with refused("BAT-002", status="该事项已批准", action="批准"), writing() as session:
        grant(session, admin, made, LATER)


def test_who_saw_another_version_is_told(batch: BatchOf) -> None:
    made, admin = proposed(NOW, CHANNEL, **EXEMPT), staff(Role.ADMIN, NOW)
    with refused("BAT-004"), writing() as session:
        grant(session, admin, made, LATER, version=7)
    with refused("BAT-004"), writing() as session:
        refuse(session, admin, made, "不", LATER, version=7)


def test_there_is_nothing_to_decide_about_what_nobody_asked(batch: BatchOf) -> None:
    admin = staff(Role.ADMIN, NOW)
    with refused("BAT-005"), writing() as session:
        grant(session, admin, 99_999, NOW)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.ADMIN, Role.SERVICE_DESK])
def test_only_a_reviewer_proposes(batch: BatchOf, role: Role) -> None:
    who = Viewer(batch.viewer.account_id, role)
    with refused("AUTH-006"), writing() as session:
        propose(session, who, CHANNEL, Subject(), {}, REASON, NOW)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.REVIEWER, Role.SERVICE_DESK])
def test_only_an_administrator_decides(batch: BatchOf, role: Role) -> None:
    made, who = proposed(NOW, CHANNEL, **EXEMPT), Viewer(batch.viewer.account_id, role)
    for act in (
        lambda session: grant(session, who, made, NOW),
        lambda session: refuse(session, who, made, "不", NOW),
        lambda session: grant_directly(session, who, CHANNEL, Subject(), {}, REASON, NOW),
    ):
        with refused("AUTH-006"), writing() as session:
            act(session)
    assert the_exception(made).state == "open"


def test_a_proposal_without_a_reason_is_none(batch: BatchOf) -> None:
    staff(Role.REVIEWER, NOW)
    with refused("SYS-002", field="原因"):
        proposed(NOW, CHANNEL, reason=" ", **EXEMPT)
    with writing() as session:
        assert session.query(ExceptionProposal).count() == 0


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"code": "00"}, "COD-003"),
        ({"code": "9999ZZ"}, "COD-001"),
        ({"plan_year": "1999"}, "SYS-002"),
    ],
)
def test_a_form_that_is_about_nothing_is_refused(batch: BatchOf, typed: dict[str, str], code: str) -> None:
    with refused(code):
        proposed(NOW, CHANNEL, **{**EXEMPT, **typed})


def test_a_grant_that_would_move_a_code_to_nobody_says_so(batch: BatchOf) -> None:
    with refused("BAT-002", status="没有账号nobody@unit.example"):
        proposed(NOW, ExceptionKind.TRANSFER_BINDING, account_email="nobody@unit.example")
    reviewer = staff(Role.REVIEWER, NOW)
    with refused("BAT-002", status=f"{reviewer.role.text}（{reviewer.email}）不是可用的经办人账号"):
        proposed(NOW, ExceptionKind.TRANSFER_BINDING, account_email=reviewer.email)


def test_two_proposals_about_different_accounts_are_two(batch: BatchOf) -> None:
    first, second = an_account(NOW), an_account(NOW, "qian@unit.example")
    kind = ExceptionKind.TRANSFER_BINDING
    assert proposed(NOW, kind, account_email=first.email) != proposed(NOW, kind, account_email=second.email)
