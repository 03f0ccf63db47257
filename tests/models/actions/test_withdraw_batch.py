"""批次撤回: what is given back, what is kept, and until when (T12, T13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.actions.check_roster import submit_at_once
from models.actions.promise import promise
from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.premium import PremiumPreview
from models.records.validation import PledgeAcceptance, ValidationFinding, ValidationReport
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.plan import EnrolmentType
from tests.builders import a_person, resident_id
from tests.claims import broken_claims, claims_of
from tests.imports import another_batch, submitted, the_batch
from tests.people import stored_people
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, people_on
from tests.stages import PROJECTS, awaiting_payment, confirmed, priced, withdraw
from tests.vouchers import a_batch_to_pay, another_to_pay, drafted, the_voucher

TO_ROSTER, TO_PROJECTS = BatchAction.WITHDRAW_TO_ROSTER, BatchAction.WITHDRAW_TO_PROJECTS
PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙丁")]
OVER_AGE = a_person(name="老李", id_no=resident_id(date(1955, 3, 7)), birth=date(1955, 3, 7))


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch of four people."""
    filled = a_batch_to_fill()
    people_on(filled, PEOPLE)
    return filled


@pytest.fixture
def instant(database: str) -> BatchOf:
    """An instant batch of four people, whose unit has taken part in no central enrolment."""
    clerk = a_batch_to_fill(now=IN_THE_INSTANT_WINDOW - timedelta(days=60))
    filled = another_batch(clerk.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    people_on(filled, PEOPLE)
    return filled


def rows_of(batch: BatchOf) -> int:
    """What is still there of pledge, preview and report."""
    with reading() as session:
        tables = (PledgeAcceptance, PremiumPreview, ValidationReport, ValidationFinding)
        return sum(session.query(table).filter_by(batch_id=batch.batch_id).count() for table in tables)


def test_back_at_the_roster_the_batch_is_as_it_was_before_it_was_submitted(batch: BatchOf) -> None:
    before = the_batch(batch)
    awaiting_payment(batch)
    version, later = the_batch(batch).version, batch.now + timedelta(hours=2)
    withdraw(batch, now=later)
    after = the_batch(batch)
    assert (after.state, after.version) == (BatchState.ROSTER_DRAFT, version + 1)
    assert (after.withdrawn_at, after.updated_at) == (later, later)
    changed = {"version", "withdrawn_at", "updated_at"}
    assert {
        column.key for column in Batch.__table__.columns if getattr(after, column.key) != getattr(before, column.key)
    } == changed


def test_back_at_the_roster_nobody_is_claimed_charged_or_judged_by_age(batch: BatchOf) -> None:
    awaiting_payment(batch)
    assert {person.charge_fen for person in stored_people(batch)} == {18000}
    withdraw(batch)
    people = stored_people(batch)
    assert [person.name for person in people] == ["甲", "乙", "丙", "丁"]
    assert {(person.charge_fen, person.over_age) for person in people} == {(None, None)}
    assert claims_of(batch) == set()
    assert broken_claims() == []


def test_pledge_preview_and_report_go_with_the_submission(batch: BatchOf) -> None:
    awaiting_payment(batch)
    assert rows_of(batch) >= 3
    withdraw(batch)
    assert rows_of(batch) == 0


def test_a_submitted_batch_goes_back_to_its_roster_before_projects_are_chosen(batch: BatchOf) -> None:
    priced(submitted(batch))
    assert withdraw(batch).state == BatchState.ROSTER_DRAFT
    assert (claims_of(batch), rows_of(batch)) == (set(), 0)


def test_people_given_back_are_free_for_another_unit(batch: BatchOf) -> None:
    awaiting_payment(batch)
    withdraw(batch)
    rival = a_batch_to_fill("3019BJ")
    people_on(rival, PEOPLE[1:2])
    submitted(rival)
    with writing() as session:
        again = submit_at_once(session, batch.viewer, batch.batch_no, batch.now)
    assert [(conflict.values["name"], conflict.code) for conflict in again.conflicts] == [("乙", "REG-001")]
    assert (claims_of(batch), the_batch(batch).state) == (set(), BatchState.ROSTER_FAILED)


def test_a_promise_is_kept_is_asked_for_again_and_counts_meanwhile(batch: BatchOf) -> None:
    people_on(batch, [OVER_AGE])
    old = stored_people(batch)[-1]
    with writing() as session:
        promise(session, batch.viewer, batch.batch_no, old.id, True, batch.now)
    awaiting_payment(batch)
    later = batch.now + timedelta(hours=1)
    withdraw(batch, now=later)
    kept = stored_people(batch)[-1]
    assert (kept.promised_at, kept.promised_by) == (batch.now, batch.viewer.account_id)
    assert kept.promised_at < the_batch(batch).withdrawn_at  # type: ignore[operator]  # both are there
    submitted(replace(batch, now=later))
    assert the_batch(batch).state == BatchState.ROSTER_SUBMITTED


def test_after_a_new_submission_dates_of_payment_are_new(instant: BatchOf) -> None:
    awaiting_payment(instant)
    withdraw(instant)
    a_week_later = replace(instant, now=instant.now + timedelta(days=7))
    awaiting_payment(a_week_later)
    after = the_batch(instant)
    assert (after.coverage_start, after.payment_due_on) == (date(2020, 7, 9), date(2020, 7, 23))


def test_back_at_the_projects_people_cover_and_dates_of_payment_are_kept(batch: BatchOf) -> None:
    awaiting_payment(batch)
    before, claimed = the_batch(batch), claims_of(batch)
    later = batch.now + timedelta(days=2)
    withdraw(batch, TO_PROJECTS, now=later)
    after = the_batch(batch)
    assert (after.state, after.version, after.updated_at) == (
        BatchState.ROSTER_SUBMITTED,
        before.version + 1,
        later,
    )
    assert (after.projects, after.projects_locked, after.total_fen) == (None, False, None)
    assert after.confirm_since == date(2020, 4, 22)
    for kept in ("coverage_start", "coverage_end", "half_price", "submitted_at", "payment_due_on", "payment_cutoff_on"):
        assert getattr(after, kept) == getattr(before, kept) is not None, kept
    assert after.withdrawn_at is None
    assert claims_of(batch) == claimed
    assert len(claimed) == 4
    assert broken_claims() == []


def test_back_at_the_projects_charges_and_preview_are_gone_and_pledge_and_ages_stay(batch: BatchOf) -> None:
    awaiting_payment(batch)
    withdraw(batch, TO_PROJECTS)
    assert {(person.charge_fen, person.over_age) for person in stored_people(batch)} == {(None, False)}
    with reading() as session:
        assert session.get(PremiumPreview, batch.batch_id) is None
        assert session.get(PledgeAcceptance, batch.batch_id) is not None


def test_people_are_not_free_for_another_unit_while_only_projects_are_chosen_again(batch: BatchOf) -> None:
    awaiting_payment(batch)
    withdraw(batch, TO_PROJECTS)
    rival = a_batch_to_fill("3019BJ")
    people_on(rival, PEOPLE[1:2])
    with writing() as session:
        assert len(submit_at_once(session, rival.viewer, rival.batch_no, rival.now).conflicts) == 1


def test_projects_chosen_again_keep_the_first_dates_of_payment(instant: BatchOf) -> None:
    awaiting_payment(instant)
    withdraw(instant, TO_PROJECTS, now=instant.now + timedelta(days=10))
    confirmed(instant, ["B0", "C0"], now=instant.now + timedelta(days=11))
    after = the_batch(instant)
    assert (after.projects, after.payment_due_on, after.payment_cutoff_on) == (
        ["B0", "C0"],
        date(2020, 7, 16),
        date(2020, 7, 19),
    )


@pytest.mark.parametrize("to", [TO_ROSTER, TO_PROJECTS])
def test_a_draft_voucher_loses_the_batch_and_keeps_the_others(database: str, to: BatchAction) -> None:
    batch = a_batch_to_pay()
    other = another_to_pay(batch)
    voucher_id = drafted(batch, other)
    withdraw(batch, to)
    assert [left.id for left in the_voucher(voucher_id).batches] == [other.batch_id]
    assert the_batch(other).state == BatchState.AWAITING_PAYMENT


def test_the_audit_log_says_why_and_what_there_was(batch: BatchOf) -> None:
    awaiting_payment(batch)
    withdraw(batch, TO_PROJECTS, reason="  多选了一个项目 ")
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(batch_id=batch.batch_id).order_by(AuditEntry.id.desc()).first()
    assert entry is not None
    assert (entry.action, entry.account_id, entry.at) == ("withdraw_to_projects", batch.viewer.account_id, batch.now)
    assert entry.details["reason"] == "多选了一个项目"
    assert (
        entry.details["before"]["state"],
        entry.details["before"]["projects"],
        entry.details["before"]["total_fen"],
    ) == (
        "awaiting_payment",
        list(PROJECTS),
        72000,
    )
    assert (entry.details["after"]["state"], entry.details["after"]["total_fen"]) == ("roster_submitted", None)
