"""更正记录: what was corrected about a person, by whom, and on which evidence (DOMAIN 11.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.records.account import Account
from models.records.person_correction import PersonCorrection, PersonCorrectionFile
from models.rules.attachment import Attachment
from models.rules.findings import Column
from models.rules.person import mask_id_no
from models.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Changed:
    """One cell before and after; numbers are masked."""

    column: Column
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CorrectionSeen:
    """One correction with who made it."""

    correction: PersonCorrection
    by: str

    @property
    def changed(self) -> Sequence[Changed]:
        """The cells that differ, in the order of the template."""
        changes = self.correction.changes()
        both = ((column, changes["before"].get(column), changes["after"].get(column)) for column in Column)
        return [
            Changed(column, _masked(column, before), _masked(column, after))
            for column, before, after in both
            if before is not None and after is not None and before != after
        ]


def corrections_of(session: Session, person_id: int) -> Sequence[CorrectionSeen]:
    """The latest first, with the names of their files; 2 statements."""
    rows = session.execute(
        select(PersonCorrection, Account.name, Account.email)
        .join(Account, Account.id == PersonCorrection.account_id)
        .where(PersonCorrection.person_id == person_id)
        .order_by(PersonCorrection.number.desc())
        .options(selectinload(PersonCorrection.files))
    )
    return [CorrectionSeen(correction, name or email) for correction, name, email in rows]


def evidence_file(session: Session, person_id: int, number: int) -> Attachment:
    """One file that a correction of the person rests on, for `view_evidence`. Refused BAT-005: there is none."""
    found = session.get(PersonCorrectionFile, (person_id, number)) if number < 2**31 else None
    if found is None:
        raise Refused("BAT-005")
    return found.attachment()


def _masked(column: Column, value: str) -> str:
    return mask_id_no(value) if column is Column.ID_NO else value
