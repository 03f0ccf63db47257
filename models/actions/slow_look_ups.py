"""The annual register can't be used to look up strangers: its answers about others' people are counted (DOMAIN 9.3).

They are counted for each account over the last day: what each import was answered, and the audit entries of who was
added, corrected or edited by hand, and of rosters that were submitted. Honest work stays far below: whole files of
people whom others have enrolled may be checked and then imported. All times are the business clock's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from models.records.audit import AuditEntry
from models.records.job import UNFINISHED, Job, JobState
from models.records.roster_import import RosterImport
from models.records.viewer import Viewer
from models.rules.findings import Finding, Outcome
from models.rules.refusal import TooOften
from models.rules.validation import CheckFinding

WINDOW = timedelta(days=1)

TIMES = 100
"""So often a day the register may answer that somebody is occupied. A file is once, as is a correction or a person."""

PEOPLE = 10_000
"""About so many people a day: two whole files."""

PEOPLE_UNREAD = 100
"""So many a file counts for as long as it waits or runs: else thousands of them could be sent before one is read. A
group's hundred thousand people come in twenty files at once."""

UNREAD_SECONDS = 60
"""When to come again where only files that wait are too many."""

_TELLS = frozenset({"REG-001", "REG-002", "REG-003"})


class _Answer(NamedTuple):
    at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class _Answers:
    given: Sequence[_Answer]
    to_come: Sequence[_Answer]


def refuse_too_many_look_ups(session: Session, viewer: Viewer, now: datetime) -> None:
    """Refused SYS-001 as too often, with the seconds to wait: this account has had a day's answers. One statement.

    It is asked before the register is. What is asked at the same moment on several batches may go over it by as many.
    """
    answers = _answers(session, viewer, now)
    if used_up := _used_up(answers.given):
        raise TooOften(max(1, -int(-(used_up + WINDOW - now).total_seconds() // 1)))
    if _used_up([*answers.to_come, *answers.given]):
        raise TooOften(UNREAD_SECONDS)


def register_answers(findings: Iterable[Finding | CheckFinding]) -> int:
    """How many of these findings tell that the register holds somebody: for what is counted here."""
    return sum(finding.code in _TELLS for finding in findings)


def _used_up(answers: Sequence[_Answer]) -> datetime | None:
    """When the answer was given, counted from the latest one, that nothing may follow; None: there may be more."""
    people = 0
    for times, answer in enumerate(answers, start=1):
        people += answer.people
        if times >= TIMES or people >= PEOPLE:
            return answer.at
    return None


def _answers(session: Session, viewer: Viewer, now: datetime) -> _Answers:
    """Those of the last day, the latest first."""
    both = union_all(_by_hand(viewer, now), _by_file(viewer, now)).subquery()
    given, to_come = [], []
    for at, people, state in session.execute(select(both).order_by(both.c.at.desc())):
        if state in UNFINISHED:
            to_come.append(_Answer(at, PEOPLE_UNREAD))
        elif people:
            given.append(_Answer(at, people))
    return _Answers(given, to_come)


def _by_hand(viewer: Viewer, now: datetime) -> Select[tuple[datetime, int, str]]:
    people = AuditEntry.details["register_answers"].as_integer()
    return select(AuditEntry.at, people.label("people"), literal("").label("state")).where(
        AuditEntry.account_id == viewer.account_id,
        AuditEntry.at > now - WINDOW,
        AuditEntry.at <= now,
        people > 0,
    )


def _by_file(viewer: Viewer, now: datetime) -> Select[tuple[datetime, int, str]]:
    """What a file was answered; one that was cancelled or failed, what its page had shown by then."""
    shown = func.coalesce(Job.progress[("found", Outcome.OCCUPIED.value)].as_integer(), 0)
    people = case((Job.state == JobState.DONE, RosterImport.register_answers), else_=shown).label("people")
    return (
        select(RosterImport.received_at, people, Job.state)
        .join(Job, Job.id == RosterImport.job_id)
        .where(
            RosterImport.account_id == viewer.account_id,
            RosterImport.received_at > now - WINDOW,
            RosterImport.received_at <= now,
        )
    )
