"""The annual register: who is enrolled, decided by a unique index (DOMAIN 9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime


class Claim(Base):
    """One ID number in one plan year. The unique index decides every race.

    A person has a claim for a batch exactly when the person is on its roster and the batch is submitted, being paid,
    reviewed or enrolled.
    """

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("plan_year", "id_digest", "id_type", "variant"),
        Index("ix_claim_si_unit_code", "si_unit_code", "plan_year"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_year: Mapped[str] = mapped_column(ForeignKey("plan_year.year"))
    id_type: Mapped[str] = mapped_column(String(12))
    id_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    """HMAC-SHA-256 of the normalised number, first 16 bytes; the number itself is only ever stored encrypted."""
    variant: Mapped[int] = mapped_column(SmallInteger, default=0)
    """0, but for passports of two people that share a number (DOMAIN 9.5)."""
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("batch_person.id"), index=True)
    si_unit_code: Mapped[str | None] = mapped_column(String(20))
    """Of people in service: they count in the ratio of this code (DOMAIN 8.4), whichever batch enrolled them."""
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
