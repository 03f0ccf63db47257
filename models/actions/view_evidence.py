"""Evidence of a correction: a copy of a certificate shows the full number, so whoever takes it is written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.actions.view_person import audit_view
from models.queries.people_search import find_anywhere
from models.queries.person_corrections import evidence_file
from models.records.viewer import Viewer
from models.rules.attachment import Attachment
from models.rules.permissions import Action


def view_evidence(session: Session, viewer: Viewer, person_id: int, number: int, now: datetime) -> Attachment:
    """One file that a correction of the person rests on. Refused AUTH-006; BAT-005: no such person, or no such file."""
    permit(viewer, Action.CORRECT_PERSON)
    found = find_anywhere(session, viewer, person_id, Action.CORRECT_PERSON)
    file = evidence_file(session, person_id, number)
    audit_view(session, viewer, found.batch, found.person, now, why="evidence")
    return file
