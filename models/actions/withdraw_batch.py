"""批次撤回: back to the roster, or back to the choice of projects (DOMAIN 9.2, 10: T12, T13)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import batch_to_change, refuse_if_stale, refuse_unless_possible
from models.actions.claim_people import release_everybody
from models.actions.draft_voucher import leave_draft_voucher
from models.actions.permit import permit
from models.actions.roster_report import drop_report
from models.queries.batches import find_batch
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.premium import PremiumPreview
from models.records.validation import PledgeAcceptance
from models.records.viewer import Viewer
from models.rules.lifecycle import WITHDRAWALS, BatchAction, BatchState, transition
from models.rules.permissions import Action
from models.rules.reason import read_reason
from models.rules.refusal import Refused

REASON_LENGTH = 200


def withdraw_batch(  # noqa: PLR0917 - who, which, where to, why, when: the order of every action
    session: Session,
    viewer: Viewer,
    batch_no: str,
    to: BatchAction | None,
    reason: str,
    now: datetime,
    *,
    version: int | None = None,
) -> Batch:
    """Take a batch back: to its roster, or to the choice of its projects.

    重新整理清册 gives everybody free and forgets dates, projects and pledge; 重新选择保障项目 keeps people, cover and
    due date, and forgets the projects.

    Promises are kept and wait for their confirmation; a voucher that is still a draft loses the batch.
    Refused: as `batch_to_change` (WDR-002, WIN-005, WDR-005, WDR-006, PAY-009), or where it is not said whereto as
    `refuse_unless_withdrawable` and then WDR-003; BAT-004 for a stale `version`; WDR-001 without a reason; SYS-003 for
    one too long.
    """
    if to not in WITHDRAWALS:
        permit(viewer, Action.WITHDRAW_BATCH)
        refuse_unless_withdrawable(session, find_batch(session, viewer, batch_no, Action.WITHDRAW_BATCH), now)
        raise Refused("WDR-003")
    batch = batch_to_change(session, viewer, batch_no, to, now)
    refuse_if_stale(batch, version)
    reason = required_reason(reason)
    before = _told(batch)
    if to is BatchAction.WITHDRAW_TO_ROSTER:
        _back_to_the_roster(session, batch, now)
    else:
        batch.confirm_since = local_date(now)
    forget_premium(session, batch)
    leave_draft_voucher(session, batch)
    batch.state = str(transition(to, BatchState(batch.state)).to)
    batch.version += 1
    batch.updated_at = now
    record_act(
        session,
        viewer,
        now,
        str(to),
        batch_id=batch.id,
        reason=reason,
        before=before,
        after=_told(batch),
    )
    return batch


def required_reason(reason: str) -> str:
    """The reason as it is stored. Refused WDR-001 without one, SYS-003 for one too long."""
    return read_reason(reason, "撤回原因", REASON_LENGTH, Refused("WDR-001"))


def ways_back(session: Session, batch: Batch, now: datetime) -> dict[BatchAction, Refused | None]:
    """Both withdrawals, each with what refuses it at `now`; None: it is possible."""
    return {to: _refusal(session, batch, to, now) for to in WITHDRAWALS}


def refuse_unless_withdrawable(session: Session, batch: Batch, now: datetime) -> None:
    """Refused as 重新整理清册 is, where neither withdrawal is possible."""
    refusals = [refusal for refusal in ways_back(session, batch, now).values() if refusal is not None]
    if len(refusals) == len(WITHDRAWALS):
        raise refusals[0]


def _refusal(session: Session, batch: Batch, to: BatchAction, now: datetime) -> Refused | None:
    try:
        refuse_unless_possible(session, batch, to, now)
    except Refused as refusal:
        return refusal
    return None


def forget_premium(session: Session, batch: Batch) -> None:
    """Projects, charges and total are open again; so is the preview."""
    batch.projects, batch.projects_locked, batch.total_fen = None, False, None
    session.execute(delete(PremiumPreview).where(PremiumPreview.batch_id == batch.id))
    _of_everybody(session, batch, charge_fen=None)


def _back_to_the_roster(session: Session, batch: Batch, now: datetime) -> None:
    release_everybody(session, batch)
    batch.coverage_start = batch.coverage_end = batch.half_price = None
    batch.submitted_at = batch.confirm_since = None
    batch.payment_due_on = batch.payment_cutoff_on = batch.resubmit_by = None
    if batch.reinstated_until is None:
        batch.term_since = None
    batch.withdrawn_at = now
    session.execute(delete(PledgeAcceptance).where(PledgeAcceptance.batch_id == batch.id))
    drop_report(session, batch.id)
    _of_everybody(session, batch, over_age=None)


def _of_everybody(session: Session, batch: Batch, **values: None) -> None:
    everybody = update(BatchPerson).where(BatchPerson.batch_id == batch.id).values(**values)
    session.execute(everybody.execution_options(synchronize_session=False))


def _told(batch: Batch) -> dict[str, str | int | list[str] | None]:
    """What the audit log keeps of a batch before and after."""
    return {
        "state": batch.state,
        "coverage_start": batch.coverage_start.isoformat() if batch.coverage_start else None,
        "projects": batch.projects,
        "total_fen": batch.total_fen,
        "payment_cutoff_on": batch.payment_cutoff_on.isoformat() if batch.payment_cutoff_on else None,
    }
