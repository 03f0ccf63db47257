"""J13 retention: in the night of the day on which something has been kept long enough it is erased (DOMAIN 13).

So are the addresses and phones of messages that were settled; these are counted by the machine's clock, as they are
made, and judged as of the night.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.calendar.scheduled import Scheduled, latest_daily
from models.actions.erase import erase_batch, erase_import
from models.queries.pieces import Piece
from models.queries.retention import (
    addressed_and_settled,
    addresses_to_erase,
    batches_to_erase,
    imports_to_erase,
    something_to_erase,
)
from models.records.business_clock import business_now
from models.records.notice import OutgoingMessage
from models.rules.notices import RECIPIENT_KEPT

AT = time(3)


class _Kept(NamedTuple):
    """One of the three is there; each is a transaction."""

    batch_id: int | None = None
    import_id: int | None = None
    messages: Piece | None = None


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    night = latest_daily(after, now, AT)
    if night is None:
        return None
    made_before = _made_before(night, business_now(session))
    return night if something_to_erase(session, local_date(night), made_before) else None


def _units(session: Session, period: datetime) -> Sequence[_Kept]:
    """Batches first: they take their imports along."""
    today = local_date(period)
    return [
        *(_Kept(batch_id=batch_id) for batch_id in batches_to_erase(session, today)),
        *(_Kept(import_id=import_id) for import_id in imports_to_erase(session, today)),
        *(_Kept(messages=piece) for piece in addresses_to_erase(session, _made_before(period, business_now(session)))),
    ]


def _do(session: Session, kept: _Kept, period: datetime, now: datetime) -> int:
    today = local_date(period)
    if kept.batch_id is not None:
        return erase_batch(session, kept.batch_id, today, now)
    if kept.import_id is not None:
        return erase_import(session, kept.import_id, today, now)
    return _erase_addresses(session, kept.messages, _made_before(period, now)) if kept.messages else 0


def _erase_addresses(session: Session, piece: Piece, made_before: datetime) -> int:
    """How many; what was sent again meanwhile keeps its own."""
    there = OutgoingMessage.id.between(*piece), *addressed_and_settled(made_before)
    erased = update(OutgoingMessage).where(*there).values(recipient="")
    done = session.execute(erased.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def _made_before(night: datetime, business_time: datetime) -> datetime:
    """Messages that were made before this have been kept long enough in that night; the machine's clock."""
    return datetime.now(UTC) + (night - business_time) - RECIPIENT_KEPT


RETENTION = Scheduled("J13", "calendar.retention", "到期清除", _next_at, _units, _do)
