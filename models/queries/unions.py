"""工委 and 对口联系人: what forms offer, who looks after whom, and the page on which both are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.choices import choices
from models.records.account import HandlerProfile
from models.records.batch import Batch
from models.records.union import DistrictUnion, LiaisonContact
from models.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class LiaisonGroup:
    """One group of 市职保会发展部."""

    number: int
    unions: Sequence[DistrictUnion]
    contacts: Sequence[LiaisonContact]


def group_numbers() -> range:
    """The association's groups, from 1."""
    return range(1, choices().liaison_groups + 1)


def open_unions(session: Session) -> Sequence[str]:
    """工委名称 for choice, by group; one statement."""
    names = select(DistrictUnion.name).where(DistrictUnion.closed_at.is_(None))
    return session.scalars(names.order_by(DistrictUnion.liaison_group, DistrictUnion.id)).all()


def union_names(session: Session) -> Sequence[str]:
    """Every 工委名称, closed ones too, by group; one statement."""
    return session.scalars(select(DistrictUnion.name).order_by(DistrictUnion.liaison_group, DistrictUnion.id)).all()


def liaison_groups(session: Session, name: str = "") -> list[LiaisonGroup]:
    """Every group with its staff and its unions, closed ones too; `name`: part of a union's; 2 statements."""
    wanted = select(DistrictUnion).order_by(DistrictUnion.closed_at.is_not(None), DistrictUnion.id)
    if name:
        wanted = wanted.where(DistrictUnion.name.contains(name, autoescape=True))
    unions = session.scalars(wanted).all()
    contacts = session.scalars(select(LiaisonContact).order_by(LiaisonContact.id)).all()
    return [
        LiaisonGroup(
            number,
            [union for union in unions if union.liaison_group == number],
            [contact for contact in contacts if contact.liaison_group == number],
        )
        for number in group_numbers()
    ]


def find_union(session: Session, union_id: int) -> DistrictUnion:
    """One union. Refused BAT-005: there is none."""
    union = session.get(DistrictUnion, union_id)
    if union is None:
        raise Refused("BAT-005")
    return union


def contacts_of_union(session: Session, name: str) -> Sequence[LiaisonContact]:
    """对口联系人 of the units of this 工委; nobody where none was entered, or there is no such union. One statement."""
    group = select(DistrictUnion.liaison_group).where(DistrictUnion.name == name).scalar_subquery()
    of_group = select(LiaisonContact).where(LiaisonContact.liaison_group == group)
    return session.scalars(of_group.order_by(LiaisonContact.id)).all() if name else []


def contacts_of_batch(session: Session, batch: Batch) -> tuple[str, Sequence[LiaisonContact]]:
    """工委 of the batch's unit and its 对口联系人: as the unit has it, else as the handler has filled it in."""
    union = batch.code.unit.district_union
    if not union:
        profile = session.get(HandlerProfile, batch.account_id)
        union = profile.union_first_level if profile else ""
    return union, contacts_of_union(session, union)
