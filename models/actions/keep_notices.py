"""What an account does about its notices: it reads them, and chooses by which channels it is told (通知方式)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.queries.notices import choices_of
from models.records.account import Account
from models.records.audit import record_act
from models.records.notice import Notice, NoticeChoice
from models.records.viewer import Viewer
from models.rules.notices import CHOSEN_AT_FIRST, Channel, Topic, may_choose
from models.rules.permissions import Action


def mark_read(session: Session, viewer: Viewer, ids: Collection[int], now: datetime) -> None:
    """These notices of the account were seen; of others nothing is said."""
    permit(viewer, Action.USE_OWN_ACCOUNT)
    _read(session, viewer, now, Notice.id.in_(ids))


def mark_all_read(session: Session, viewer: Viewer, up_to: int, now: datetime) -> None:
    """All notices of the account were seen that were there when its page was made: those up to this id."""
    permit(viewer, Action.USE_OWN_ACCOUNT)
    _read(session, viewer, now, Notice.id <= up_to)


def choose_channels(
    session: Session, viewer: Viewer, wanted: Mapping[tuple[Topic, Channel], bool], now: datetime
) -> None:
    """Store what the account wants. What it may not choose stays as it is, whatever is sent along."""
    permit(viewer, Action.USE_OWN_ACCOUNT)
    session.get_one(Account, viewer.account_id, with_for_update=True)
    before = choices_of(session, viewer)
    changes = {
        (topic, channel): wants
        for (topic, channel), wants in wanted.items()
        if may_choose(viewer.role, topic, channel) and before[topic, channel] != wants
    }
    for (topic, channel), wants in changes.items():
        session.execute(
            delete(NoticeChoice).where(
                NoticeChoice.account_id == viewer.account_id,
                NoticeChoice.topic == topic.value,
                NoticeChoice.channel == channel.value,
            )
        )
        if wants != ((topic, channel) in CHOSEN_AT_FIRST):
            chosen = NoticeChoice(account_id=viewer.account_id, topic=topic, channel=channel, wanted=wants)
            session.add(chosen)
    if not changes:
        return
    record_act(
        session,
        viewer,
        now,
        "choose_channels",
        before={f"{topic}_{channel}": before[topic, channel] for topic, channel in changes},
        after={f"{topic}_{channel}": wants for (topic, channel), wants in changes.items()},
    )


def _read(session: Session, viewer: Viewer, now: datetime, which: object) -> None:
    mine = update(Notice).where(Notice.account_id == viewer.account_id, Notice.read_at.is_(None), which)  # type: ignore[arg-type]  # a condition
    session.execute(mine.values(read_at=now).execution_options(synchronize_session=False))
