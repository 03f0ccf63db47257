"""How notices leave the house: by which channels, what may be switched off, when a refused one is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.mobile import mask_mobile
from models.rules.permissions import Role


class Channel(StrEnum):
    """How a message is sent, beside the notices page of the account, where every notice stands."""

    EMAIL = "email"
    SMS = "sms"

    @property
    def text(self) -> str:
        """As pages call it."""
        return {Channel.EMAIL: "邮件", Channel.SMS: "短信"}[self]


class Topic(StrEnum):
    """Codes that are chosen together."""

    PAYMENT = "payment"
    CLOSING = "closing"
    YEAR = "year"
    PROGRESS = "progress"
    REVIEW = "review"

    @property
    def text(self) -> str:
        """As 通知方式 calls it."""
        return _TOPIC_TEXTS[self]


_TOPIC_TEXTS = {
    Topic.PAYMENT: "缴费期限和批次失效",
    Topic.CLOSING: "集中参保截止",
    Topic.YEAR: "年度办理时间",
    Topic.PROGRESS: "办理进度",
    Topic.REVIEW: "待审核提醒",
}

TOPIC_OF: Mapping[str, Topic] = {
    "NTF-01": Topic.YEAR,
    "NTF-02": Topic.YEAR,
    "NTF-03": Topic.PAYMENT,
    "NTF-04": Topic.CLOSING,
    "NTF-05": Topic.CLOSING,
    "NTF-06": Topic.PAYMENT,
    "NTF-07": Topic.PROGRESS,
    "NTF-08": Topic.YEAR,
    "NTF-09": Topic.PROGRESS,
    "NTF-10": Topic.PROGRESS,
    "NTF-11": Topic.PAYMENT,
    "NTF-12": Topic.PAYMENT,
    "NTF-13": Topic.YEAR,
    "NTF-14": Topic.REVIEW,
    "NTF-15": Topic.PROGRESS,
}
"""Code -> what it is chosen with."""

ALWAYS = frozenset({(Topic.PAYMENT, Channel.EMAIL), (Topic.PAYMENT, Channel.SMS), (Topic.CLOSING, Channel.EMAIL)})
"""What nobody can switch off: who misses one of these loses the enrolment (DOMAIN 13)."""

CHOSEN_AT_FIRST = frozenset((topic, Channel.EMAIL) for topic in Topic) | ALWAYS
"""What is sent to who has chosen nothing: all by e-mail, NTF-03, 06, 11 and 12 also by SMS (DOMAIN 13)."""

REMINDERS = ("NTF-03", "NTF-04", "NTF-07", "NTF-08", "NTF-14")
"""Codes that remind somebody of something, rather than tell what happened (DOMAIN 13)."""

OF_THE_MOMENT = frozenset({*REMINDERS, "NTF-01", "NTF-02"})
"""Codes that are about the moment at which they are sent: reminders, and that a window opens."""

STALE_AFTER = timedelta(days=1)

FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)

RECIPIENT_KEPT = timedelta(days=90)
"""How long it is known where a message went that is settled; then its address or phone is erased."""


def topics_for(role: Role) -> tuple[Topic, ...]:
    """What this role is ever told about."""
    if role is Role.HANDLER:
        return (Topic.PAYMENT, Topic.CLOSING, Topic.YEAR, Topic.PROGRESS)
    return (Topic.REVIEW,) if role is Role.REVIEWER else ()  # J16 tells reviewers alone (DOMAIN 13)


def may_choose(role: Role, topic: Topic, channel: Channel) -> bool:
    """Whether this is somebody's own affair. Staff have no phone on record."""
    if topic not in topics_for(role) or (topic, channel) in ALWAYS:
        return False
    return channel is Channel.EMAIL or role is Role.HANDLER


def is_stale(code: str, moment: datetime, now: datetime, until: datetime | None = None) -> bool:
    """Whether what is about `moment` comes too late to be sent; it still stands on the notices page.

    A day after it at the latest, and at once when what it calls to has ended, at `until`.
    """
    return code in OF_THE_MOMENT and (now - moment > STALE_AFTER or (until is not None and now >= until))


def retry_after(refusals: int) -> timedelta | None:
    """How long a message waits that was refused so many times: from a minute, doubled each time, up to six hours.

    None: no more, that is after three days.
    """
    waited = sum((_pause(number) for number in range(1, refusals)), timedelta())
    return _pause(refusals) if waited < GIVE_UP_AFTER else None


def mask_recipient(channel: str, recipient: str) -> str:
    """Enough for staff to tell one from another: l***@unit.example, 139****5678."""
    if channel == Channel.SMS:
        return mask_mobile(recipient)
    name, at, domain = recipient.rpartition("@")
    return f"{name[:1]}***{at}{domain}"


def _pause(number: int) -> timedelta:
    return min(FIRST_RETRY * (1 << min(number - 1, 20)), LONGEST_RETRY)
