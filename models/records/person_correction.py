"""更正: what was wrong about a submitted or enrolled person, and the evidence for what is right (DOMAIN 11.6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.records.base import Base, Id, UtcDateTime
from models.records.sealing import seal, unseal
from models.rules.attachment import NAME_LENGTH as FILE_NAME_LENGTH
from models.rules.attachment import Attachment, FileKind

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


class PersonCorrectionFile(Base):
    """证明材料: an image, encoded anew, or a PDF without anything that runs."""

    __tablename__ = "person_correction_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "correction"],
            ["person_correction.person_id", "person_correction.number"],
            ondelete="CASCADE",
        ),
    )

    person_id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Among the files of all corrections of its person, from 1."""
    correction: Mapped[int]
    name: Mapped[str] = mapped_column(String(FILE_NAME_LENGTH))
    kind: Mapped[str] = mapped_column(String(20))
    """A `FileKind` of models.rules.attachment."""
    size: Mapped[int]
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    @classmethod
    def of(cls, person_id: int, number: int, attachment: Attachment) -> PersonCorrectionFile:
        """A file about this person, its bytes bound to their place."""
        content = attachment.content
        return cls(
            person_id=person_id,
            number=number,
            name=attachment.name,
            kind=attachment.kind,
            size=len(content),
            content_sealed=seal(content, place_of_correction_file(person_id, number)),
        )

    def attachment(self) -> Attachment:
        """The file again."""
        content = unseal(self.content_sealed, place_of_correction_file(self.person_id, self.number))
        return Attachment(self.name, FileKind(self.kind), content)


def place_of_correction(person_id: int, number: int) -> bytes:
    """What the changes are bound to: their person, and their number there."""
    return b"correction:%d:%d" % (person_id, number)


def place_of_correction_file(person_id: int, number: int) -> bytes:
    """What a file is bound to: its person, and its number there."""
    return b"correction file:%d:%d" % (person_id, number)
