"""A new version of a text that units agree to, from a moment on; the ones before it are kept (DOMAIN 8.3, 8.5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from models.actions.permit import permit
from models.queries.texts import Wording, wordings
from models.records.audit import record_act
from models.records.text_version import TextKind, TextVersion
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from models.rules.refusal import Refused

MAX_CHARACTERS = 5000


def write_text(  # noqa: PLR0917 - who, which text, what, from when, when
    session: Session, viewer: Viewer, kind: TextKind, typed: str, valid_from: datetime, now: datetime
) -> Wording:
    """Store a version; its number is the year from which it holds and the next one of that year.

    What holds already can't be changed, so nothing begins in the past: people would have agreed to another text.
    FormRefused: SYS-002 for no text, SYS-003 for one that is too long or that holds already word for word, and for a
    moment before `now`; SYS-004 where somebody else writes one at the same time.
    """
    permit(viewer, Action.WRITE_PLAN)
    text = "\n".join(line.strip() for line in typed.strip().splitlines() if line.strip())
    known = wordings(session, kind)
    problems = {}
    if not text:
        problems["text"] = Refused("SYS-002", field="正文")
    elif len(text) > MAX_CHARACTERS or text == known[0].text:
        problems["text"] = Refused("SYS-003", field="正文")
    if valid_from < now:
        problems["valid_from"] = Refused("SYS-003", field="生效时间")
    if problems:
        raise FormRefused(problems)
    version = _next_version(known, f"{valid_from.astimezone(SHANGHAI).year}")
    wording = Wording(version, text, valid_from, now)
    row = TextVersion(
        kind=kind,
        version=version,
        text=text,
        sha256=wording.sha256,
        valid_from=valid_from,
        account_id=viewer.account_id,
        written_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as written:
        raise FormRefused({"text": Refused("SYS-004")}) from written
    record_act(
        session,
        viewer,
        now,
        "write_text",
        kind=str(kind),
        before=known[0].version,
        after=version,
        sha256=wording.sha256,
        valid_from=valid_from.isoformat(),
    )
    return wording


def _next_version(known: list[Wording], year: str) -> str:
    """2020-2 after 2020-1, whatever else there is."""
    numbers = [int(number) for head, _, number in (each.version.rpartition("-") for each in known) if head == year]
    return f"{year}-{max(numbers, default=0) + 1}"
