"""J14: planted disagreements of each kind are found and named, what agrees is not, and nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Update, delete, select, text, update

from models.actions.calendar import reconcile
from models.actions.calendar.reconcile import RECONCILE
from models.queries.books import ToCompare, compare
from models.queries.reconciliation import latest_report, nights, open_disagreements
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.person import BatchPerson
from models.records.reconciliation import Reconciliation
from models.records.reference import SiUnit
from models.records.scheduled_job import ScheduledJob
from models.records.tables import Base
from models.records.voucher import Receipt
from models.rules.books import Comparison
from models.rules.person import EmploymentStatus
from tests.builders import a_person
from tests.expired import expired
from tests.people import known_to_the_register
from tests.records import IN_THE_CENTRAL_WINDOW
from tests.reminders import the_year_after
from tests.scheduled import calendar_at, calendar_begins_at, done_at
from tests.statements import statements
from tests.vouchers import ONE_PERSON_FEN, Paying, a_paying_unit, another_to_pay, approve, submit

DAY = timedelta(days=1)
DUE = 2 * ONE_PERSON_FEN
CALENDAR = {Job.__tablename__, ScheduledJob.__tablename__, Reconciliation.__tablename__, "clock_offset", "heartbeat"}


@pytest.fixture
def paid(database: str) -> Paying:
    """Two people who are enrolled and paid for."""
    paying = a_paying_unit()
    submit(paying)
    approve(paying)
    return paying


def night(paying: Paying, days: int = 1) -> datetime:
    """Half past three, so many days later."""
    at: datetime = paying.now.replace(hour=3, minute=30) + days * DAY
    return at


def next_night(paying: Paying, days: int = 1) -> Mapping[str, Reconciliation]:
    """The report of the night after, or of a later one, by figure."""
    done_at(RECONCILE, night(paying, days))
    with reading() as session:
        return {figure.kind: figure for figure in latest_report(session)}


def named(figure: Reconciliation) -> list[tuple[str, int, int]]:
    return [(one["wrong"], one["expected"], one["found"]) for one in figure.named]


def plant(*statements: Any) -> None:
    with writing() as session:
        for statement in statements:
            session.execute(statement)


def everything() -> dict[str, Sequence[Any]]:
    """Every row but those of the calendar itself."""
    with reading() as session:
        return {
            table.name: session.execute(select(table).order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
            if table.name not in CALENDAR
        }


def test_books_that_agree_are_told_with_their_sums(paid: Paying) -> None:
    told = {
        kind: (figure.compared, figure.expected, figure.found, figure.disagreeing)
        for kind, figure in next_night(paid).items()
    }
    assert told == {
        Comparison.CHARGES: (1, DUE, DUE, 0),
        Comparison.CLAIMS: (1, 2, 2, 0),
        Comparison.RECEIPTS: (1, DUE, DUE, 0),
        Comparison.REGISTER: (0, 0, 0, 0),
    }


def _first_person(paid: Paying) -> Any:
    first = select(BatchPerson.id).where(BatchPerson.batch_id == paid.batch.batch_id).order_by(BatchPerson.id).limit(1)
    return first.scalar_subquery()


def _someone_elses_number(paid: Paying) -> Update:
    return update(Claim).where(Claim.person_id == _first_person(paid)).values(id_digest=b"0123456789abcdef")


def _a_second_claim(paid: Paying) -> Any:
    return text(
        "INSERT INTO claim (plan_year, id_type, id_digest, variant, batch_id, person_id, claimed_at)"
        " SELECT plan_year, id_type, id_digest, 1, batch_id, person_id, claimed_at FROM claim"
        " WHERE person_id = (SELECT min(person_id) FROM claim)"
    )


PLANTED: Mapping[str, tuple[str, Callable[[Paying], Any], list[tuple[str, int, int]]]] = {
    "a charge that is a fen too much": (
        Comparison.CHARGES,
        lambda paid: update(BatchPerson).where(BatchPerson.id == _first_person(paid)).values(charge_fen=18_001),
        [("sum", DUE, DUE + 1)],
    ),
    "somebody without a charge": (
        Comparison.CHARGES,
        lambda paid: update(BatchPerson).where(BatchPerson.id == _first_person(paid)).values(charge_fen=None),
        [("uncharged", 2, 1), ("sum", DUE, ONE_PERSON_FEN)],
    ),
    "no total": (Comparison.CHARGES, lambda _: update(Batch).values(total_fen=None), [("no_total", DUE, 0)]),
    "a state that is not paid for": (
        Comparison.CHARGES,
        lambda _: update(Batch).values(state="roster_submitted", total_fen=None),
        [("charged_early", 0, 2)],
    ),
    "a person without a claim": (
        Comparison.CLAIMS,
        lambda paid: delete(Claim).where(Claim.person_id == _first_person(paid)),
        [("unclaimed", 2, 1)],
    ),
    "a claim of another number": (
        Comparison.CLAIMS, _someone_elses_number, [("unclaimed", 2, 1), ("stray_claims", 1, 2)]
    ),
    "two claims of one person": (Comparison.CLAIMS, _a_second_claim, [("stray_claims", 2, 3)]),
    "claims of a draft": (
        Comparison.CLAIMS, lambda _: update(Batch).values(state="roster_draft"), [("stray_claims", 0, 2)]
    ),
    "a receipt that is a fen short": (
        Comparison.RECEIPTS, lambda _: update(Receipt).values(amount_fen=DUE - 1), [("receipts", DUE, DUE - 1)]
    ),
    "no receipt": (Comparison.RECEIPTS, lambda _: delete(Receipt), [("receipts", DUE, 0)]),
    "a batch that owes more": (
        Comparison.RECEIPTS, lambda _: update(Batch).values(total_fen=DUE + 1), [("receipts", DUE + 1, DUE)]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "what", "expected"), PLANTED.values(), ids=PLANTED)
def test_a_planted_disagreement_is_found_and_named(
    paid: Paying, kind: str, what: Callable[[Paying], Any], expected: list[tuple[str, int, int]]
) -> None:
    plant(what(paid))
    report = next_night(paid)
    assert named(report[kind]) == expected
    assert {one["batch_no"] for one in report[kind].named} == {paid.batch.batch_no}


def test_the_run_changes_nothing_but_its_own_report(paid: Paying) -> None:
    plant(update(BatchPerson).values(charge_fen=1), _someone_elses_number(paid), delete(Receipt))
    before = everything()
    report = next_night(paid)
    assert sum(figure.disagreeing for figure in report.values()) == 4
    assert everything() == before


def test_a_disagreement_is_counted_until_a_night_finds_it_gone(paid: Paying) -> None:
    plant(update(Batch).values(total_fen=1))
    next_night(paid)
    with reading() as session:
        alarmed = open_disagreements(session)
    plant(update(Batch).values(total_fen=DUE))
    next_night(paid, 2)
    with reading() as session:
        assert (alarmed, open_disagreements(session)) == (2, 0)
        assert [night.disagreeing for night in nights(session, 10)] == [0, 2]


def test_it_is_logged_as_an_error_with_the_batches_and_nobodys_name(
    paid: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[dict[str, object]] = []
    log = SimpleNamespace(error=lambda event, **told: errors.append({"event": event, **told}))
    monkeypatch.setattr(reconcile, "log", log)
    plant(update(BatchPerson).values(charge_fen=1))
    next_night(paid)
    [line] = errors
    assert (line["event"], line["kind"], line["batches"]) == ("books_disagree", "charges", [paid.batch.batch_no])
    assert "王豆豆" not in json.dumps(line, ensure_ascii=False, default=str)


def test_the_calendar_does_it_every_night(paid: Paying) -> None:
    calendar_begins_at(night(paid) - timedelta(hours=1))
    [job] = [job for job in calendar_at(night(paid)) if job.kind == RECONCILE.kind]
    assert (job.state, job.progress["found"]) == (JobState.DONE, {"done": 4, "failed": 0})


def test_of_nights_that_were_missed_the_latest_is_due_and_none_twice(paid: Paying) -> None:
    with reading() as session:
        due = RECONCILE.next_at(session, night(paid), night(paid, 5) + timedelta(hours=5))
        again = RECONCILE.next_at(session, night(paid, 5), night(paid, 5) + timedelta(hours=5))
    assert (due, again) == (night(paid, 5), None)


def test_without_any_batch_there_is_nothing_to_compare(database: str) -> None:
    with reading() as session:
        assert RECONCILE.next_at(session, IN_THE_CENTRAL_WINDOW, IN_THE_CENTRAL_WINDOW + DAY) is None


def test_a_run_that_was_cut_short_goes_on_and_writes_nothing_twice(paid: Paying) -> None:
    next_night(paid)
    plant(delete(Reconciliation).where(Reconciliation.kind == Comparison.CLAIMS))
    assert [done_at(RECONCILE, night(paid)), done_at(RECONCILE, night(paid))] == [1, 0]


def test_each_figure_is_one_statement_whatever_there_is_to_add_up(paid: Paying) -> None:
    another_to_pay(paid.batch)
    with reading() as session, statements() as asked:
        for kind in (Comparison.CHARGES, Comparison.CLAIMS, Comparison.RECEIPTS):
            compare(session, ToCompare(kind, "2020"), night(paid))
    assert len(asked) == 3


def test_a_batch_that_expired_and_one_that_is_paid_agree_side_by_side(paid: Paying) -> None:
    expired(another_to_pay(paid.batch), paid.now)
    report = next_night(paid)
    assert [figure.disagreeing for figure in report.values()] == [0, 0, 0, 0]
    assert (report[Comparison.CLAIMS].compared, report[Comparison.CLAIMS].found) == (2, 2)


def test_a_register_that_is_too_old_is_told_while_a_window_is_open(paid: Paying) -> None:
    known_to_the_register(a_person(), EmploymentStatus.IN_SERVICE)  # as of 31 March
    fresh, old = next_night(paid, 40), next_night(paid, 41)
    assert (named(fresh[Comparison.REGISTER]), named(old[Comparison.REGISTER])) == ([], [("register_old", 60, 61)])


def test_the_older_of_its_two_tables_counts(paid: Paying) -> None:
    known_to_the_register(a_person(), EmploymentStatus.IN_SERVICE)
    with writing() as session:
        session.add(SiUnit(si_unit_code="31018801", in_service_total=5, as_of=date(2020, 2, 1)))
    assert named(next_night(paid)[Comparison.REGISTER]) == [("register_old", 60, 80)]


def test_between_the_windows_its_age_is_nobodys_concern(paid: Paying) -> None:
    known_to_the_register(a_person(), EmploymentStatus.IN_SERVICE)
    register = next_night(paid, 345)[Comparison.REGISTER]
    assert (register.compared, register.disagreeing) == (0, 0)


def test_an_old_register_is_told_before_the_new_year_has_any_batch(paid: Paying) -> None:
    known_to_the_register(a_person(), EmploymentStatus.IN_SERVICE)
    the_year_after()
    done_at(RECONCILE, night(paid, 346))  # 1 April 2021: the central window has opened
    with reading() as session:
        [next_year, *of_2020] = latest_report(session)
    assert (next_year.kind, next_year.plan_year, next_year.disagreeing) == (Comparison.REGISTER, "2021", 1)
    assert len(of_2020) == len(Comparison)
