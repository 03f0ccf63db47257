"""After a backup was restored: what waited to be sent in it may have been sent since, and nobody knows any more."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from models.actions.pass_on_notices import pass_on
from models.records.notice import IS_UNSETTLED, MessageState, OutgoingMessage

_ON_ITS_WAY = (MessageState.WAITING, MessageState.SENDING)


def hold_messages(session: Session) -> int:
    """Nothing of the backup's time goes out by itself: staff decide about notices, and codes are void.

    Called before anything else runs. Returns how many messages wait for staff because of it.
    """
    while pass_on(session):
        pass
    notices, codes = OutgoingMessage.notice_id.is_not(None), OutgoingMessage.notice_id.is_(None)
    held = session.execute(select(func.count()).where(_on_its_way(), notices)).scalar_one()
    lost = {"token": None, "lease_until": None, "last_error": "restored"}
    for which, values in (
        (notices, {"state": MessageState.UNCERTAIN}),
        (codes, {"state": MessageState.VOID, "body": "", "values": {}}),
    ):
        end = update(OutgoingMessage).where(_on_its_way(), which).values(**lost, **values)
        session.execute(end.execution_options(synchronize_session=False))
    return held


def _on_its_way() -> ColumnElement[bool]:
    return IS_UNSETTLED & OutgoingMessage.state.in_(_ON_ITS_WAY)
