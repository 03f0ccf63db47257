"""Who of the year before may be offered to a unit (DOMAIN 7.2, 12.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from models.queries.plan_years import published_plans
from models.records.account import HandlerProfile
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.reference import HistoricalPerson
from models.records.unit import EnrolmentCode
from models.rules.lifecycle import BatchState
from models.rules.next_year import year_before

CHUNK = 1000
VERIFIED = frozenset({"application", "staff"})
"""Bindings that the association has seen to."""


class Former(NamedTuple):
    """Somebody of the year before; the number stays sealed, bound to its digest."""

    name: str
    id_type: str
    id_digest: bytes
    id_sealed: bytes
    birth: date
    sex: str
    mobile: str | None
    has_si: bool
    si_unit_code: str | None
    personal_si_no: str | None


def has_verified_code(session: Session, batch: Batch) -> bool:
    """Whether the batch's code is known to be its account's; else whoever types a free code could read that unit's
    people (COD-006).
    """
    return is_verified(session, session.get_one(EnrolmentCode, batch.code_id), batch.account_id)


def is_verified(session: Session, code: EnrolmentCode, account_id: int) -> bool:
    """Whether the code was approved for this account, staff confirmed it, or the unit and the handler's profile have
    the same 统一社会信用代码 (DOMAIN 12.3).
    """
    if code.bound_by in VERIFIED:
        return code.account_id == account_id
    profile = session.get(HandlerProfile, account_id)
    return profile is not None and bool(code.unit.uscc) and profile.uscc == code.unit.uscc


def former_people(session: Session, batch: Batch) -> Iterator[list[Former]]:
    """The people of the code's enrolled batches of the year before, and of its latest earlier roster, who are not on
    this batch's roster; each number once, in chunks.
    """
    wanted = _former(session, batch).subquery()
    on_roster = exists().where(BatchPerson.batch_id == batch.id, BatchPerson.id_digest == wanted.c.id_digest)
    statement = select(wanted).where(~on_roster).order_by(wanted.c.id_digest, wanted.c.rank)
    seen, chunk = b"", list[Former]()
    for row in session.execute(statement, execution_options={"yield_per": CHUNK}):
        former = Former(*row[1:])
        if former.id_digest == seen:
            continue
        seen = former.id_digest
        chunk.append(former)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def has_former_people(session: Session, batch: Batch) -> bool:
    """Whether anybody can be offered, also people who are on the roster already (RST-009)."""
    return session.execute(_former(session, batch).limit(1)).first() is not None


def _former(session: Session, batch: Batch) -> CompoundSelect[Any]:
    before = year_before(published_plans(session), batch.plan_year) or ""
    enrolled = (
        select(literal(0).label("rank"), *_columns(BatchPerson))
        .join(Batch, Batch.id == BatchPerson.batch_id)
        .where(Batch.code_id == batch.code_id, Batch.plan_year == before, Batch.state == BatchState.ENROLLED)
    )
    # The latest roster from before this program, unless the program itself has seen a year since.
    earlier = (HistoricalPerson.enrolment_code == batch.code.code, HistoricalPerson.plan_year < batch.plan_year)
    latest = select(func.max(HistoricalPerson.plan_year)).where(*earlier).scalar_subquery()
    on_earlier_rosters = select(literal(1).label("rank"), *_columns(HistoricalPerson)).where(
        *earlier, HistoricalPerson.plan_year == latest, HistoricalPerson.plan_year >= before
    )
    return union_all(enrolled, on_earlier_rosters)


def _columns(table: type[BatchPerson] | type[HistoricalPerson]) -> list[Any]:
    return [getattr(table, name) for name in Former._fields]
