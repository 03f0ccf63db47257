"""Batches as lists and pages need them; an account sees its own units' only, everything else does not exist for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, false, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from models.records.account import Account
from models.records.batch import Batch
from models.records.job import UNFINISHED, Job
from models.records.person import BatchPerson
from models.records.premium import PremiumPreview
from models.records.unit import EnrolmentCode, Unit
from models.records.validation import ValidationReport
from models.records.viewer import Viewer
from models.records.voucher import Voucher, VoucherBatch
from models.rules.lifecycle import LIVE, READY_TO_SUBMIT_TEXT, BatchState
from models.rules.permissions import Action, Scope, scope
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused
from models.rules.voucher import VoucherState

_BESIDE = aliased(VoucherBatch)


@dataclass(frozen=True, slots=True)
class BatchFilters:
    """What the list is narrowed to; empty text means everything."""

    batch_no: str = ""
    unit_name: str = ""
    state: str = ""
    code: str = ""
    """An enrolment code, whole: what 区服务处 must give before it sees any batch."""


@dataclass(frozen=True, slots=True)
class BatchesWanted:
    """What a program's list is narrowed to; empty text means everything."""

    enrolment_code: str = ""
    plan_year: str = ""
    enrolment_type: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One line of the list."""

    batch: Batch
    people: int
    passed: bool = False
    """Whether the last 清册校验 found nothing in the way, and the roster has not changed since."""
    priced: bool = False
    """Whether there is 保费详情: a preview, or the premium that was confirmed."""
    in_voucher: bool = False
    """Whether it is in a 缴费凭证 that counts."""
    shares_voucher: bool = False
    """Whether other batches are in it too."""
    rejected_because: str | None = None
    """Why its voucher was rejected, while it is."""
    busy: bool = False
    """Whether its roster is being written or checked, and no other change of it is taken (BAT-007)."""

    @property
    def ready_to_submit(self) -> bool:
        """Whether the state is to be read as 清册待校验（已通过，待提交）."""
        return self.passed and self.batch.state == BatchState.ROSTER_DRAFT

    @property
    def state_text(self) -> str:
        """The state as lists show it (DOMAIN 10)."""
        return READY_TO_SUBMIT_TEXT if self.ready_to_submit else BatchState(self.batch.state).text


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One page of the list, `total` over all pages."""

    lines: Sequence[BatchLine]
    total: int


