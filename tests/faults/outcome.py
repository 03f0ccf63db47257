"""What must hold after every fault (QUALITY 2): each upload has ended, and a done one has put its good rows on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from config.clock import local_date
from config.messages import text
from config.plans import plan_data
from config.settings import settings
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading
from models.records.job import UNFINISHED, Job, JobState
from models.records.person import BatchPerson
from models.records.roster_import import ImportFinding, ImportRow, RosterImport
from models.records.sealing import id_digest
from models.rules.coverage import coverage
from models.rules.findings import Column, Finding, Outcome
from models.rules.person import EmploymentStatus, Person
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.pricing import quote
from models.rules.roster import check_row, mark_duplicates
from tasks.workbook.reader import read_roster
from tests.claims import broken_claims
from tests.faults.processes import Worker, wait_for
from tests.privacy.places import dump, logs
from tests.privacy.scanner import numbers_in

_BUGS = (
    b"job_failed",
    b"job_not_ended",
    b"job_not_given_back",
    b"sweep_failed",
    b"doorbell_failed",
    b"request_failed",
)
"""Events of logs that tell of a bug; a database that is away is none."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the pure rules say of one file."""

    people: dict[bytes, Person]
    counts: dict[str, int]
    findings: Counter[tuple[int, str | None, str]]
    numbers: frozenset[str]


def job_of(job_id: int) -> Job:
    """The job's row as it is now."""
    with reading() as session:
        return session.get_one(Job, job_id)


def imports() -> list[str]:
    """What became of each file that was received, the first one first."""
    with reading() as session:
        jobs = select(Job.state).join(RosterImport, RosterImport.job_id == Job.id).order_by(RosterImport.id)
        return list(session.scalars(jobs))


def has_ended(job_id: int) -> bool:
    """Whether the job is done, failed or cancelled."""
    return job_of(job_id).state not in UNFINISHED


def wait_until_all_ended(*thawed: Worker) -> None:
    """Until no job waits or runs, the makers of reports included; frozen pool processes of `thawed` go on.

    The patience is for the next change among them: how long two hundred jobs take is a matter of speed.
    """

    def unfinished() -> set[int]:
        for worker in thawed:
            worker.thaw()
        with reading() as session:
            return set(session.scalars(select(Job.id).where(Job.state.in_(UNFINISHED))))

    try:
        while left := unfinished():
            wait_for(partial(_differs, left, unfinished), "another job has ended")
    except AssertionError as never:
        with reading() as session:
            jobs = [(job.id, job.kind, job.state, job.stage, job.attempt) for job in session.scalars(select(Job))]
        raise AssertionError(f"{never}: {jobs}\n" + "\n".join(worker.said() for worker in thawed)) from never


def _differs(before: set[int], now: Callable[[], set[int]]) -> bool:
    return now() != before


def assert_everything_in_order() -> None:
    """The check after every fault, over the whole database."""
    with reading() as session:
        for job in session.scalars(select(Job)):
            _assert_ended_with_a_reason(job)
        for batch in session.scalars(select(Batch)):
            _assert_people_are_the_good_rows(session, batch)
        _assert_nobody_twice(session)
        typed = _typed_numbers(session)
    assert broken_claims() == []
    stored = dump("postgresql" if settings().database_url else "sqlite")
    told = logs(settings().var)
    assert numbers_in(stored + told, typed) == set()
    assert not [bug for bug in _BUGS if bug in told]


def _assert_ended_with_a_reason(job: Job) -> None:
    assert job.state not in UNFINISHED, (job.id, job.state, job.stage, job.attempt)
    assert job.token is None
    assert job.finished_at is not None
    if job.state != JobState.DONE:
        assert job.code is not None
    if job.code is not None:
        assert text(job.code, **job.values)


