"""工委 and 对口联系人 kept by an administrator (DOMAIN 2, Appendix B)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.queries.unions import group_numbers
from models.records.account import HandlerProfile
from models.records.audit import record_act
from models.records.code_application import CodeApplication
from models.records.union import DistrictUnion, LiaisonContact
from models.records.unit import Unit
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.union import read_contact, read_union

_NAMED_BY = (Unit.district_union, CodeApplication.district_union, HandlerProfile.union_first_level)
"""Where units say which union they belong to."""


def add_union(session: Session, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> DistrictUnion:
    """A union that forms offer from now on. Raises FormRefused as `read_union`, SYS-004 for a name that there is."""
    permit(viewer, Action.WRITE_PLAN)
    name, group = read_union(typed, group_numbers())
    union = DistrictUnion(name=name, liaison_group=group)
    session.add(union)
    _write(session)
    _write_down(session, viewer, now, "add_union", union=union.id, after={"name": name, "group": group})
    return union


def change_union(
    session: Session, viewer: Viewer, union_id: int, typed: Mapping[str, str], now: datetime
) -> DistrictUnion:
    """Another name, or another group. Units, applications and handlers that name the union name it so from now on.

    Refused BAT-005, or as `add_union`.
    """
    permit(viewer, Action.WRITE_PLAN)
    union = _locked(session, union_id)
    name, group = read_union(typed, group_numbers())
    before = {"name": union.name, "group": union.liaison_group}
    union.name, union.liaison_group = name, group
    _write(session)
    if name != before["name"]:
        for column in _NAMED_BY:
            session.execute(
                update(column.class_).where(column == before["name"]).values({column: name}),
                execution_options={"synchronize_session": False},
            )
    after = {"name": name, "group": group}
    _write_down(session, viewer, now, "change_union", union=union.id, before=before, after=after)
    return union


def close_union(session: Session, viewer: Viewer, union_id: int, now: datetime) -> DistrictUnion:
    """Offered to nobody any more; who has it keeps it. Refused BAT-005."""
    return _set_closed(session, viewer, union_id, now, "close_union", closed=True)


def reopen_union(session: Session, viewer: Viewer, union_id: int, now: datetime) -> DistrictUnion:
    """Offered again. Refused BAT-005."""
    return _set_closed(session, viewer, union_id, now, "reopen_union", closed=False)


def add_contact(session: Session, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> LiaisonContact:
    """One more of a group's staff. Raises FormRefused as `read_contact`."""
    permit(viewer, Action.WRITE_PLAN)
    values = read_contact(typed, group_numbers())
    contact = LiaisonContact(**values)
    session.add(contact)
    session.flush()
    _write_down(session, viewer, now, "add_liaison_contact", contact=contact.id, after=values)
    return contact


def remove_contact(session: Session, viewer: Viewer, contact_id: int, now: datetime) -> None:
    """Who no longer looks after a group. Whom somebody else has just removed is gone as well."""
    permit(viewer, Action.WRITE_PLAN)
    contact = session.get(LiaisonContact, contact_id, with_for_update=True)
    if contact is None:
        return
    before = {"liaison_group": contact.liaison_group, "name": contact.name, "phone": contact.phone}
    session.delete(contact)
    _write_down(session, viewer, now, "remove_liaison_contact", contact=contact_id, before=before)


def _set_closed(
    session: Session, viewer: Viewer, union_id: int, now: datetime, action: str, *, closed: bool
) -> DistrictUnion:
    permit(viewer, Action.WRITE_PLAN)
    union = _locked(session, union_id)
    was = union.closed_at is not None
    if was != closed:
        union.closed_at = now if closed else None
    _write_down(session, viewer, now, action, union=union.id, name=union.name, before=was, after=closed)
    return union


def _locked(session: Session, union_id: int) -> DistrictUnion:
    """The union as it is once nobody else changes it: who names it is found by its latest name. Refused BAT-005."""
    union = session.get(DistrictUnion, union_id, with_for_update=True, populate_existing=True)
    if union is None:
        raise Refused("BAT-005")
    return union


def _write(session: Session) -> None:
    """The unique name decides; it is told at its field."""
    try:
        session.flush()
    except IntegrityError as taken:
        raise FormRefused({"name": Refused("SYS-004")}) from taken


def _write_down(session: Session, viewer: Viewer, now: datetime, action: str, **details: Any) -> None:
    record_act(session, viewer, now, action, **details)