def list_batches(session: Session, viewer: Viewer, filters: BatchFilters, page: int = 1, size: int = 20) -> BatchPage:
    """Batches that the viewer may see, latest change first; 3 statements whatever their number."""
    statement = visible_batches(viewer, code=filters.code)
    if filters.batch_no:
        statement = statement.where(Batch.batch_no.startswith(filters.batch_no.strip().upper(), autoescape=True))
    if filters.unit_name:
        part = filters.unit_name.strip()
        renamed = select(EnrolmentCode.id).join(EnrolmentCode.unit).where(Unit.name.contains(part, autoescape=True))
        statement = statement.where(
            Batch.unit_name.contains(part, autoescape=True) | Batch.code_id.in_(renamed)  # then and now (DOMAIN 12.4)
        )
    if filters.state:
        statement = statement.where(Batch.state == filters.state)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    batches = session.scalars(
        statement.options(joinedload(Batch.code).joinedload(EnrolmentCode.unit))
        .order_by(Batch.updated_at.desc(), Batch.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return BatchPage(batch_lines(session, batches), total)


def batches_after(
    session: Session, viewer: Viewer, wanted: BatchesWanted, after: int | None, limit: int
) -> Sequence[BatchLine]:
    """Batches that the viewer may see, latest first, from behind the one of this id: one more than `limit`, if there is
    a next page. 2 statements.
    """
    statement = visible_batches(viewer, code=wanted.enrolment_code)
    if wanted.plan_year:
        statement = statement.where(Batch.plan_year == wanted.plan_year)
    if wanted.enrolment_type:
        statement = statement.where(Batch.enrolment_type == wanted.enrolment_type)
    if wanted.state:
        statement = statement.where(Batch.state == wanted.state)
    if after is not None:
        statement = statement.where(Batch.id < after)
    page = statement.options(joinedload(Batch.code)).order_by(Batch.id.desc()).limit(limit + 1)
    return batch_lines(session, session.scalars(page).all())


def find_batch(session: Session, viewer: Viewer, batch_no: str, action: Action = Action.READ_BATCH) -> Batch:
    """One batch within the reach of the action. Refused BAT-005: unknown, deleted or another's; they look alike.

    The whole number names one batch as exactly as its enrolment code does, so 区服务处 finds a visitor's batch by it.
    """
    reach = _within_reach(viewer, action)
    statement = reach.where(Batch.batch_no == batch_no)
    batch = session.scalars(statement.options(joinedload(Batch.code))).one_or_none()
    if batch is None:
        raise Refused("BAT-005")
    return batch


def live_central_batch(session: Session, code: str, plan_year: str) -> str | None:
    """The number of the code's central batch of this year, if there is one; at most one is live (DOMAIN 5.7)."""
    return session.scalars(
        select(Batch.batch_no)
        .join(EnrolmentCode, EnrolmentCode.id == Batch.code_id)
        .where(
            EnrolmentCode.code == code,
            Batch.plan_year == plan_year,
            Batch.enrolment_type == EnrolmentType.CENTRAL,
            Batch.state.in_(LIVE),
        )
    ).one_or_none()


def visible_batches(viewer: Viewer, action: Action = Action.READ_BATCH, *, code: str = "") -> Select[Batch]:
    """The batches to which this viewer may do this, of one enrolment code if it is given.

    Who reads by code only (区服务处) has none without it. Refused AUTH-006: the role never has the action.
    """
    statement = _within_reach(viewer, action)
    if code:
        named = select(EnrolmentCode.id).where(EnrolmentCode.code == code.strip().upper())
        return statement.where(Batch.code_id.in_(named))
    if scope(viewer.role, action) is Scope.BY_CODE_NO_NUMBERS:
        return statement.where(false())
    return statement


def _within_reach(viewer: Viewer, action: Action) -> Select[Batch]:
    statement = select(Batch).where(Batch.state != BatchState.DELETED)
    match scope(viewer.role, action):
        case Scope.ALL | Scope.BY_CODE_NO_NUMBERS:
            return statement
        case Scope.OWN_CODES:
            return statement.where(Batch.account_id == viewer.account_id)
        case Scope.UNITS_BELOW_TOTALS:
            below = select(Account.id).where(Account.superior_union_id == viewer.account_id)
            return statement.where(Batch.account_id.in_(below))
        case _:
            raise Refused("AUTH-006")


def batch_lines(session: Session, batches: Sequence[Batch]) -> Sequence[BatchLine]:
    """Each with what lists say of it; one statement."""
    people = select(func.count()).where(BatchPerson.batch_id == Batch.id).scalar_subquery()
    passed = exists().where(
        ValidationReport.batch_id == Batch.id,
        ValidationReport.passed,
        ValidationReport.roster_version == Batch.roster_version,
    )
    priced = exists().where(PremiumPreview.batch_id == Batch.id)
    live = (VoucherBatch.batch_id == Batch.id, VoucherBatch.live)
    in_voucher = exists().where(*live)
    shares = exists().where(*live, _BESIDE.voucher_id == VoucherBatch.voucher_id, _BESIDE.batch_id != Batch.id)
    rejected = select(Voucher.reason).join(VoucherBatch, VoucherBatch.voucher_id == Voucher.id)
    because = rejected.where(*live, Voucher.state == VoucherState.REJECTED).scalar_subquery()
    busy = exists().where(Job.batch_id == Batch.id, Job.writes_roster, Job.state.in_(UNFINISHED))
    known = {
        batch_id: what
        for batch_id, *what in session.execute(
            select(Batch.id, people, passed, priced, in_voucher, shares, because, busy).where(
                Batch.id.in_([batch.id for batch in batches])
            )
        )
    }
    return [BatchLine(batch, *known[batch.id]) for batch in batches]
