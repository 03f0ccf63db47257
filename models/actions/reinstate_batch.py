"""恢复: an expired batch goes back to where it was, with one deadline instead of all others (DOMAIN T25, 9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actions.batch_change import batch_to_change, refuse_if_stale
from models.actions.claim_people import claim_everybody
from models.actions.open_batch import bind_code
from models.actions.slow_look_ups import register_answers
from models.actions.tell_exception import tell_exception
from models.queries.batches import live_central_batch
from models.queries.register import Conflict
from models.queries.reinstatement import is_erased, state_before
from models.queries.roster import people_on
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.lifecycle import CLAIMING, BatchAction, BatchState
from models.rules.plan import EnrolmentType
from models.rules.reason import read_reason
from models.rules.refusal import Refused
from models.rules.reinstatement import check_until

REASON_LENGTH = 500
REASON_LABEL = "恢复原因"


class ClaimedElsewhere(Refused):
    """VAL-006: others have enrolled these people meanwhile, so that nobody is claimed and nothing is reinstated.

    It is returned rather than raised, since what the register told stays written down.
    """

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__("VAL-006", n=len(conflicts))
        self.conflicts = conflicts


def reinstate_batch(  # noqa: PLR0917 - who, which, until when, why, when: the order of every action
    session: Session,
    viewer: Viewer,
    batch_no: str,
    until: datetime,
    reason: str,
    now: datetime,
    *,
    version: int | None = None,
) -> Batch | ClaimedElsewhere:
    """Bring the batch back to the state in which it expired; its people are claimed again, all or none.

    `until` replaces its window, the time to confirm, to pay and to submit a voucher again. Cover, projects and charges
    that were fixed stay so. A batch that expired under a rejected voucher has left that one and needs another.
    Refused: as `refuse_unless_reinstatable`; BAT-004 for a stale `version`; SYS-002 without a reason, SYS-003 for one
    too long; as `check_until`. Returned, and nothing changed: VAL-006 (`ClaimedElsewhere`).
    """
    batch = batch_to_change(session, viewer, batch_no, BatchAction.REINSTATE, now)
    refuse_if_stale(batch, version)
    to = refuse_unless_reinstatable(session, batch, now)
    reason = required_reason(reason)
    check_until(until, now, plan_of(session, batch.plan_year), EnrolmentType(batch.enrolment_type), to)
    before = _told(batch)
    people = people_on(session, batch.id)
    if to in CLAIMING:
        conflicts = claim_everybody(session, batch, people, now)
        if conflicts:
            _write_down_conflicts(session, viewer, batch, conflicts, reason, now)
            return ClaimedElsewhere(conflicts)
    bind_code(session, batch.account_id, batch.code, now)  # it may have been freed meanwhile
    try:
        with session.begin_nested():
            batch.state = to
            batch.state_before_expiry = batch.expired_at = batch.expired_reason = None
            batch.reinstated_until, batch.term_since = until, now
            batch.version += 1
            batch.updated_at = now
    except IntegrityError as taken:  # its unit opened another central batch at the same time
        raise _other_central(session, batch) from taken
    record_act(
        session,
        viewer,
        now,
        "reinstate",
        batch_id=batch.id,
        reason=reason,
        people=people,
        before=before,
        after=_told(batch),
    )
    what = BatchAction.REINSTATE.text
    tell_exception(session, batch, what, reason, f"reinstated {batch.id}.{batch.version}", now)
    return batch


def refuse_unless_reinstatable(session: Session, batch: Batch, now: datetime) -> BatchState:
    """Where an expired batch would come back to.

    Refused: BAT-002, it is not known where; BAT-008, its people are erased; COD-002, COD-004, its code belongs to
    another account now, or is out of use; BAT-001, its unit has another central batch.
    """
    to = state_before(batch)
    if to is None:
        raise Refused("BAT-002", status=BatchState(batch.state).text, action=BatchAction.REINSTATE.text)
    if is_erased(session, batch, plan_of(session, batch.plan_year), now):
        raise Refused("BAT-008")
    if not batch.code.active:
        raise Refused("COD-004", code=batch.code.code)
    if batch.code.account_id not in {None, batch.account_id}:
        raise Refused("COD-002", code=batch.code.code)
    if batch.enrolment_type == EnrolmentType.CENTRAL:
        other = _other_central(session, batch)
        if other.values["batch"]:
            raise other
    return to


def required_reason(reason: str) -> str:
    """The reason as it is stored. Refused SYS-002 without one, SYS-003 for one too long."""
    return read_reason(reason, REASON_LABEL, REASON_LENGTH)


def _write_down_conflicts(  # noqa: PLR0917 - everything that the entry holds
    session: Session, viewer: Viewer, batch: Batch, conflicts: Sequence[Conflict], reason: str, now: datetime
) -> None:
    """About whom the register told the administrator something (DOMAIN 9.3)."""
    record_act(
        session,
        viewer,
        now,
        "reinstate_in_vain",
        batch_id=batch.id,
        reason=reason,
        refused="VAL-006",
        register_answers=register_answers(conflict.finding for conflict in conflicts),
        people=[{"person_id": conflict.person_id, "name": conflict.name} for conflict in conflicts],
    )


def _other_central(session: Session, batch: Batch) -> Refused:
    code = batch.code.code
    return Refused(
        "BAT-001", code=code, year=batch.plan_year, batch=live_central_batch(session, code, batch.plan_year) or ""
    )


def _told(batch: Batch) -> dict[str, Any]:
    """What the audit log keeps of a batch before and after."""
    return {
        "state": batch.state,
        "expired_at": batch.expired_at.isoformat() if batch.expired_at else None,
        "expired_reason": batch.expired_reason,
        "reinstated_until": batch.reinstated_until.isoformat() if batch.reinstated_until else None,
    }
