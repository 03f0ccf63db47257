"""The last report of 清册校验 as its page needs it: what was found, and what of it is still to be done.

What was found is kept as it was; who was removed since is left out of it, and people over age are asked for as they are
now, since each promise changes what is to be done without changing the roster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from models.queries.jobs import JobOf, job_of, last_job
from models.queries.roster import is_over_age, reference_of
from models.records.batch import Batch
from models.records.job import UNFINISHED, Job, JobState
from models.records.person import BatchPerson
from models.records.validation import ValidationFinding, ValidationReport
from models.rules.person import EmploymentStatus
from models.rules.plan import PlanYear
from models.rules.ratio import Ratio
from models.rules.validation import NOTICES, Check

CHECK_KINDS = ("roster.validate", "roster.submit")
"""Jobs that check a roster: 清册校验 and 清册提交."""


class Tab(StrEnum):
    """The report's tabs in their order; `over_age` and `ratio` list more than what was found."""

    OVER_AGE = "over_age"
    RATIO = "ratio"
    RETIRED = "retired"
    OCCUPIED = "occupied"
    MALFORMED = "malformed"
    NO_BASIC = "no_basic"
    NOTICES = "notices"


CHECK_OF_TAB = {
    Tab.RETIRED: Check.RETIRED,
    Tab.OCCUPIED: Check.OCCUPIED,
    Tab.MALFORMED: Check.WELL_FORMED,
    Tab.NO_BASIC: Check.NO_BASIC,
}
"""Tabs of what one check found of people."""


@dataclass(frozen=True, slots=True)
class OverAge:
    """People over age who are not retired, as they are now."""

    people: int
    promised: int
    to_confirm: int
    """Of the promised: promised before the last 重新整理清册, and so shown for confirmation (DOMAIN 8.3)."""
    unpromised: int
    """In service, so that the promise or the removal is still to come (VAL-002)."""
    without_si: int
    """“-”: to be set in service or removed (VAL-005)."""

    @property
    def open(self) -> int:
        """How many stand in the way."""
        return self.unpromised + self.without_si


@dataclass(frozen=True, slots=True)
class ReportSeen:
    """What is known of a roster's checks."""

    report: ValidationReport | None
    fresh: bool
    """Whether the report is about the roster as it is now; if not, VAL-011."""
    found: Mapping[str, int]
    """Findings of people who are still there, by the code."""
    notices_people: int
    """How many people have no 单位社保编码 (VAL-009), when it was checked."""
    people: int
    """On the roster now."""
    in_service: int
    over_age: OverAge
    reference: date
    """The day on which ages are judged today."""
    job: Job | None
    """The last 清册校验 or 清册提交 that was asked for."""

    @property
    def running(self) -> bool:
        """Whether that one still waits or runs."""
        return self.job is not None and self.job.state in UNFINISHED

    @property
    def broken(self) -> bool:
        """Whether that one ended without a report."""
        return self.job is not None and self.job.state in {JobState.FAILED, JobState.CANCELLED}

    @property
    def ratios(self) -> list[Ratio]:
        """The lines of 单位社保比例校验, those that fail first."""
        names = [each.name for each in fields(Ratio)]
        stored = self.report.ratios if self.report else []
        lines = [Ratio(**{name: line[name] for name in names}) for line in stored]
        return sorted(lines, key=lambda line: (line.ok is not False, line.ok is None, line.si_unit_code))

    def count(self, tab: Tab) -> int:
        """How much a tab lists."""
        if tab is Tab.OVER_AGE:
            return self.over_age.people
        if tab is Tab.RATIO:
            return len(self.report.ratios) if self.report else 0
        if tab is Tab.NOTICES:
            return sum(number for code, number in self.found.items() if code in NOTICES)
        return self.found.get(CHECK_OF_TAB[tab], 0)


