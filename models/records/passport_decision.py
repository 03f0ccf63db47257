"""护照号码冲突: what the association decided about people who share a passport number (DOMAIN 9.5)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime
from models.records.sealing import unseal_id_no

REASON_LENGTH = 500


class PassportDecision(Base):
    """One person, told by number, birth and sex: somebody who was refused, or the one who held the number then.

    It is about people and so holds for every plan year.
    """

    __tablename__ = "passport_decision"
    __table_args__ = (
        UniqueConstraint("id_digest", "birth", "sex"),
        # Two people never get the same variant of a number: the index decides, whoever decides at the same time.
        UniqueConstraint("id_digest", "variant"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    id_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    id_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The number, encrypted."""
    name: Mapped[str] = mapped_column(String(50))
    """As it was written then; names may be spelled in several ways."""
    birth: Mapped[date]
    sex: Mapped[str] = mapped_column(String(6))
    different: Mapped[bool | None]
    """不是同一人; False: 是同一人, and stays refused; None: somebody proposed it, and nobody has decided yet."""
    variant: Mapped[int | None] = mapped_column(SmallInteger)
    """With which the person is claimed; 0 of the one who held the number first. None: not permitted."""
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Business clock."""

    @property
    def id_no(self) -> str:
        """The number in clear."""
        return unseal_id_no(self.id_sealed, self.id_digest)
