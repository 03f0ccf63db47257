"""Uploads of rosters and what became of each of their rows."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from models.records.base import Base, Id, Json, UtcDateTime
from models.records.batch import Batch
from models.records.job import Job
from models.records.sealing import seal, unseal

_WHOLE = text("erased_at IS NULL")
_SHARED_PASSPORT = text("code = 'REG-003'")


class RosterImport(Base):
    """导入参保人员: one uploaded file, its receipt and its result."""

    __tablename__ = "roster_import"
    __table_args__ = (
        Index("ix_roster_import_batch_id_sha256", "batch_id", "sha256"),
        Index("ix_roster_import_report_job_id", "report_job_id"),
        Index("ix_roster_import_undo_job_id", "undo_job_id"),
        Index("ix_roster_import_account_id", "account_id", "id"),
        Index("ix_roster_import_to_erase", "received_at", postgresql_where=_WHOLE, sqlite_where=_WHOLE),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    receipt_no: Mapped[str] = mapped_column(String(20), unique=True)
    """回执号, shown to the clerk as proof of the time of receipt."""
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), unique=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock; the same as the job's."""
    file_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content_sealed: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    """The file, encrypted; None once it is erased."""
    check_only: Mapped[bool] = mapped_column(default=False)
    """仅校验: the same job, nobody is stored."""
    projects: Mapped[list[str] | None] = mapped_column(Json)
    """Projects ticked for the estimate; None: the default basis."""
    rows_total: Mapped[int | None]
    counts: Mapped[dict[str, int] | None] = mapped_column(Json)
    """Outcome -> rows; the seven add up to `rows_total`."""
    register_answers: Mapped[int] = mapped_column(default=0)
    """Findings that told of somebody in the annual register, also by a check: written once, with the result. No
    correction changes it, since `actions/slow_look_ups.py` counts it."""
    notes_ignored: Mapped[int] = mapped_column(default=0)
    """Loose notes beside the table that were ignored."""
    estimate: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """预估保费: `{total_fen, projects, basis, …}` or `{code, values}` where none can be formed."""
    report_sealed: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    """标注文件, encrypted; made by a job of its own."""
    report_job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    stored_version: Mapped[int | None]
    """The roster's version that 入册 left; None for a check, or before the end."""
    undo_job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Business clock."""
    undo_counts: Mapped[dict[str, int] | None] = mapped_column(Json)
    """What 撤销 did: `removed`, `restored` and `kept` -> people."""
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When file, rows as typed, findings and marked workbook were erased (J13); the counts stay. Business clock."""

    batch: Mapped[Batch] = relationship()
    job: Mapped[Job] = relationship(foreign_keys=[job_id])

    @staticmethod
    def seal_content(content: bytes, sha256: str) -> bytes:
        """The upload's bytes, bound to their place."""
        return seal(content, place_of_upload(sha256))

    def content(self) -> bytes:
        """The upload's bytes. LookupError: erased after its retention."""
        if self.content_sealed is None:
            raise LookupError(f"the file of import {self.id} is erased")
        return unseal(self.content_sealed, place_of_upload(self.sha256))

    def store_report(self, workbook: bytes) -> None:
        """Keep the marked workbook, encrypted."""
        self.report_sealed = seal(workbook, place_of_report(self.id))

    def report(self) -> bytes | None:
        """The marked workbook, or None before it is made."""
        return None if self.report_sealed is None else unseal(self.report_sealed, place_of_report(self.id))


class ImportRow(Base):
    """A row that did not simply add a person: refused, already there, or corrected. Others carry it themselves."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_person_id", "person_id"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id"), primary_key=True)
    sheet_row: Mapped[int] = mapped_column(primary_key=True)
    """As the spreadsheet program shows it, header = 1."""
    outcome: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(50), default="")
    """The name as typed, cut to what a name may be; for lists."""
    person_id: Mapped[int | None] = mapped_column(Id)
    """Whom the row met on the roster; no foreign key, since people may be removed."""
    typed_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The seven cells as typed, JSON, encrypted."""
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What an update replaced, so that the import can be taken back."""
    corrected_version: Mapped[int | None]
    """The roster's version that a correction in the browser left; None: as the import stored it."""


class ImportFinding(Base):
    """One reason why a row was not accepted, or a hint."""

    __tablename__ = "import_finding"
    __table_args__ = (
        Index("ix_import_finding_import_id_sheet_row", "import_id", "sheet_row"),
        Index("ix_import_finding_import_id_code", "import_id", "code"),
        # For 护照号码冲突, which asks for these among everybody's findings.
        Index(
            "ix_import_finding_passport",
            "import_id",
            "sheet_row",
            postgresql_where=_SHARED_PASSPORT,
            sqlite_where=_SHARED_PASSPORT,
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id"))
    sheet_row: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(16))
    """Of the finding's row."""
    column: Mapped[str | None] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(10))
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Placeholders of the code's text; numbers are masked."""


class UndoResult(StrEnum):
    """What 撤销 does with one person."""

    REMOVED = "removed"
    RESTORED = "restored"
    KEPT = "kept"


class UndoReason(StrEnum):
    """Why somebody is kept."""

    EDITED = "edited"
    LATER_IMPORT = "later_import"


class UndoLine(Base):
    """What 撤销本次导入 did with one person."""

    __tablename__ = "undo_line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id"), index=True)
    sheet_row: Mapped[int]
    name: Mapped[str] = mapped_column(String(50))
    result: Mapped[str] = mapped_column(String(10))
    """An `UndoResult`."""
    reason: Mapped[str | None] = mapped_column(String(20))
    """An `UndoReason` where somebody was kept."""
    later_receipt_no: Mapped[str | None] = mapped_column(String(20))
    """Of the later import that met the person."""


def place_of_upload(sha256: str) -> bytes:
    """What an upload is bound to: its own hash."""
    return b"upload:" + sha256.encode()


def place_of_report(import_id: int) -> bytes:
    """What a marked workbook is bound to: its import."""
    return b"report:%d" % import_id


def place_of_typed(import_id: int, row: int) -> bytes:
    """What the cells of a row are bound to: import and row."""
    return b"row:%d:%d" % (import_id, row)


def seal_typed(import_id: int, row: int, cells: tuple[Any, ...]) -> bytes:
    """The cells of one row (text, or a kind and a text), bound to their place."""
    return seal(json.dumps(cells, ensure_ascii=False).encode(), place_of_typed(import_id, row))


def unseal_typed(import_id: int, row: int, sealed: bytes) -> list[Any]:
    """The cells again, as JSON gives them."""
    cells: list[Any] = json.loads(unseal(sealed, place_of_typed(import_id, row)))
    return cells
