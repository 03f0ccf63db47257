"""工委 and who of the association looks after them (DOMAIN, Appendix B)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime
from models.rules.union import CONTACT_LENGTH, NAME_LENGTH


class DistrictUnion(Base):
    """工委 / 区局（产业）工会. Those of Appendix B come with the migration, out of config/choices.toml."""

    __tablename__ = "district_union"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)
    liaison_group: Mapped[int]
    """The group of 市职保会发展部 that looks after its units, from 1."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since then it is offered to nobody; units that have it keep it. Business clock."""


class LiaisonContact(Base):
    """对口联系人: one of a group's staff. Entered by the association, never shipped."""

    __tablename__ = "liaison_contact"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    liaison_group: Mapped[int]
    name: Mapped[str] = mapped_column(String(CONTACT_LENGTH))
    phone: Mapped[str] = mapped_column(String(20))
