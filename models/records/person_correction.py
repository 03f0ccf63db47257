"""更正: what was wrong about a submitted or enrolled person, and the evidence for what is right (DOMAIN 11.6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.records.attached_file import AttachedFile
from models.records.base import Base, Id, UtcDateTime
from models.records.sealing import seal, unseal

REASON_LENGTH = 200


class Changes(TypedDict):
    """What a correction changed, by the template's columns, with full numbers."""

    before: Mapping[str, str]
    after: Mapping[str, str]


class PersonCorrection(Base):
    """One correction of one person, who takes it along when they leave the roster: it holds copies of certificates."""

    __tablename__ = "person_correction"

    person_id: Mapped[int] = mapped_column(ForeignKey("batch_person.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Among the corrections of its person, from 1."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock."""
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    changes_sealed: Mapped[bytes] = mapped_column(LargeBinary)

    files: Mapped[list[PersonCorrectionFile]] = relationship(
        order_by="PersonCorrectionFile.number", cascade="all, delete-orphan", passive_deletes=True
    )

    def set_changes(self, changes: Changes) -> None:
        """Keep them, sealed for this correction, whose key is set by now."""
        plain = json.dumps(changes, ensure_ascii=False).encode()
        self.changes_sealed = seal(plain, place_of_correction(self.person_id, self.number))

    def changes(self) -> Changes:
        """What was changed. Whoever shows a number of it unmasked writes that to the audit log."""
        found: Changes = json.loads(unseal(self.changes_sealed, place_of_correction(self.person_id, self.number)))
        return found


class PersonCorrectionFile(AttachedFile):
    """证明材料: an image, encoded anew, or a PDF without anything that runs; numbered over all of its person."""

    __tablename__ = "person_correction_file"
    OWNER = "person_id"
    PLACE = b"correction file:%d:%d"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "correction"],
            ["person_correction.person_id", "person_correction.number"],
            ondelete="CASCADE",
        ),
    )

    person_id: Mapped[int] = mapped_column(Id, primary_key=True)
    correction: Mapped[int]


def place_of_correction(person_id: int, number: int) -> bytes:
    """What the changes are bound to: their person, and their number there."""
    return b"correction:%d:%d" % (person_id, number)