def report_seen(session: Session, batch: Batch, plan: PlanYear, today: date) -> ReportSeen:
    """What is known of a roster, and what is still to be done; 5 statements whatever its size.

    `today` (business date) stands for a submission today where the batch has no coverage start yet (DOMAIN 8.2).
    """
    report = session.get(ValidationReport, batch.id, populate_existing=True)
    reference = reference_of(batch, plan, today)
    people, in_service, over_age = _people(session, batch, plan, reference)
    return ReportSeen(
        report=report,
        fresh=report is not None and report.roster_version == batch.roster_version,
        found=_found(session, batch),
        notices_people=_without_code(session, batch),
        people=people,
        in_service=in_service,
        over_age=over_age,
        reference=reference,
        job=last_job(session, batch, *CHECK_KINDS),
    )


def job_at_work(session: Session, batch: Batch) -> JobOf | None:
    """The job that BAT-007 speaks of: the first one that waits for this roster or works on it; 2 statements."""
    busy = select(Job.id).where(Job.batch_id == batch.id, Job.writes_roster, Job.state.in_(UNFINISHED))
    job_id = session.scalars(busy.order_by(Job.id).limit(1)).one_or_none()
    return None if job_id is None else job_of(session, job_id)


def confirmed_again_until(batch: Batch) -> datetime | None:
    """Promises from before this moment, the last 重新整理清册, are shown for confirmation (DOMAIN 8.3).

    None: there was no such moment, or the roster is submitted with them, and locked.
    """
    return batch.withdrawn_at if batch.submitted_at is None else None


def over_age_on(batch: Batch, plan: PlanYear, reference: date) -> list[ColumnElement[bool]]:
    """The conditions of standing on this roster, being over age that day, and not being 退休."""
    return [
        BatchPerson.batch_id == batch.id,
        is_over_age(plan, reference),
        BatchPerson.employment_status != EmploymentStatus.RETIRED,
    ]


def _people(session: Session, batch: Batch, plan: PlanYear, reference: date) -> tuple[int, int, OverAge]:
    _, is_old, not_retired = over_age_on(batch, plan, reference)
    old = and_(is_old, not_retired)
    promised = BatchPerson.promised_at.is_not(None)
    until = confirmed_again_until(batch)
    before = BatchPerson.promised_at < until if until is not None else false()
    kinds = (
        old,
        and_(old, BatchPerson.has_si, promised),
        and_(old, BatchPerson.has_si, before),
        and_(old, BatchPerson.has_si, ~promised),
        and_(old, ~BatchPerson.has_si),
    )
    counted = [func.count().filter(kind) for kind in kinds]
    on_batch = BatchPerson.batch_id == batch.id
    row = session.execute(select(func.count(), func.count().filter(BatchPerson.has_si), *counted).where(on_batch)).one()
    everybody, in_service, *numbers = row
    return everybody, in_service, OverAge(*numbers)


def _found(session: Session, batch: Batch) -> dict[str, int]:
    """Findings of people who are still there, by their code and by their check."""
    counted = (
        select(ValidationFinding.check, ValidationFinding.code, func.count())
        .join(BatchPerson, BatchPerson.id == ValidationFinding.person_id, isouter=True)
        .where(ValidationFinding.batch_id == batch.id, still_there())
        .group_by(ValidationFinding.check, ValidationFinding.code)
    )
    found: dict[str, int] = {}
    for check, code, number in session.execute(counted):
        found[code] = found.get(code, 0) + number
        found[check] = found.get(check, 0) + number
    return found


def still_there() -> ColumnElement[bool]:
    """The condition that a finding is of nobody, or of somebody whom an outer join still met."""
    return or_(ValidationFinding.person_id.is_(None), BatchPerson.id.is_not(None))


def _without_code(session: Session, batch: Batch) -> int:
    told = select(ValidationFinding.values).where(
        ValidationFinding.batch_id == batch.id, ValidationFinding.check == Check.NO_SI_UNIT_CODE
    )
    values = session.scalars(told).first()
    return int(values["n"]) if values else 0
