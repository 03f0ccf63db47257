"""The rows of the report of 清册校验, a page of one tab at a time: what was found, and of whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, literal, select
from sqlalchemy.orm import Session

from models.queries.roster import RosterLine, reference_of, roster_lines
from models.queries.validation_report import CHECK_OF_TAB, Tab, confirmed_again_until, over_age_on, still_there
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.validation import ValidationFinding, ValidationReport
from models.rules.plan import PlanYear
from models.rules.validation import NOTICES, Check


@dataclass(frozen=True, slots=True)
class PersonFound:
    """A person of a tab, with what was found."""

    line: RosterLine
    code: str
    values: Mapping[str, Any]
    changed: bool
    """Whether somebody changed the person by hand since the check."""
    to_confirm: bool
    """Whether the promise is from before the last 重新整理清册."""

    @property
    def person(self) -> BatchPerson:
        """The stored person."""
        return self.line.person


@dataclass(frozen=True, slots=True)
class Notice:
    """What the clerk is told and need not act on; about a person where one is named."""

    code: str
    values: Mapping[str, Any]
    person: BatchPerson | None


def people_over_age(
    session: Session, batch: Batch, plan: PlanYear, today: date, *, page: int = 1, size: int = 50
) -> list[PersonFound]:
    """One page of everybody over age who is not retired: first those whom the last check named, so that nobody changes
    places while promises are ticked. 3 statements.
    """
    reference = reference_of(batch, plan, today)
    named = and_(
        ValidationFinding.batch_id == BatchPerson.batch_id,
        ValidationFinding.person_id == BatchPerson.id,
        ValidationFinding.check.in_((Check.NO_PROMISE, Check.OVER_AGE_WITHOUT_SI)),
    )
    wanted = (
        select(BatchPerson, ValidationFinding)
        .join(ValidationFinding, named, isouter=True)
        .where(*over_age_on(batch, plan, reference))
        .order_by(ValidationFinding.id.is_(None), BatchPerson.id)
    )
    return _as_found(session, batch, plan, reference, _page(session, wanted, page, size))


def people_found(
    session: Session, batch: Batch, plan: PlanYear, tab: Tab, today: date, *, page: int = 1, size: int = 50
) -> list[PersonFound]:
    """One page of what a check found of people who are still on the roster; 3 statements."""
    of_person = and_(BatchPerson.id == ValidationFinding.person_id, BatchPerson.batch_id == ValidationFinding.batch_id)
    wanted = (
        select(BatchPerson, ValidationFinding)
        .join_from(ValidationFinding, BatchPerson, of_person)
        .where(ValidationFinding.batch_id == batch.id, ValidationFinding.check == CHECK_OF_TAB[tab])
        .order_by(ValidationFinding.id)
    )
    return _as_found(session, batch, plan, reference_of(batch, plan, today), _page(session, wanted, page, size))


def notices(session: Session, batch: Batch, *, page: int = 1, size: int = 50) -> list[Notice]:
    """One page of what stands in nobody's way; one statement."""
    wanted = (
        select(ValidationFinding, BatchPerson)
        .join(BatchPerson, BatchPerson.id == ValidationFinding.person_id, isouter=True)
        .where(ValidationFinding.batch_id == batch.id, ValidationFinding.code.in_(NOTICES), still_there())
        .order_by(ValidationFinding.id)
    )
    return [Notice(finding.code, finding.values, person) for finding, person in _page(session, wanted, page, size)]


def people_of_code(
    session: Session, batch: Batch, plan: PlanYear, si_unit_code: str, today: date, *, page: int = 1, size: int = 50
) -> tuple[list[PersonFound], int, int]:
    """One page of a 社保编码's people on this roster, how many they are, and how many of them count in its ratio; 4
    statements.
    """
    of_code = (BatchPerson.batch_id == batch.id, BatchPerson.si_unit_code == si_unit_code)
    counted = select(func.count(), func.count().filter(BatchPerson.has_si)).where(*of_code)
    people, in_service = session.execute(counted).one()
    wanted = select(BatchPerson, literal(None)).where(*of_code).order_by(BatchPerson.id)
    shown = _page(session, wanted, page, size)
    return _as_found(session, batch, plan, reference_of(batch, plan, today), shown), people, in_service


def is_to_confirm(batch: Batch, promised_at: datetime | None) -> bool:
    """Whether a promise is from before the last 重新整理清册, and the roster is not submitted again yet."""
    until = confirmed_again_until(batch)
    return promised_at is not None and until is not None and promised_at < until


def _page(session: Session, wanted: Select[Any, Any], page: int, size: int) -> Sequence[Row[Any, Any]]:
    return session.execute(wanted.limit(size).offset((page - 1) * size)).all()


def _as_found(
    session: Session, batch: Batch, plan: PlanYear, reference: date, rows: Sequence[Row[Any, Any]]
) -> list[PersonFound]:
    lines = roster_lines(session, batch, plan, reference, [person for person, _ in rows])
    checked = session.get(ValidationReport, batch.id)
    version = checked.roster_version if checked else batch.roster_version
    return [
        PersonFound(
            line=line,
            code=finding.code if finding else "",
            values=finding.values if finding else {},
            changed=(line.person.edited_version or 0) > version,
            to_confirm=is_to_confirm(batch, line.person.promised_at),
        )
        for line, (_, finding) in zip(lines, rows, strict=True)
    ]
