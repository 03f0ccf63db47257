"""The permission table, asked by every action."""

from __future__ import annotations

from models.records.viewer import Viewer
from models.rules.permissions import Action, Scope, scope
from models.rules.refusal import Refused


def permit(viewer: Viewer, action: Action) -> Scope:
    """How far the viewer's role reaches with this action. Refused AUTH-006: not at all."""
    reach = scope(viewer.role, action)
    if reach is None:
        raise Refused("AUTH-006")
    return reach
