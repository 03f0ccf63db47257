"""J13 retention: in the night of the day on which something has been kept long enough it is erased (DOMAIN 13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.calendar.scheduled import Scheduled, latest_daily
from models.actions.erase import erase_batch, erase_import
from models.queries.retention import batches_to_erase, imports_to_erase, something_to_erase

AT = time(3)


class _Kept(NamedTuple):
    """One of the two has an id; each is a transaction."""

    batch_id: int | None = None
    import_id: int | None = None


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    night = latest_daily(after, now, AT)
    return night if night is not None and something_to_erase(session, local_date(night)) else None


def _units(session: Session, period: datetime) -> Sequence[_Kept]:
    """Batches first: they take their imports along."""
    today = local_date(period)
    batches = [_Kept(batch_id=batch_id) for batch_id in batches_to_erase(session, today)]
    return [*batches, *(_Kept(import_id=import_id) for import_id in imports_to_erase(session, today))]


def _do(session: Session, kept: _Kept, period: datetime, now: datetime) -> bool:
    today = local_date(period)
    if kept.batch_id is not None:
        return erase_batch(session, kept.batch_id, today, now)
    return kept.import_id is not None and erase_import(session, kept.import_id, today, now)


RETENTION = Scheduled("J13", "calendar.retention", "到期清除", _next_at, _units, _do)
