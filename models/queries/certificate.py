"""保障单 of an enrolled batch (DOMAIN 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.texts import wordings
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.sealing import unseal_id_no
from models.records.text_version import TextKind
from models.rules.certificate import InsuredProject, insured_projects
from models.rules.coverage import Coverage
from models.rules.lifecycle import BatchState
from models.rules.person import mask_id_no
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything that it prints but the people."""

    plan: PlanYear
    cover: Coverage
    si_people: int
    other_people: int
    projects: list[InsuredProject]
    promised: list[str]
    """Names of those over age for whom the unit has promised 医保享受在职待遇 (DOMAIN 8.3)."""
    promises: dict[str, list[str]]
    """The same by what was promised of them: the text where it is one that `admin` has written, '' for the shipped."""


def certificate_of(session: Session, batch: Batch) -> Certificate:
    """Three statements and the plan. Refused BAT-002: the batch is not enrolled, or not any more."""
    if batch.state != BatchState.ENROLLED or batch.coverage_start is None or batch.coverage_end is None:
        raise Refused("BAT-002", status=BatchState(batch.state).text, action="查看保障单")
    plan = plan_of(session, batch.plan_year)
    cover = Coverage(
        EnrolmentType(batch.enrolment_type), batch.coverage_start, batch.coverage_end, bool(batch.half_price)
    )
    si_people, other_people = session.execute(
        select(func.count().filter(BatchPerson.has_si), func.count().filter(~BatchPerson.has_si)).where(
            BatchPerson.batch_id == batch.id
        )
    ).one()
    promised = select(BatchPerson.name, BatchPerson.promise_version).where(
        BatchPerson.batch_id == batch.id, BatchPerson.over_age.is_(True), BatchPerson.promised_at.is_not(None)
    )
    people = session.execute(promised.order_by(BatchPerson.id)).all()
    written = {each.version: each.text for each in wordings(session, TextKind.PROMISE) if each.valid_from}
    promises: dict[str, list[str]] = {}
    for name, version in people:
        promises.setdefault(written.get(version or "", ""), []).append(name)
    return Certificate(
        plan=plan,
        cover=cover,
        si_people=si_people,
        other_people=other_people,
        projects=insured_projects(batch.projects or [], plan, cover, si_people, other_people),
        promised=[name for name, _ in people],
        promises=promises,
    )


def insured_names(session: Session, batch: Batch) -> Sequence[tuple[str, str]]:
    """Name and masked number of everybody on the roster, in its order; one statement."""
    people = select(BatchPerson.name, BatchPerson.id_sealed, BatchPerson.id_digest)
    rows = session.execute(people.where(BatchPerson.batch_id == batch.id).order_by(BatchPerson.id))
    return [(name, mask_id_no(unseal_id_no(sealed, digest))) for name, sealed, digest in rows]
