"""A new key to look numbers up by: every digest is made anew, in one transaction, while nobody else is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from models.records.claim import Claim
from models.records.passport_decision import PassportDecision
from models.records.person import BatchPerson
from models.records.reference import HistoricalPerson, RetiredOverride, SiPerson
from models.records.sealing import id_digest, prefix_digest, seal_id_no, unseal_id_no

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Redigested:
    """How many rows got new digests, and how many of the register's were dropped since their numbers aren't stored."""

    people: int
    claims: int
    historical: int
    register_dropped: int


def redigest_everything(session: Session, lookup: bytes, report: Callable[[int], None]) -> Redigested:
    """Digests of every stored number by the key `lookup`; `report` is told how many rows are done.

    The social-insurance register holds digests only, so it is emptied: it must be loaded again.
    """
    people = _redigest(session, BatchPerson, lookup, report)
    historical = _redigest(session, HistoricalPerson, lookup, report)
    _redigest(session, PassportDecision, lookup, report)
    _redigest(session, RetiredOverride, lookup, report)
    of_the_person = select(BatchPerson.id_digest).where(BatchPerson.id == Claim.person_id).scalar_subquery()
    claims = session.execute(
        update(Claim).values(id_digest=of_the_person).execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]  # an UPDATE's result has it
    dropped = session.execute(select(func.count()).select_from(SiPerson)).scalar_one()
    session.execute(delete(SiPerson).execution_options(synchronize_session=False))
    return Redigested(people, claims, historical, dropped)


def _redigest(
    session: Session,
    table: type[BatchPerson | HistoricalPerson | PassportDecision | RetiredOverride],
    lookup: bytes,
    report: Callable[[int], None],
) -> int:
    values: dict[Any, Any] = {table.id_digest: bindparam("digest"), table.id_sealed: bindparam("sealed")}
    if table is BatchPerson:
        values[BatchPerson.prefix_digest] = bindparam("prefix")
    change = update(table).where(table.id == bindparam("row")).values(values)
    done = last = 0
    while rows := session.execute(
        select(table.id, table.id_digest, table.id_sealed).where(table.id > last).order_by(table.id).limit(CHUNK)
    ).all():
        anew = []
        for row_id, old_digest, sealed in rows:
            number = unseal_id_no(sealed, old_digest)
            digest = id_digest(number, lookup)
            entry = {"row": row_id, "digest": digest, "sealed": seal_id_no(number, digest)}
            if table is BatchPerson:
                entry["prefix"] = prefix_digest(number, lookup)
            anew.append(entry)
        session.connection().execute(change, anew)
        done, last = done + len(rows), rows[-1].id
        report(done)
    return done
