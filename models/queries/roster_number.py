"""The filter 证件号: whole numbers, and numbers that begin with six characters or more (DOMAIN 7.8).

Numbers are encrypted. Whole ones are found by their digest, six characters by theirs. What a 身份证 number goes on with
is its owner's birthday, which is stored in clear, and at most 100 endings: none of them has to be opened.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.records.person import BatchPerson
from models.records.sealing import PREFIX_LENGTH, id_digest, prefix_digest
from models.rules.identity import RESIDENT_ID_LENGTH, check_character, is_resident_id_form
from models.rules.person import IdType

OPENED_AT_MOST = 2000
"""So many passports that begin with the same six characters are opened for one search; of more, only whole numbers are
found."""

_BIRTH = slice(6, 14)
_DAYS = range(date(1850, 1, 1).toordinal(), date(2150, 1, 1).toordinal())


def has_number(session: Session, batch_id: int, number: str) -> ColumnElement[bool]:
    """People of the batch with this number (normalised), or whose number begins with it.

    One statement for a number of more than six characters that is not a whole 身份证 number; none otherwise.
    """
    if len(number) < PREFIX_LENGTH or is_resident_id_form(number):  # too little to look for, or a whole number
        return BatchPerson.id_digest == id_digest(number)
    if len(number) == PREFIX_LENGTH:
        return BatchPerson.prefix_digest == prefix_digest(number)
    opened = _opened(session, batch_id, number)
    resident = _resident(number)
    if resident is None:
        return BatchPerson.id.in_(opened)
    return or_(BatchPerson.id.in_(opened), resident) if opened else resident


def _resident(number: str) -> ColumnElement[bool] | None:
    """身份证 numbers that begin so; None: none can."""
    if len(number) > RESIDENT_ID_LENGTH or not (number.isascii() and number.isdigit()):
        return None
    if len(number) > _BIRTH.stop:  # what is left are the last digits before the check character: try them all
        missing = RESIDENT_ID_LENGTH - 1 - len(number)
        bodies = [f"{number}{rest:0{missing}d}" if missing else number for rest in range(10**missing)]
        return BatchPerson.id_digest.in_([id_digest(body + check_character(body)) for body in bodies])
    born = _days_that_begin(number[_BIRTH])
    if born is None:
        return None
    return and_(
        BatchPerson.id_type == IdType.RESIDENT_ID,
        BatchPerson.prefix_digest == prefix_digest(number),
        BatchPerson.birth.between(*born),
    )


def _days_that_begin(digits: str) -> tuple[date, date] | None:
    """The first and the last day whose YYYYMMDD begins with these digits; None: there is no such day."""

    def compact(day: int) -> str:
        return f"{date.fromordinal(day):%Y%m%d}"

    first = bisect_left(_DAYS, digits.ljust(8, "0"), key=compact)
    after = bisect_right(_DAYS, digits.ljust(8, "9"), key=compact)
    return (date.fromordinal(_DAYS[first]), date.fromordinal(_DAYS[after - 1])) if first < after else None


def _opened(session: Session, batch_id: int, number: str) -> list[int]:
    """Passports have no form of their own: those with the same first six characters are opened, within limits."""
    alike = session.scalars(
        select(BatchPerson)
        .where(
            BatchPerson.batch_id == batch_id,
            BatchPerson.prefix_digest == prefix_digest(number),
            BatchPerson.id_type == IdType.PASSPORT,
        )
        .order_by(BatchPerson.id)
        .limit(OPENED_AT_MOST + 1)
    ).all()
    if len(alike) <= OPENED_AT_MOST:
        return [person.id for person in alike if person.id_no.startswith(number)]
    whole = select(BatchPerson.id).where(BatchPerson.batch_id == batch_id, BatchPerson.id_digest == id_digest(number))
    return list(session.scalars(whole))
