"""保费: what a batch's premium is, previewed or confirmed, and what each of its people pays (DOMAIN 5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.batches import find_batch
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import PlanYearRecord, plan_of
from models.records.premium import PremiumPreview
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.payment import DueDates, due_dates
from models.rules.permissions import Action
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.pricing import PersonalPremium, personal_premium
from models.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class PremiumSeen:
    """The premium of a batch as a preview, or as it was confirmed."""

    preview: PremiumPreview
    plan: PlanYear
    half_price: bool
    confirmed: bool

    @property
    def table(self) -> dict[str, Any]:
        """`Premium.as_data`: total, lines and notices."""
        return self.preview.premium

    def of(self, has_si: bool) -> PersonalPremium:
        """What a person with social insurance takes and pays, or one without."""
        return personal_premium(self.preview.projects, has_si, self.plan, self.half_price)


@dataclass(frozen=True, slots=True)
class PersonCharge:
    """One line of 保费详情."""

    person: BatchPerson
    premium: PersonalPremium


def current_preview(session: Session, batch: Batch) -> PremiumPreview | None:
    """The latest preview, unless roster or plan year have changed since; 2 statements at most."""
    preview = session.get(PremiumPreview, batch.id)
    if preview is None or preview.roster_version != batch.roster_version:
        return None
    loaded_at = session.get_one(PlanYearRecord, batch.plan_year).loaded_at
    return preview if preview.plan_loaded_at == loaded_at else None


def premium_of(session: Session, batch: Batch) -> PremiumSeen | None:
    """The batch's premium, if it has one: what was confirmed, or the preview that may be; 2 statements at most."""
    confirmed = batch.total_fen is not None
    if confirmed:
        preview = session.get(PremiumPreview, batch.id)
    else:
        preview = current_preview(session, batch) if batch.state == BatchState.ROSTER_SUBMITTED else None
    if preview is None:
        return None
    return PremiumSeen(preview, plan_of(session, batch.plan_year), bool(batch.half_price), confirmed)


def find_premium(
    session: Session, viewer: Viewer, batch_no: str, action: Action = Action.READ_PEOPLE
) -> tuple[Batch, PremiumSeen]:
    """A batch within the reach of the action, and its premium.

    Refused BAT-005; FEE-001 where the premium is still to be generated; BAT-002 where it can't be yet, or any more.
    """
    batch = find_batch(session, viewer, batch_no, action)
    seen = premium_of(session, batch)
    if seen is not None:
        return batch, seen
    if batch.state == BatchState.ROSTER_SUBMITTED:
        raise Refused("FEE-001")
    raise Refused("BAT-002", status=BatchState(batch.state).text, action="保费详情")


def headcount(session: Session, batch: Batch) -> tuple[int, int]:
    """How many people of the roster have social insurance, and how many have not; one statement."""
    numbers = select(func.count().filter(BatchPerson.has_si), func.count().filter(~BatchPerson.has_si)).where(
        BatchPerson.batch_id == batch.id
    )
    with_si, without = session.execute(numbers).one()
    return with_si, without


def dates_of_payment(batch: Batch, plan: PlanYear, today: date) -> DueDates:
    """When a premium that is confirmed today is to be paid; 重新选择保障项目 keeps the first dates (DOMAIN 11.2)."""
    if batch.payment_due_on is not None and batch.payment_cutoff_on is not None:
        return DueDates(batch.payment_due_on, batch.payment_cutoff_on)
    return due_dates(plan, EnrolmentType(batch.enrolment_type), today)


def charges_after(session: Session, seen: PremiumSeen, *, after: int | None, limit: int) -> Sequence[PersonCharge]:
    """What people pay in the order in which they came, from behind the one of this id: one more than `limit`, if there
    is a next page. One statement.
    """
    people = select(BatchPerson).where(BatchPerson.batch_id == seen.preview.batch_id, BatchPerson.id > (after or 0))
    in_order = people.order_by(BatchPerson.batch_id, BatchPerson.id).limit(limit + 1)
    return charged(seen, session.scalars(in_order).all())


def charges_page(session: Session, seen: PremiumSeen, page: int, size: int) -> Sequence[PersonCharge]:
    """One page of what people pay in the order in which they came; one statement."""
    shown = select(BatchPerson.id).where(BatchPerson.batch_id == seen.preview.batch_id).order_by(BatchPerson.id)
    shown = shown.limit(size).offset((page - 1) * size)
    people = select(BatchPerson).where(BatchPerson.id.in_(shown)).order_by(BatchPerson.id)
    return charged(seen, session.scalars(people).all())


def every_charge(session: Session, seen: PremiumSeen, *, chunk: int = 1000) -> Iterator[PersonCharge]:
    """What everybody pays; one statement a chunk, and no more than a chunk in memory."""
    last: int | None = None
    while True:
        charges = charges_after(session, seen, after=last, limit=chunk)
        yield from charges[:chunk]
        if len(charges) <= chunk:
            return
        last = charges[chunk - 1].person.id
        session.expunge_all()


def charged(seen: PremiumSeen, people: Sequence[BatchPerson]) -> Sequence[PersonCharge]:
    """These people with what they take and pay: once it is confirmed, what was frozen then."""
    both = {has_si: seen.of(has_si) for has_si in (True, False)}
    return [PersonCharge(person, _frozen(person, both[person.has_si])) for person in people]


def _frozen(person: BatchPerson, premium: PersonalPremium) -> PersonalPremium:
    return premium if person.charge_fen is None else replace(premium, charge_fen=person.charge_fen)
