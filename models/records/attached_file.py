"""What every table of attached files has: a picture, encoded anew, or a PDF, sealed and bound to its place."""

from __future__ import annotations

from typing import ClassVar, Self

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base
from models.records.sealing import seal, unseal
from models.rules.attachment import NAME_LENGTH, Attachment, FileKind


class AttachedFile(Base):
    """A file of an owner, by its number there, from 1."""

    __abstract__ = True

    OWNER: ClassVar[str]
    """The column that names the owner."""
    PLACE: ClassVar[bytes]
    """What the bytes are bound to, with places for owner and number."""

    number: Mapped[int] = mapped_column(primary_key=True, sort_order=1)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), sort_order=1)
    kind: Mapped[str] = mapped_column(String(20), sort_order=1)
    """A `FileKind` of models.rules.attachment."""
    size: Mapped[int] = mapped_column(sort_order=1)
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, sort_order=1)

    @classmethod
    def place_of(cls, owner_id: int, number: int) -> bytes:
        """What the bytes of this file are bound to."""
        return cls.PLACE % (owner_id, number)

    @classmethod
    def of(cls, owner_id: int, number: int, attachment: Attachment) -> Self:
        """A file of this owner."""
        content = attachment.content
        return cls(
            **{cls.OWNER: owner_id},
            number=number,
            name=attachment.name,
            kind=attachment.kind,
            size=len(content),
            content_sealed=seal(content, cls.place_of(owner_id, number)),
        )

    def attachment(self) -> Attachment:
        """The file again."""
        content = unseal(self.content_sealed, self.place_of(getattr(self, self.OWNER), self.number))
        return Attachment(self.name, FileKind(self.kind), content)
