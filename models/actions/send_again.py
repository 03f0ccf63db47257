"""重新发送, 不再发送: staff decide about messages that were refused, or whose server never answered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.actions.pass_on_notices import recipient_now
from models.actions.permit import permit
from models.records.audit import record_act
from models.records.database import database_seconds
from models.records.notice import IS_UNSETTLED, MessageState, OutgoingMessage
from models.records.viewer import Viewer
from models.rules.notices import Channel, mask_recipient
from models.rules.permissions import Action
from models.rules.refusal import Refused

MAY_BE_SENT_AGAIN = frozenset({MessageState.FAILED, MessageState.UNCERTAIN})
MAY_BE_GIVEN_UP = MAY_BE_SENT_AGAIN | {MessageState.WAITING}


def send_again(session: Session, viewer: Viewer, message_id: int, now: datetime) -> str:
    """Send a notice once more, to where the account gets its messages now; returns that, masked.

    Refused: AUTH-006; BAT-005, there is no such message; BAT-004, it is on its way already, or was a code; SMS-001,
    the account gets no such messages now: it is disabled, or its phone is not confirmed any more.
    """
    message, notice_id = _to_decide(session, viewer, message_id, MAY_BE_SENT_AGAIN)
    recipient = session.execute(select(recipient_now(Channel(message.channel), notice_id))).scalar_one()
    if recipient is None:
        raise Refused("SMS-001")
    message.recipient = recipient
    message.refusals, message.next_try_at, message.sent_again_at = 0, database_seconds(), datetime.now(UTC)
    return _decided(session, viewer, message, MessageState.WAITING, "send_message_again", now)


def give_up(session: Session, viewer: Viewer, message_id: int, now: datetime) -> str:
    """Never send a notice again, or at all: the unit was told otherwise, or reads it on its page; to whom, masked.

    Refused as `send_again`; one that waits has not been given to anybody yet, so that it is stopped in time.
    """
    message, _ = _to_decide(session, viewer, message_id, MAY_BE_GIVEN_UP)
    return _decided(session, viewer, message, MessageState.VOID, "give_message_up", now)


def send_failed_again(session: Session, viewer: Viewer, now: datetime) -> int:
    """Send all notices again that were refused too often, once what was wrong is mended; returns how many.

    Each goes to where its account gets its messages now; those that have nowhere to go stay as they are.
    """
    permit(viewer, Action.READ_OUTBOX)
    count = 0
    for channel in Channel:
        recipient = recipient_now(channel, OutgoingMessage.notice_id)
        failed = update(OutgoingMessage).where(
            IS_UNSETTLED,
            OutgoingMessage.state == MessageState.FAILED,
            OutgoingMessage.channel == channel.value,
            recipient.is_not(None),
        )
        waits = {"state": MessageState.WAITING, "refusals": 0, "next_try_at": database_seconds(), "token": None}
        again = failed.values(recipient=recipient, sent_again_at=datetime.now(UTC), **waits)
        sent = again.returning(OutgoingMessage.id)
        count += len(session.execute(sent.execution_options(synchronize_session=False)).scalars().all())
    record_act(
        session,
        viewer,
        now,
        "send_message_again",
        messages=count,
        before={"message_state": MessageState.FAILED},
        after={"message_state": MessageState.WAITING},
    )
    return count


def _to_decide(
    session: Session, viewer: Viewer, message_id: int, states: Collection[MessageState]
) -> tuple[OutgoingMessage, int]:
    """The message, which is in one of these states, under a lock, and its notice."""
    permit(viewer, Action.READ_OUTBOX)
    message = session.get(OutgoingMessage, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise Refused("BAT-005")
    if message.state not in states or message.notice_id is None:
        raise Refused("BAT-004")
    return message, message.notice_id


def _decided(  # noqa: PLR0917 - who, about what, what, as what it is written down, when
    session: Session, viewer: Viewer, message: OutgoingMessage, state: MessageState, action: str, now: datetime
) -> str:
    before, message.state = message.state, state
    message.token = None  # whoever sent it before has no say in it any more
    recipient = mask_recipient(message.channel, message.recipient)
    record_act(
        session,
        viewer,
        now,
        action,
        message=message.id,
        recipient=recipient,
        before={"message_state": before},
        after={"message_state": state},
    )
    return recipient
