"""Files of reference data that were uploaded, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from models.records.base import Base, Id, Json, UtcDateTime
from models.records.job import Job
from models.records.sealing import seal, unseal


class ReferenceLoad(Base):
    """One file for one reference table (DOMAIN 7.7, 7.2). It is kept, sealed, until its job is done.

    That of a job that failed stays for the operator to try it again, until the table's next file comes.
    """

    __tablename__ = "reference_load"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """A key of `REFERENCE_TABLES`."""
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), unique=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock; the same as the job's."""
    file_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content_sealed: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    replace_all: Mapped[bool]
    """Whether the file is the whole table: what it lacks is removed."""
    lines: Mapped[int | None]
    """How many were stored; None before the end, or where nothing was."""
    removed: Mapped[int | None]
    wrong_lines: Mapped[int] = mapped_column(default=0)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """The first wrong lines: `{line, column, reason}`, never with a cell's text."""

    job: Mapped[Job] = relationship()

    def store_content(self, content: bytes) -> None:
        """Keep the file, encrypted."""
        self.content_sealed = seal(content, place_of_reference_load(self.sha256))

    def content(self) -> bytes:
        """The file. LookupError: its job has ended."""
        if self.content_sealed is None:
            raise LookupError(f"the file of load {self.id} is erased")
        return unseal(self.content_sealed, place_of_reference_load(self.sha256))


def place_of_reference_load(sha256: str) -> bytes:
    """What an uploaded file of reference data is bound to: its own hash."""
    return b"reference_load:" + sha256.encode()
