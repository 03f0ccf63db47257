"""缴费凭证: within whose reach they are, their list, the association's queue, refunds, and what can be paid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from config.clock import SHANGHAI
from models.queries.batches import visible_batches
from models.queries.deadlines import deadlines_of
from models.records.batch import Batch
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.records.voucher import RefundTask, Voucher, VoucherBatch, VoucherFile
from models.rules.attachment import Attachment
from models.rules.deadlines import end_of
from models.rules.lifecycle import BatchState, Until
from models.rules.permissions import Action, Scope, scope
from models.rules.refusal import Refused
from models.rules.voucher import RefundState, VoucherState

PAYABLE = {BatchState.AWAITING_PAYMENT: Until.PAID, BatchState.PAYMENT_REJECTED: Until.PAID_AGAIN}
"""States in which a batch can be put into a voucher, and until when. One whose voucher was rejected is in that one,
unless it left it by expiring and was reinstated since (T24, T25)."""


@dataclass(frozen=True, slots=True)
class VoucherFilters:
    """What the list is narrowed to; nothing means everything."""

    submitted_from: date | None = None
    """提交时间, Shanghai's days, both included."""
    submitted_to: date | None = None
    payer: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class VoucherSeen:
    """A voucher with what it pays."""

    voucher: Voucher
    batches: Sequence[Batch]

    @property
    def due_fen(self) -> int:
        """应缴保费合计."""
        return sum(batch.total_fen or 0 for batch in self.batches)

    @property
    def refund_fen(self) -> int:
        """退款金额: what was paid too much; nothing while the voucher is of no batch."""
        return max(0, self.voucher.amount_fen - self.due_fen) if self.batches else 0


@dataclass(frozen=True, slots=True)
class VoucherPage:
    """One page of the list, `total` over all pages."""

    vouchers: Sequence[VoucherSeen]
    total: int


@dataclass(frozen=True, slots=True)
class RefundPage:
    """One page of what is, or was, to be paid back, each with its voucher; `total` over all pages."""

    refunds: Sequence[tuple[RefundTask, VoucherSeen]]
    total: int


def find_voucher(session: Session, viewer: Viewer, voucher_id: int, action: Action = Action.READ_VOUCHER) -> Voucher:
    """One voucher within the reach of the action. Refused BAT-005: unknown or another's; they look alike."""
    statement = _within_reach(viewer, action).where(Voucher.id == voucher_id)
    voucher = session.scalars(statement).one_or_none()
    if voucher is None:
        raise Refused("BAT-005")
    return voucher


def voucher_seen(session: Session, voucher: Voucher) -> VoucherSeen:
    """The voucher with its batches."""
    return _seen(session, [voucher])[0]


def file_of(session: Session, viewer: Viewer, voucher_id: int, number: int) -> Attachment:
    """One of a voucher's files. Refused BAT-005: there is no such voucher, or file, for this viewer."""
    find_voucher(session, viewer, voucher_id)
    found = session.get(VoucherFile, (voucher_id, number))
    if found is None:
        raise Refused("BAT-005")
    return found.attachment()


def list_vouchers(
    session: Session, viewer: Viewer, filters: VoucherFilters, page: int = 1, size: int = 20
) -> VoucherPage:
    """Vouchers that the viewer may see, latest first; 5 statements whatever their number."""
    statement = _filtered(viewer, filters)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    latest = statement.order_by(Voucher.id.desc()).limit(size).offset((page - 1) * size)
    return VoucherPage(_seen(session, session.scalars(latest).all()), total)


def vouchers_after(
    session: Session, viewer: Viewer, filters: VoucherFilters, after: int | None, limit: int
) -> Sequence[VoucherSeen]:
    """As `list_vouchers`, from behind the one of this id: one more than `limit`, if there is a next page."""
    statement = _filtered(viewer, filters)
    if after is not None:
        statement = statement.where(Voucher.id < after)
    return _seen(session, session.scalars(statement.order_by(Voucher.id.desc()).limit(limit + 1)).all())


def review_queue(session: Session, viewer: Viewer, page: int = 1, size: int = 20) -> VoucherPage:
    """What waits for the association's decision, the longest waiting first (DOMAIN 12.2)."""
    statement = _whole(_within_reach(viewer, Action.DECIDE_VOUCHER)).where(Voucher.state == VoucherState.SUBMITTED)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    oldest = statement.order_by(Voucher.submitted_at, Voucher.id).limit(size).offset((page - 1) * size)
    return VoucherPage(_seen(session, session.scalars(oldest).all()), total)


def refunds_after(
    session: Session, viewer: Viewer, state: RefundState | None, after: int | None, limit: int
) -> Sequence[RefundTask]:
    """What is, or was, to be paid back, the oldest first; from behind the one of this id, one more than `limit`."""
    if scope(viewer.role, Action.DECIDE_VOUCHER) is None:
        raise Refused("AUTH-006")
    statement = select(RefundTask).options(joinedload(RefundTask.voucher, innerjoin=True)).order_by(RefundTask.id)
    if state is not None:
        statement = statement.where(RefundTask.state == state)
    if after is not None:
        statement = statement.where(RefundTask.id > after)
    return session.scalars(statement.limit(limit + 1)).all()


