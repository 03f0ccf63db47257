"""查看: one person with the full number, which is written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.permit import permit
from models.queries.people import PersonSeen, find_person, person_seen
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.viewer import Viewer
from models.rules.permissions import Action
from models.rules.person import mask_id_no


def view_person(session: Session, viewer: Viewer, batch_no: str, person_id: int, now: datetime) -> PersonSeen:
    """The person, whose `id_no` may be shown unmasked: the view is audited. Refused AUTH-006, BAT-005."""
    permit(viewer, Action.READ_PEOPLE)
    batch, person = find_person(session, viewer, batch_no, person_id)
    audit_view(session, viewer, batch, person, now, why="view")
    return person_seen(session, batch, person, local_date(now))


def audit_view(session: Session, viewer: Viewer, batch: Batch, person: BatchPerson, now: datetime, *, why: str) -> None:
    """Write down that this account saw the person's full number. Who it was stays known when the person is gone."""
    record_act(
        session,
        viewer,
        now,
        "view_person",
        batch_id=batch.id,
        why=why,
        person_id=person.id,
        name=person.name,
        id_no=mask_id_no(person.id_no),
    )
