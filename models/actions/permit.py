"""The permission table, asked by every action."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.records.account import HandlerProfile
from models.records.viewer import Viewer
from models.rules.permissions import Action, Role, Scope, scope
from models.rules.refusal import Refused


def permit(viewer: Viewer, action: Action) -> Scope:
    """How far the viewer's role reaches with this action. Refused AUTH-006: not at all."""
    reach = scope(viewer.role, action)
    if reach is None:
        raise Refused("AUTH-006")
    return reach


def refuse_without_profile(session: Session, viewer: Viewer) -> None:
    """Refused HDL-001: 经办人填报 is not there, or its phone not verified."""
    profile = session.get(HandlerProfile, viewer.account_id)
    if profile is None or profile.phone_verified_at is None:
        raise Refused("HDL-001")


def refuse_unready_handler(session: Session, viewer: Viewer) -> None:
    """Refused HDL-001, of handlers alone (DOMAIN 12.5): a code may have been moved to an account without a profile,
    and a changed phone is to be verified anew.
    """
    if viewer.role is Role.HANDLER:
        refuse_without_profile(session, viewer)
