"""The people of a batch's roster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.records.base import Base, Id, UtcDateTime
from models.records.bulk import bulk_insert
from models.records.sealing import id_digest, prefix_digest, seal_id_no, unseal_id_no
from models.rules.person import EmploymentStatus, Person

_PASSPORT = text("id_type = 'passport'")


class BatchPerson(Base):
    """One person on one roster."""

    __tablename__ = "batch_person"
    __table_args__ = (
        UniqueConstraint("batch_id", "id_digest"),
        # A roster's page walks along this index alone for its headline and most of its filters, and in the order in
        # which people came; new people come at its end, so that it costs an import little. One index for each filter
        # would cost every import more than it saves a page.
        Index("ix_batch_person_page", "batch_id", "id", "employment_status", "birth", "sex"),
        Index("ix_batch_person_import_id", "import_id"),
        # For REG-005, which asks for one person's other passports among everybody's.
        Index("ix_batch_person_passport", "name", "birth", "sex", postgresql_where=_PASSPORT, sqlite_where=_PASSPORT),
        # The id of somebody who was removed is nobody else's: imports, the audit log and open pages still name it.
        # PostgreSQL's sequence sees to that by itself.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    name: Mapped[str] = mapped_column(String(50))
    id_type: Mapped[str] = mapped_column(String(12))
    id_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    """Keyed digest of the normalised number, for uniqueness and look-up."""
    prefix_digest: Mapped[bytes] = mapped_column(LargeBinary(8))
    """Keyed digest of the number's first six characters, for the filter 证件号."""
    id_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The number, encrypted."""
    birth: Mapped[date]
    sex: Mapped[str] = mapped_column(String(6))
    mobile: Mapped[str | None] = mapped_column(String(11))
    has_si: Mapped[bool]
    """是否有社保; true exactly when the employment status is in_service."""
    employment_status: Mapped[str] = mapped_column(String(10))
    """职退情况."""
    is_suggested: Mapped[bool] = mapped_column(default=False)
    """是否建议名单."""
    si_unit_code: Mapped[str | None] = mapped_column(String(20))
    personal_si_no: Mapped[str | None] = mapped_column(String(20))
    in_service_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the handler confirmed 设置在职; an imported 否 never overrides it (DOMAIN 7.6)."""
    promised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """医保享受在职待遇 of somebody over age (DOMAIN 8.3); dropped when the person is edited. Business clock."""
    promised_by: Mapped[int | None] = mapped_column(Id)
    """The account; no foreign key, since SQLite adds none to a table that others refer to."""
    promise_version: Mapped[str | None] = mapped_column(String(20))
    """Of the text that was promised."""
    over_age: Mapped[bool | None]
    """As of the start of cover, fixed by 清册提交."""
    charge_fen: Mapped[int | None]
    """Frozen by 提交确认保费."""
    import_id: Mapped[int | None] = mapped_column(ForeignKey("roster_import.id"))
    """The import that added the person."""
    sheet_row: Mapped[int | None]
    edited_version: Mapped[int | None]
    """The roster's version that the last change by hand made (编辑, 设置在职): whoever changed since an import is kept
    when it is undone."""

    @property
    def id_no(self) -> str:
        """The number in clear. Whoever shows it unmasked writes that to the audit log."""
        return unseal_id_no(self.id_sealed, self.id_digest)


COLUMNS = (
    "batch_id", "name", "id_type", "id_digest", "prefix_digest", "id_sealed", "birth", "sex", "mobile", "has_si",
    "employment_status", "is_suggested", "si_unit_code", "personal_si_no", "import_id", "sheet_row",
)  # fmt: skip
"""What `roster_entry` gives, in its order."""


def roster_entry(
    batch_id: int,
    person: Person,
    status: EmploymentStatus,
    *,
    digest: bytes | None = None,
    si_unit_code: str | None = None,
    personal_si_no: str | None = None,
    import_id: int | None = None,
    sheet_row: int | None = None,
) -> tuple[Any, ...]:
    """A person as a row for `put_on_roster`; the number is sealed here, outside of any transaction.

    `digest` saves the work where the caller has it already.
    """
    digest = digest or id_digest(person.id_no)
    return (
        batch_id,
        person.name,
        str(person.id_type),
        digest,
        prefix_digest(person.id_no),
        seal_id_no(person.id_no, digest),
        person.birth.isoformat(),
        str(person.sex),
        person.mobile,
        status is EmploymentStatus.IN_SERVICE,
        str(status),
        False,
        si_unit_code,
        personal_si_no,
        import_id,
        sheet_row,
    )


def put_on_roster(session: Session, entries: Iterable[tuple[Any, ...]]) -> None:
    """Insert people who are on no roster of these batches yet; a number that is there already fails everything."""
    bulk_insert(session, BatchPerson, COLUMNS, entries)
