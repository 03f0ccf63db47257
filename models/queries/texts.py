"""The texts that units agree to: which version holds at a moment, and all that there ever were."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from config.messages import text
from config.pledge import pledge
from models.records.text_version import TextKind, TextVersion


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a text; whoever agrees to it names the version."""

    version: str
    text: str
    valid_from: datetime | None = None
    """None: it is the shipped one, which holds until another does."""
    written_at: datetime | None = None

    @property
    def sha256(self) -> str:
        """Of the text, in hex: what was agreed to can be told from a text that was changed without a new version."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def wording_now(session: Session, kind: TextKind, now: datetime) -> Wording:
    """The version in force at `now`, business clock; one statement."""
    in_force = _latest_first(kind).where(TextVersion.valid_from <= now).limit(1)
    row = session.scalars(in_force).one_or_none()
    return _shipped(kind) if row is None else _wording(row)


def wordings(session: Session, kind: TextKind) -> list[Wording]:
    """Every version, what is to come and the latest first; one statement."""
    return [*map(_wording, session.scalars(_latest_first(kind))), _shipped(kind)]


def _latest_first(kind: TextKind) -> Select[TextVersion]:
    """Of two that begin at one moment the later written one holds, so that a slip can be mended before it begins."""
    of_kind = select(TextVersion).where(TextVersion.kind == kind)
    return of_kind.order_by(TextVersion.valid_from.desc(), TextVersion.id.desc())


def _wording(row: TextVersion) -> Wording:
    return Wording(row.version, row.text, row.valid_from, row.written_at)


def _shipped(kind: TextKind) -> Wording:
    if kind is TextKind.PLEDGE:
        return Wording(pledge().version, pledge().text)
    return Wording(pledge().promise_version, text("VAL-008"))
