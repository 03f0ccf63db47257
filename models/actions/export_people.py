"""导出清册: a unit takes its roster with full numbers, which is written down before the first byte leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.permit import permit, refuse_unready_handler
from models.queries.batches import find_batch
from models.queries.roster import people_on
from models.records.audit import record_act
from models.records.viewer import Viewer
from models.rules.permissions import Action


@dataclass(frozen=True, slots=True)
class PeopleExport:
    """A permitted and audited export, to be read outside of this transaction."""

    batch_id: int
    batch_no: str
    people: int
    today: date
    """The business date by which ages are judged."""


def open_export(session: Session, viewer: Viewer, batch_no: str, now: datetime) -> PeopleExport:
    """Permit and write down that the account takes the roster. Refused AUTH-006, BAT-005, HDL-001."""
    permit(viewer, Action.WORK_ON_BATCH)
    batch = find_batch(session, viewer, batch_no, Action.WORK_ON_BATCH)
    refuse_unready_handler(session, viewer)
    people = people_on(session, batch.id)
    record_act(
        session,
        viewer,
        now,
        "export_people",
        batch_id=batch.id,
        people=people,
        roster_version=batch.roster_version,
    )
    return PeopleExport(batch.id, batch.batch_no, people, local_date(now))
