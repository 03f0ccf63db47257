"""生成保费信息 and 提交确认保费: a preview of the premium, and its confirmation (DOMAIN 5, 11.2: T10, T11)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import batch_to_change, refuse_if_stale
from models.actions.permit import permit
from models.queries.batches import find_batch
from models.queries.estimate import locked_projects
from models.queries.premium import current_preview, dates_of_payment, headcount
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import PlanYearRecord, plan_of
from models.records.premium import PremiumPreview
from models.records.viewer import Viewer
from models.rules.coverage import Coverage
from models.rules.lifecycle import BatchAction, BatchState, permission_for, transition
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.pricing import charge_fen, quote
from models.rules.refusal import Refused
from models.rules.selection import in_plan_order


def generate_premium(
    session: Session,
    viewer: Viewer,
    batch_no: str,
    projects: Sequence[str] | None,
    now: datetime,
    *,
    version: int | None = None,
) -> PremiumPreview:
    """Price the submitted roster under these projects; the preview replaces the one before and freezes nothing.

    `projects` None: those of the unit's central enrolment, where they are locked (DOMAIN 5.5).
    Refused: as `batch_to_change`; BAT-004 for a stale `version`; PRJ-007 for others than the locked ones; else as
    `quote`, in the order of DOMAIN 5.1.
    """
    batch = batch_to_change(session, viewer, batch_no, BatchAction.GENERATE_PREMIUM, now)
    refuse_if_stale(batch, version)
    plan = plan_of(session, batch.plan_year).as_offered_to([batch.code.code])
    locked = locked_projects(session, batch)
    if locked is not None:
        if projects is not None and sorted(projects) != sorted(locked):
            raise Refused("PRJ-007")
        projects = locked
    si_people, other_people = headcount(session, batch)
    cover = cover_of(batch)
    premium = quote(
        projects or [], si_people, other_people, plan, cover.half_price, cover=cover, locked=locked is not None
    )
    preview = PremiumPreview(
        batch_id=batch.id,
        token=secrets.token_hex(12),
        roster_version=batch.roster_version,
        plan_loaded_at=session.get_one(PlanYearRecord, batch.plan_year).loaded_at,
        projects=in_plan_order(projects or [], plan),
        locked=locked is not None,
        total_fen=premium.total_fen,
        premium=premium.as_data(),
        made_at=now,
    )
    record_act(
        session,
        viewer,
        now,
        "generate_premium",
        batch_id=batch.id,
        projects=preview.projects,
        locked=preview.locked,
        total_fen=preview.total_fen,
    )
    return session.merge(preview)


def confirm_premium(  # noqa: PLR0917 - who, which, what, when: the order of every action
    session: Session,
    viewer: Viewer,
    batch_no: str,
    token: str,
    acknowledged: Collection[str],
    now: datetime,
    *,
    version: int | None = None,
) -> Batch:
    """Freeze projects, everybody's charge and the total of the latest preview, and set the dates of payment.

    Dates of before 重新选择保障项目 are kept. `acknowledged` are the codes of the warnings that were ticked 已知晓.
    Refused: as `batch_to_change`; BAT-004 for a stale `version`; FEE-001 where the preview is not the latest, or the
    plan year has changed since; PRJ-012 where a warning was not acknowledged.
    """
    plan = _held_plan(session, viewer, batch_no)
    batch = batch_to_change(session, viewer, batch_no, BatchAction.CONFIRM_PREMIUM, now)
    refuse_if_stale(batch, version)
    preview = preview_to_confirm(session, batch, token, acknowledged)
    _charge_everybody(session, batch, preview)
    batch.projects, batch.projects_locked = list(preview.projects), preview.locked
    batch.total_fen = preview.total_fen
    dates = dates_of_payment(batch, plan, local_date(now))
    batch.payment_due_on, batch.payment_cutoff_on = dates.due_on, dates.cutoff_on
    batch.term_since = now
    batch.state = str(transition(BatchAction.CONFIRM_PREMIUM, BatchState(batch.state)).to)
    batch.version += 1
    batch.updated_at = now
    record_act(
        session,
        viewer,
        now,
        "confirm_premium",
        batch_id=batch.id,
        projects=batch.projects,
        total_fen=batch.total_fen,
        acknowledged=sorted(preview.warnings),
        payment_due_on=dates.due_on.isoformat(),
        payment_cutoff_on=dates.cutoff_on.isoformat(),
    )
    return batch


def preview_to_confirm(session: Session, batch: Batch, token: str, acknowledged: Collection[str]) -> PremiumPreview:
    """The preview of this token, if it is still the latest and each of its warnings was acknowledged.

    Refused FEE-001, PRJ-012.
    """
    preview = current_preview(session, batch)
    if preview is None or preview.token != token:
        raise Refused("FEE-001")
    if not preview.warnings <= set(acknowledged):
        raise Refused("PRJ-012")
    return preview


def cover_of(batch: Batch) -> Coverage:
    """The cover that 清册提交 has fixed. ValueError: the roster is not submitted."""
    if batch.coverage_start is None or batch.coverage_end is None:
        raise ValueError(f"batch {batch.batch_no} has no cover yet")
    return Coverage(
        EnrolmentType(batch.enrolment_type), batch.coverage_start, batch.coverage_end, bool(batch.half_price)
    )


def _held_plan(session: Session, viewer: Viewer, batch_no: str) -> PlanYear:
    """The plan year by which the batch is given its dates of payment, under a shared lock until the transaction ends.

    An administrator who moves these dates at the same moment waits until the batch has its own, and lengthens them, or
    is waited for. The year is locked before any batch of it, as `move_deadline.py` does. Refused AUTH-006, BAT-005.
    """
    asks = permission_for(BatchAction.CONFIRM_PREMIUM)
    permit(viewer, asks)
    year = find_batch(session, viewer, batch_no, asks).plan_year
    session.get(PlanYearRecord, year, with_for_update={"read": True}, populate_existing=True)
    return plan_of(session, year)


def _charge_everybody(session: Session, batch: Batch, preview: PremiumPreview) -> None:
    """Write each person's charge. AssertionError: they don't add up to the total, and nothing is confirmed."""
    plan = plan_of(session, batch.plan_year)
    summed = 0
    for has_si, people in zip((True, False), headcount(session, batch), strict=True):
        charge = charge_fen(preview.projects, has_si, plan, bool(batch.half_price)) if people else 0
        summed += people * charge
        mine = update(BatchPerson).where(BatchPerson.batch_id == batch.id, BatchPerson.has_si.is_(has_si))
        session.execute(mine.values(charge_fen=charge).execution_options(synchronize_session=False))
    if summed != preview.total_fen:
        raise AssertionError(f"charges of batch {batch.batch_no} add up to {summed} fen, not {preview.total_fen}")
