"""Accounts that were told something, and what has become of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select, update

from models.actions.keep_accounts import add_account
from models.records.business_clock import ClockOffset, business_now
from models.records.database import reading, writing
from models.records.delivery_line import DeliveryLine
from models.records.notice import Notice, NoticeChoice, OutgoingMessage, tell
from models.records.viewer import Viewer
from models.rules.notices import Channel, Topic
from models.rules.permissions import Role
from tasks import notices
from tests.records import IN_THE_CENTRAL_WINDOW as NOW

PHONE = "14200000001"


def a_handler(email: str = "li@unit.example", phone: str = PHONE, letters_to: str = "") -> Viewer:
    """经办人 with a confirmed phone."""
    profile = {"name": "李小满", "phone": phone} | ({"email": letters_to} if letters_to else {})
    with writing() as session:
        account, _ = add_account(session, email, Role.HANDLER, now=NOW, profile=profile)
        return Viewer(account.id, Role.HANDLER, account.email, account.name, "192.0.2.7")


def somebody_of(role: Role, email: str = "staff@union.example") -> Viewer:
    """One of the staff."""
    with writing() as session:
        account, _ = add_account(session, email, role, now=NOW, name="审核一号")
        return Viewer(account.id, role, account.email, account.name, "192.0.2.7")


VALUES = {
    "NTF-01": {"year": "2020", "open": "2020-04-01", "close": "2020-05-11 17:00"},
    "NTF-02": {"year": "2020"},
    "NTF-03": {"batch": "SZSH202004200001", "amount": "1,440.00", "cutoff": "2020-05-31"},
    "NTF-04": {"close": "2020-05-11 17:00", "batch": "SZSH202004200001"},
    "NTF-05": {"batch": "SZSH202004200001"},
    "NTF-06": {"batch": "SZSH202004200001"},
    "NTF-07": {"batch": "SZSH202004200001", "days": 3, "status": "清册待校验"},
    "NTF-08": {"year": "2020", "end": "2021-03-31"},
    "NTF-09": {"batch": "SZSH202004200001", "start": "2020-05-01", "end": "2021-03-31"},
    "NTF-10": {"result": "审核通过", "detail": "参保编码 0088D2"},
    "NTF-11": {"batch": "SZSH202004200001", "reason": "逾期未上传缴费凭证"},
    "NTF-12": {"batch": "SZSH202004200001", "reason": "金额不符", "date": "2020-05-31"},
    "NTF-13": {"year": "2020", "what": "集中参保截止时间", "when": "2020-05-20 17:00"},
    "NTF-14": {"n": 3, "time": "2020-04-20 09:00"},
    "NTF-15": {"batch": "SZSH202004200001", "what": "恢复办理", "reason": "系统故障"},
}
"""Values of each code's text."""


def tell_one(who: Viewer, code: str = "NTF-05", occasion: str = "once", batch_id: int | None = None) -> None:
    """Tell an account now, in a transaction of its own."""
    with writing() as session:
        tell(session, who.account_id, code, occasion, at=business_now(session), batch_id=batch_id, **VALUES[code])


def tell_many(number: int, code: str = "NTF-05") -> list[str]:
    """Tell so many handlers; their addresses."""
    addresses = [f"clerk{count:03d}@unit.example" for count in range(number)]
    with writing() as session:
        for count, address in enumerate(addresses):
            profile = {"name": "李小满", "phone": f"142{count:08d}"}
            account, _ = add_account(session, address, Role.HANDLER, now=NOW, profile=profile)
            tell(session, account.id, code, "once", at=business_now(session), **VALUES[code])
    return addresses


def choose(who: Viewer, topic: Topic, channel: Channel, *, wanted: bool) -> None:
    """A choice, as the page 通知方式 stores it."""
    with writing() as session:
        session.add(NoticeChoice(account_id=who.account_id, topic=topic, channel=channel, wanted=wanted))


def messages() -> Sequence[OutgoingMessage]:
    """Every message, the oldest first."""
    with reading() as session:
        return session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)).all()


def sent_by() -> list[tuple[str, str, str]]:
    """Code of the notice, channel and recipient of each message."""
    with reading() as session:
        found = select(Notice.code, OutgoingMessage.channel, OutgoingMessage.recipient)
        found = found.join(Notice, Notice.id == OutgoingMessage.notice_id).order_by(OutgoingMessage.id)
        return [tuple(line) for line in session.execute(found)]  # type: ignore[misc]  # three columns


def states() -> Counter[str]:
    """How many messages are in which state."""
    return Counter(message.state for message in messages())


def deliver() -> None:
    """One run for each channel, as beat rings for them."""
    for channel in Channel:
        notices.deliver(channel.value)


def time_passes(seconds: float = 7 * 3600) -> None:
    """All that waits for its time is due: messages and shut lines."""
    with writing() as session:
        session.execute(update(OutgoingMessage).values(next_try_at=OutgoingMessage.next_try_at - seconds))
        session.execute(update(DeliveryLine).values(shut_until=0))


def days_pass(days: float) -> None:
    """The business clock goes on, and all that waits for its time is due."""
    with writing() as session:
        session.merge(ClockOffset(seconds=days * 86_400))
    time_passes()


def senders_die() -> None:
    """Nobody who was sending something is alive any more: their leases have run out."""
    with writing() as session:
        session.execute(update(OutgoingMessage).values(lease_until=0))
        session.execute(update(DeliveryLine).values(busy_until=0))