def _assert_people_are_the_good_rows(session: Session, batch: Batch) -> None:
    uploads = session.scalars(
        select(RosterImport)
        .where(RosterImport.batch_id == batch.id)
        .options(undefer(RosterImport.content_sealed), undefer(RosterImport.report_sealed))
        .order_by(RosterImport.id)
    ).all()
    people: dict[bytes, Person] = {}
    for upload in uploads:
        if upload.job.state != JobState.DONE:
            _assert_wrote_nothing(session, upload)
            continue
        expected = _expected(upload.content())
        _assert_tells_the_file(session, upload, expected, set(people) if not upload.check_only else set())
        if not upload.check_only:
            people |= expected.people
            _assert_priced(upload, list(people.values()))
    roster = session.scalars(select(BatchPerson).where(BatchPerson.batch_id == batch.id)).all()
    assert {person.id_digest for person in roster} == set(people)
    for stored in roster:
        person = people[stored.id_digest]
        assert (stored.name, stored.id_no, stored.birth, stored.sex, stored.has_si) == (
            person.name,
            person.id_no,
            person.birth,
            person.sex,
            person.has_si,
        )
    added = sum(upload.counts[Outcome.ADDED] for upload in uploads if upload.counts and not upload.check_only)
    assert added == len(roster)


def _assert_wrote_nothing(session: Session, upload: RosterImport) -> None:
    assert upload.counts is None
    assert upload.estimate is None
    for table in (ImportRow, ImportFinding, BatchPerson):
        written = select(func.count()).select_from(table).where(table.import_id == upload.id)
        assert session.execute(written).scalar_one() == 0, table


def _assert_tells_the_file(session: Session, upload: RosterImport, expected: Expected, known: set[bytes]) -> None:
    """Counts, rows and findings are those of the rules; people who were on the roster before are unchanged."""
    again = len(known & set(expected.people))
    counts = Counter(expected.counts)
    counts[Outcome.UNCHANGED] += again
    counts[Outcome.ADDED] -= again
    assert upload.counts is not None
    assert Counter(upload.counts) == counts
    assert sum(upload.counts.values()) == upload.rows_total
    found = session.scalars(select(ImportFinding).where(ImportFinding.import_id == upload.id))
    assert Counter((finding.sheet_row, finding.column, finding.code) for finding in found) == expected.findings
    if counts[Outcome.INVALID]:
        assert session.get_one(Job, upload.report_job_id).state == JobState.DONE
        assert upload.report()


def _assert_priced(upload: RosterImport, people: Sequence[Person]) -> None:
    """The estimate, once more from the people: nobody here is 退休, so everybody is priced."""
    plan = PlanYear.from_data(plan_data(upload.batch.plan_year))
    insured = sum(person.has_si for person in people)
    kind = EnrolmentType(upload.batch.enrolment_type)
    half_price = coverage(plan, kind, local_date(upload.received_at)).half_price
    estimate = upload.estimate or {}
    premium = quote(estimate["projects"], insured, len(people) - insured, plan, half_price)
    assert estimate["total_fen"] == premium.total_fen


def _assert_nobody_twice(session: Session) -> None:
    for table, number in ((BatchPerson, BatchPerson.batch_id), (Claim, Claim.plan_year)):
        twice = select(number, table.id_digest).group_by(number, table.id_digest).having(func.count() > 1)
        assert session.execute(twice).first() is None, table
    retired = select(BatchPerson.id).where(BatchPerson.employment_status == EmploymentStatus.RETIRED)
    assert session.execute(retired).first() is None


def _typed_numbers(session: Session) -> set[str]:
    """Every number that stands in a file that was imported."""
    done = select(RosterImport).join(Job, Job.id == RosterImport.job_id).where(Job.state == JobState.DONE)
    uploads = session.scalars(done.options(undefer(RosterImport.content_sealed)))
    return {number for upload in uploads for number in _expected(upload.content()).numbers}


@cache
def _expected(content: bytes) -> Expected:
    plan = PlanYear.from_data(plan_data("2020"))
    rows = read_roster(content, plan.roster_import_max_rows).rows
    checked = [check_row(row, plan, plan.central_open_at.date(), plan.coverage_start) for row in rows]
    mark_duplicates(checked)
    good = [row.person for row in checked if row.person is not None and row.outcome is None]
    counts = Counter(str(row.outcome or Outcome.ADDED) for row in checked)
    findings: list[Finding] = [finding for row in checked for finding in row.findings]
    return Expected(
        {id_digest(person.id_no): person for person in good},
        {str(outcome): counts[str(outcome)] for outcome in Outcome},
        Counter((finding.row, finding.column, finding.code) for finding in findings),
        frozenset(number for row in rows if len(number := row.text(Column.ID_NO).strip()) == 18),
    )
