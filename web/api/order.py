"""The order of refusals: what needs no content is refused before the content is read (INTERFACES 3).

So another account's object is 404 and a wrong state 409, whatever is sent along. The actions ask again, in the
transaction that changes something.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.batch_change import refuse_if_stale, refuse_unless_possible, refuse_while_roster_is_written
from models.actions.edit_person import refuse_resident
from models.queries.batches import find_batch
from models.queries.people import person_on
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from web.api.incoming import version_asked
from web.sign_in import viewer


def roster_can_change(batch_no: str, action: BatchAction, *, person_id: int | None = None, alone: bool = True) -> None:
    """Refused BAT-005 for the batch or the person, then state and window, BAT-007 and BAT-004, RST-001 of an edit.

    `alone`: nobody else may be writing the roster at the same time.
    """
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        person = None if person_id is None else person_on(records, batch, person_id)
        refuse_change(records, batch, action, business_now(records), alone=alone)
        if person is not None and action is BatchAction.EDIT_PERSON:
            refuse_resident(person)


def refuse_change(records: Session, batch: Batch, action: BatchAction, now: datetime, *, alone: bool = True) -> None:
    """Refuse what the state of this batch does not allow."""
    refuse_unless_possible(records, batch, action, now)
    if alone:
        refuse_while_roster_is_written(records, batch)
    refuse_if_stale(batch, version_asked())
