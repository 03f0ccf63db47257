"""Guessing is slowed down, and nobody is locked out by a stranger (DOMAIN 2, AUTH-003).

Wrong passwords are counted for the pair of account and source. The source is the network an attempt comes from, or, for
a browser that has logged in to this account before, that browser: whatever strangers do, the owner's own browser and
the owner's own network keep their tries. All times are the machine's; addresses that were typed are
stored as digests only.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ScalarSelect, delete, func, select, text
from sqlalchemy.orm import Session

from models.records.database import is_postgresql
from models.records.login_attempt import LoginFailure
from models.records.sealing import address_digest
from models.rules.refusal import Refused

WINDOW = timedelta(minutes=15)
"""How long a wrong password counts."""

TRIES_OF_A_PAIR = 10
"""So many wrong passwords for one account from one source, and the next try waits (AUTH-003)."""

PICTURE_AFTER_ACCOUNT, PICTURE_AFTER_NETWORK = 3, 10
"""So many wrong passwords for an account (from wherever), or from a network (for whatever accounts), and a picture code
or a code by e-mail is asked for too. A network is an office with many clerks, so it has more of them."""

_IPV4_NETWORK, _IPV6_NETWORK = 24, 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which account somebody wants to log in to, and where from."""

    account_digest: bytes
    network: str
    browser: str | None = None
    """The browser, if it has logged in to this account before."""

    @property
    def source(self) -> str:
        """For whom the attempt counts."""
        return f"browser {self.browser}" if self.browser else self.network


def attempt_of(email: str, ip: str | None, browser: str | None = None) -> Attempt:
    """An attempt by the address that was typed, known or not."""
    return Attempt(address_digest(email), network_of(ip), browser)


def network_of(ip: str | None) -> str:
    """The network of an address: /24, for IPv6 /64."""
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    length = _IPV4_NETWORK if address.version == 4 else _IPV6_NETWORK
    return str(ipaddress.ip_network((address, length), strict=False))


def refuse_while_slowed(session: Session, attempt: Attempt) -> None:
    """Refused AUTH-003 with the minutes to wait: this source has used up its tries for this account."""
    now = datetime.now(UTC)
    last = session.scalars(
        select(LoginFailure.at)
        .where(LoginFailure.account_digest == attempt.account_digest, LoginFailure.source == attempt.source)
        .where(LoginFailure.at > now - WINDOW)
        .order_by(LoginFailure.at.desc())
        .limit(TRIES_OF_A_PAIR)
    ).all()
    if len(last) == TRIES_OF_A_PAIR:
        seconds = (last[-1] + WINDOW - now).total_seconds()
        raise Refused("AUTH-003", minutes=max(1, -int(-seconds // 60)))


def picture_needed(session: Session, attempt: Attempt) -> bool:
    """Whether the password alone is not enough for this attempt; one statement."""
    recent = LoginFailure.at > datetime.now(UTC) - WINDOW
    of_account = select(func.count()).where(LoginFailure.account_digest == attempt.account_digest, recent)
    counted = session.execute(select(of_account.scalar_subquery(), _of_network(attempt.network))).one()
    return bool(counted[0] >= PICTURE_AFTER_ACCOUNT or counted[1] >= PICTURE_AFTER_NETWORK)


def picture_needed_from(session: Session, ip: str | None) -> bool:
    """Whether any attempt from this network needs more than a password."""
    return bool(session.execute(select(_of_network(network_of(ip)))).scalar_one() >= PICTURE_AFTER_NETWORK)


def count_failure(session: Session, attempt: Attempt) -> None:
    """Count one wrong password. Refused AUTH-003: others were counted meanwhile, and this was one too many."""
    take_turn(session, attempt.account_digest)
    refuse_while_slowed(session, attempt)
    now = datetime.now(UTC)
    session.execute(delete(LoginFailure).where(LoginFailure.at <= now - WINDOW))
    session.add(LoginFailure(account_digest=attempt.account_digest, source=attempt.source, at=now))


def forgive(session: Session, attempt: Attempt) -> None:
    """The password was right: this source's wrong ones for this account are forgotten.

    Refused AUTH-003: too many were wrong meanwhile. Without it many guesses sent at once would be as good as one each.
    """
    take_turn(session, attempt.account_digest)
    refuse_while_slowed(session, attempt)
    session.execute(
        delete(LoginFailure).where(
            LoginFailure.account_digest == attempt.account_digest, LoginFailure.source == attempt.source
        )
    )


def take_turn(session: Session, digest: bytes) -> None:
    """What is counted by one digest is counted one after the other; SQLite has one writer anyway."""
    if is_postgresql(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int.from_bytes(digest[:8], signed=True)})


def _of_network(network: str) -> ScalarSelect[int]:
    recent = LoginFailure.at > datetime.now(UTC) - WINDOW
    return select(func.count()).where(LoginFailure.source == network, recent).scalar_subquery()