def refund_page(
    session: Session, viewer: Viewer, state: RefundState | None, page: int = 1, size: int = 20
) -> RefundPage:
    """As `refunds_after`, a page at a time, each with what its voucher paid."""
    if scope(viewer.role, Action.DECIDE_VOUCHER) is None:
        raise Refused("AUTH-006")
    statement = select(RefundTask)
    if state is not None:
        statement = statement.where(RefundTask.state == state)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    whole = statement.options(joinedload(RefundTask.voucher, innerjoin=True)).order_by(RefundTask.id)
    tasks = session.scalars(whole.limit(size).offset((page - 1) * size)).all()
    return RefundPage(list(zip(tasks, _seen(session, [task.voucher for task in tasks]), strict=True)), total)


def refunds_of(session: Session, voucher_id: int) -> Sequence[RefundTask]:
    """What was, or is, to be paid back for one voucher, in the order in which it came."""
    tasks = select(RefundTask).where(RefundTask.voucher_id == voucher_id).order_by(RefundTask.id)
    return session.scalars(tasks).all()


def payable_batches(session: Session, viewer: Viewer, now: datetime, voucher_id: int | None = None) -> Sequence[Batch]:
    """What can be chosen for a new voucher, or stays or can be added where one is changed; the first to end first."""
    elsewhere = exists().where(VoucherBatch.batch_id == Batch.id, VoucherBatch.live)
    if voucher_id is not None:
        elsewhere = elsewhere.where(VoucherBatch.voucher_id != voucher_id)
    found = session.scalars(
        visible_batches(viewer, Action.WORK_ON_VOUCHER)
        .where(Batch.state.in_(PAYABLE), ~elsewhere)
        .options(joinedload(Batch.code))
        .order_by(Batch.payment_cutoff_on, Batch.id)
    ).all()
    plans = {year: plan_of(session, year) for year in {batch.plan_year for batch in found}}
    return [
        batch
        for batch in found
        if deadlines_of(batch, plans[batch.plan_year]).refusal(PAYABLE[BatchState(batch.state)], now) is None
    ]


def batches_in(session: Session, voucher_ids: Collection[int]) -> dict[int, list[Batch]]:
    """The batches of each voucher by their ids, also of one that is void; one statement."""
    found: dict[int, list[Batch]] = {voucher_id: [] for voucher_id in voucher_ids}
    named = select(VoucherBatch.voucher_id, Batch).join(Batch, Batch.id == VoucherBatch.batch_id)
    for voucher_id, batch in session.execute(
        named.where(VoucherBatch.voucher_id.in_(voucher_ids)).order_by(Batch.id).options(joinedload(Batch.code))
    ):
        found[voucher_id].append(batch)
    return found


def live_voucher_of(session: Session, batch_id: int) -> int | None:
    """The voucher that this batch is in, if it is in one that counts."""
    named = select(VoucherBatch.voucher_id).where(VoucherBatch.batch_id == batch_id, VoucherBatch.live)
    return session.scalars(named).one_or_none()


def _seen(session: Session, vouchers: Sequence[Voucher]) -> list[VoucherSeen]:
    batches = batches_in(session, [voucher.id for voucher in vouchers])
    return [VoucherSeen(voucher, batches[voucher.id]) for voucher in vouchers]


def _filtered(viewer: Viewer, filters: VoucherFilters) -> Select[Voucher]:
    statement = _whole(_within_reach(viewer, Action.READ_VOUCHER))
    if filters.submitted_from is not None:
        begins = datetime.combine(filters.submitted_from, datetime.min.time(), tzinfo=SHANGHAI)
        statement = statement.where(Voucher.submitted_at >= begins)
    if filters.submitted_to is not None:
        statement = statement.where(Voucher.submitted_at < end_of(filters.submitted_to))
    if filters.payer:
        statement = statement.where(Voucher.payer.contains(filters.payer.strip(), autoescape=True))
    if filters.state:
        statement = statement.where(Voucher.state == filters.state)
    return statement


def _whole(statement: Select[Voucher]) -> Select[Voucher]:
    """With receipts and files, one statement each for a whole page; not with what is in the files."""
    return statement.options(selectinload(Voucher.receipts), selectinload(Voucher.files))


def _within_reach(viewer: Viewer, action: Action) -> Select[Voucher]:
    """Refused AUTH-006: the role never has the action."""
    match scope(viewer.role, action):
        case Scope.ALL | Scope.AT_THE_COUNTER:  # whoever stands at the counter may be anybody
            return select(Voucher)
        case Scope.OWN_CODES:
            return select(Voucher).where(Voucher.account_id == viewer.account_id)
        case _:
            raise Refused("AUTH-006")
