"""J12 name_exchange: unit names that changed are exchanged, at night (DOMAIN 12.4)."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.actions.calendar.scheduled import Scheduled, latest_daily, once
from models.actions.exchange_names import exchange_names
from models.records.rename import PendingNameChange
from models.rules.rename import RenameStatus

AT = time(2, 30)


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    night = latest_daily(after, now, AT)
    if night is None:
        return None
    waiting = exists().where(PendingNameChange.status == RenameStatus.PENDING, PendingNameChange.registered_at < night)
    return night if session.execute(select(waiting)).scalar_one() else None


def _do(session: Session, unit: int, period: datetime, now: datetime) -> int:
    return exchange_names(session, now, before=period)


NAME_EXCHANGE = Scheduled("J12", "calendar.name_exchange", "单位名称交换", _next_at, once, _do)
