"""清册校验 and 清册提交 as they are done, in one transaction each (DOMAIN 8.1, T04, T05, T07, T08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import batch_to_change, refuse_while_roster_is_written
from models.actions.claim_people import claim_everybody
from models.actions.refresh_from_register import refresh_from_register
from models.actions.roster_report import write_report
from models.actions.slow_look_ups import register_answers
from models.queries.roster import is_over_age, reference_of
from models.queries.texts import wording_now
from models.queries.validation import judge, malformed_people, occupied_findings, roster_hash
from models.records.audit import record_audit
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.text_version import TextKind
from models.records.validation import PledgeAcceptance
from models.records.viewer import Viewer
from models.rules.coverage import coverage
from models.rules.lifecycle import BatchAction, BatchState, transition
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused
from models.rules.validation import Check, CheckFinding, passes

VALIDATE_KIND = "roster.validate"
SUBMIT_KIND = "roster.submit"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for it, from where, and when: `at` is the time of receipt, business clock."""

    account_id: int | None
    ip: str | None
    at: datetime
    job_id: int | None = None
    """None: it is done at once."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The 承诺书 as it was when the handler agreed to it: another may be in force when the job runs."""

    version: str
    text_sha256: str

    @classmethod
    def in_force(cls, session: Session, now: datetime) -> Agreed:
        """The present one."""
        wording = wording_now(session, TextKind.PLEDGE, now)
        return cls(wording.version, wording.sha256)


@dataclass(frozen=True, slots=True)
class Checked:
    """How a check or a submission ended."""

    people: int
    findings: Sequence[CheckFinding]

    @property
    def passed(self) -> bool:
        """Whether nothing stood in the way; of a submission, whether everybody is claimed."""
        return passes(self.findings)

    @property
    def conflicts(self) -> list[CheckFinding]:
        """Whom other batches have claimed."""
        return [finding for finding in self.findings if finding.check is Check.OCCUPIED]


def validate_roster(session: Session, batch: Batch, asked: Asked, malformed: Sequence[CheckFinding]) -> Checked:
    """Check the roster of a locked batch and keep the report; nobody is claimed.

    `malformed` is what V2 found of this version of the roster, which takes a while and so comes before.
    """
    plan = plan_of(session, batch.plan_year)
    reference = reference_of(batch, plan, local_date(asked.at))
    judgement = judge(session, batch, plan, reference)
    checked = Checked(judgement.people, [*malformed, *judgement.findings])
    write_report(session, batch, checked.findings, judgement.ratios, checked.people, reference, asked.at, asked.job_id)
    _move(session, batch, BatchAction.VALIDATE_ROSTER, asked, checked)
    return checked


def submit_roster(
    session: Session, batch: Batch, asked: Asked, malformed: Sequence[CheckFinding], agreed: Agreed
) -> Checked:
    """Claim the whole roster of a locked batch and fix its dates, or claim nobody and keep a report that says why.

    All checks but V2 (`malformed`) are made here, whatever an earlier report says. Ages, price and the start of an
    instant batch's cover follow the day of receipt.
    """
    plan = plan_of(session, batch.plan_year)
    reinstated = batch.reinstated_until is not None
    cover = coverage(plan, EnrolmentType(batch.enrolment_type), local_date(asked.at), reinstated=reinstated)
    judgement = judge(session, batch, plan, cover.start)
    findings = [*malformed, *judgement.findings]
    if passes(findings):
        findings += occupied_findings(claim_everybody(session, batch, judgement.people, asked.at))
    checked = Checked(judgement.people, findings)
    write_report(session, batch, findings, judgement.ratios, checked.people, cover.start, asked.at, asked.job_id)
    if checked.passed:
        batch.coverage_start, batch.coverage_end, batch.half_price = cover.start, cover.end, cover.half_price
        batch.submitted_at, batch.confirm_since = asked.at, local_date(asked.at)
        everybody = update(BatchPerson).where(BatchPerson.batch_id == batch.id)
        fixed = everybody.values(over_age=is_over_age(plan, cover.start))
        session.execute(fixed.execution_options(synchronize_session=False))
        _accept_pledge(session, batch, asked, checked.people, agreed)
    _move(session, batch, BatchAction.SUBMIT_ROSTER, asked, checked)
    return checked


def submit_at_once(session: Session, viewer: Viewer, batch_no: str, now: datetime) -> Checked:
    """清册提交 inside the caller's transaction, without a job: for small rosters that a program fills.

    Refused: as `batch_to_change`; BAT-007 while an import runs; VAL-001 for an empty roster.
    """
    batch = batch_to_change(session, viewer, batch_no, BatchAction.SUBMIT_ROSTER, now)
    refuse_while_roster_is_written(session, batch)
    refresh_from_register(session, batch)
    malformed = malformed_people(session, batch, plan_of(session, batch.plan_year), local_date(now))
    checked = submit_roster(
        session, batch, Asked(viewer.account_id, viewer.ip, now), malformed, Agreed.in_force(session, now)
    )
    if not checked.people:
        raise Refused("VAL-001")
    return checked


def _accept_pledge(session: Session, batch: Batch, asked: Asked, people: int, agreed: Agreed) -> None:
    session.merge(
        PledgeAcceptance(
            batch_id=batch.id,
            version=agreed.version,
            text_sha256=agreed.text_sha256,
            roster_sha256=roster_hash(session, batch.id),
            people=people,
            account_id=asked.account_id,
            at=asked.at,
            ip=asked.ip,
        )
    )


def _move(session: Session, batch: Batch, action: BatchAction, asked: Asked, checked: Checked) -> None:
    batch.state = str(transition(action, BatchState(batch.state), good=checked.passed).to)
    batch.version += 1
    batch.updated_at = asked.at
    record_audit(
        session,
        at=asked.at,
        account_id=asked.account_id,
        ip=asked.ip,
        action=str(action),
        batch_id=batch.id,
        people=checked.people,
        passed=checked.passed,
        conflicts=len(checked.conflicts),
        register_answers=register_answers(checked.conflicts),
    )
