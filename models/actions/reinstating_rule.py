"""恢复 as a reviewer proposes it and an administrator grants it (DOMAIN 2, T25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from config.clock import local_text
from models.actions.batch_change import lock_batch, refuse_unless_possible
from models.actions.exception_rule import ExceptionRule, Touched
from models.actions.reinstate_batch import ClaimedElsewhere, refuse_unless_reinstatable, reinstate_batch
from models.records.batch import Batch
from models.records.exception import ExceptionProposal
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.exceptions import Change
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.plan import EnrolmentType
from models.rules.reinstatement import UNTIL_LABEL, check_until


def _lock(session: Session, proposal: ExceptionProposal) -> None:
    lock_batch(session, _batch(session, proposal))


def _changes(session: Session, proposal: ExceptionProposal, now: datetime) -> list[Change]:
    """Refused as the reinstating itself would be, but for people whom others have enrolled: that is seen when they are
    claimed.
    """
    batch, until = _batch(session, proposal), _until(proposal)
    refuse_unless_possible(session, batch, BatchAction.REINSTATE, now)
    to = refuse_unless_reinstatable(session, batch, now)
    check_until(until, now, plan_of(session, batch.plan_year), EnrolmentType(batch.enrolment_type), to)
    return [
        Change("批次状态", BatchState(batch.state).text, to.text),
        Change(UNTIL_LABEL, "–", local_text(until)),
    ]


def _apply(session: Session, viewer: Viewer, proposal: ExceptionProposal, now: datetime) -> Sequence[Touched]:
    """It writes its own entry and tells the handler, as when nobody has proposed it.

    Refused VAL-006 where others have enrolled its people: whoever grants is told how many, and of nobody who it is.
    """
    batch = _batch(session, proposal)
    done = reinstate_batch(session, viewer, batch.batch_no, _until(proposal), proposal.reason, now)
    if isinstance(done, ClaimedElsewhere):
        raise done
    return []


REINSTATE_BATCH = ExceptionRule(_lock, _changes, _apply)


def _batch(session: Session, proposal: ExceptionProposal) -> Batch:
    return session.get_one(Batch, proposal.batch_id)


def _until(proposal: ExceptionProposal) -> datetime:
    return datetime.fromisoformat(proposal.values["until"])
