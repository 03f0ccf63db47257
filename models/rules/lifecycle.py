"""The life of a batch as a table (DOMAIN 10). What no row allows is refused with BAT-002, or a sentence of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from models.rules.permissions import Action, Role, scope
from models.rules.refusal import Refused


class BatchState(StrEnum):
    """批次状态."""

    ROSTER_DRAFT = "roster_draft"
    ROSTER_FAILED = "roster_failed"
    ROSTER_SUBMITTED = "roster_submitted"
    AWAITING_PAYMENT = "awaiting_payment"
    PAYMENT_REVIEW = "payment_review"
    PAYMENT_REJECTED = "payment_rejected"
    ENROLLED = "enrolled"
    EXPIRED = "expired"
    DELETED = "deleted"

    @property
    def text(self) -> str:
        """As lists show it."""
        return STATE_TEXTS[self]


STATE_TEXTS = {
    BatchState.ROSTER_DRAFT: "清册待校验",
    BatchState.ROSTER_FAILED: "清册校验不通过",
    BatchState.ROSTER_SUBMITTED: "清册校验通过",
    BatchState.AWAITING_PAYMENT: "缴费凭证待上传",
    BatchState.PAYMENT_REVIEW: "缴费凭证审核中",
    BatchState.PAYMENT_REJECTED: "缴费凭证审核不通过",
    BatchState.ENROLLED: "参保成功",
    BatchState.EXPIRED: "已失效",
    BatchState.DELETED: "已删除",
}

READY_TO_SUBMIT_TEXT = "清册待校验（已通过，待提交）"
"""How lists call a draft whose last report is good and of the roster as it is."""

ROSTER_EDITABLE = frozenset({BatchState.ROSTER_DRAFT, BatchState.ROSTER_FAILED})
"""States in which people may be added, changed and removed, while the window is open (DOMAIN 7.8)."""

UNCONFIRMED = ROSTER_EDITABLE | {BatchState.ROSTER_SUBMITTED}
"""States before 缴费凭证待上传: there is something left to do before the window closes."""

CLAIMING = frozenset(
    {
        BatchState.ROSTER_SUBMITTED,
        BatchState.AWAITING_PAYMENT,
        BatchState.PAYMENT_REVIEW,
        BatchState.PAYMENT_REJECTED,
        BatchState.ENROLLED,
    }
)
"""States in which everybody on the roster holds a claim in the annual register (DOMAIN 9.2)."""

TOOK_PART = CLAIMING - {BatchState.ROSTER_SUBMITTED}
"""States in which a central batch has taken part, so that instant ones use its projects (DOMAIN 5.5)."""

LIVE = frozenset(BatchState) - {BatchState.EXPIRED, BatchState.DELETED}
"""States in which a batch still counts: one central batch a code and year has one of these (DOMAIN 5.7). The index
`uq_batch_live_central` says the same to the database."""


class BatchAction(StrEnum):
    """What moves a batch, or is tied to its state."""

    OPEN_CENTRAL = "open_central"
    OPEN_INSTANT = "open_instant"
    COPY_SUGGESTED = "copy_suggested"
    IMPORT_PEOPLE = "import_people"
    CORRECT_ROWS = "correct_rows"
    UNDO_IMPORT = "undo_import"
    ADD_PERSON = "add_person"
    EDIT_PERSON = "edit_person"
    SET_IN_SERVICE = "set_in_service"
    REMOVE_PEOPLE = "remove_people"
    VALIDATE_ROSTER = "validate_roster"
    PROMISE = "promise"
    SUBMIT_ROSTER = "submit_roster"
    DELETE_BATCH = "delete_batch"
    GENERATE_PREMIUM = "generate_premium"
    CONFIRM_PREMIUM = "confirm_premium"
    WITHDRAW_TO_ROSTER = "withdraw_to_roster"
    WITHDRAW_TO_PROJECTS = "withdraw_to_projects"
    CREATE_VOUCHER = "create_voucher"
    CANCEL_VOUCHER = "cancel_voucher"
    SUBMIT_VOUCHER = "submit_voucher"
    APPROVE_VOUCHER = "approve_voucher"
    REJECT_VOUCHER = "reject_voucher"
    VOID_VOUCHER = "void_voucher"
    REINSTATE = "reinstate"
    REVERSE_APPROVAL = "reverse_approval"
    LEAVE_VOUCHER = "leave_voucher"
    EXPIRE_CENTRAL = "expire_central"
    EXPIRE_INSTANT = "expire_instant"
    EXPIRE_UNCONFIRMED = "expire_unconfirmed"
    EXPIRE_UNPAID = "expire_unpaid"
    EXPIRE_REJECTED = "expire_rejected"

    @property
    def text(self) -> str:
        """As buttons and BAT-002 call it."""
        return ACTION_TEXTS[self]


ACTION_TEXTS = {
    BatchAction.OPEN_CENTRAL: "集中参保办理",
    BatchAction.OPEN_INSTANT: "即时参保办理",
    BatchAction.COPY_SUGGESTED: "获取上年度建议名单",
    BatchAction.IMPORT_PEOPLE: "导入参保人员",
    BatchAction.CORRECT_ROWS: "在线修改",
    BatchAction.UNDO_IMPORT: "撤销导入",
    BatchAction.ADD_PERSON: "新增人员",
    BatchAction.EDIT_PERSON: "编辑",
    BatchAction.SET_IN_SERVICE: "设置在职",
    BatchAction.REMOVE_PEOPLE: "移除",
    BatchAction.VALIDATE_ROSTER: "清册校验",
    BatchAction.PROMISE: "医保享受在职待遇",
    BatchAction.SUBMIT_ROSTER: "清册提交",
    BatchAction.DELETE_BATCH: "批次删除",
    BatchAction.GENERATE_PREMIUM: "生成保费信息",
    BatchAction.CONFIRM_PREMIUM: "提交确认保费",
    BatchAction.WITHDRAW_TO_ROSTER: "批次撤回（重新整理清册）",
    BatchAction.WITHDRAW_TO_PROJECTS: "批次撤回（重新选择保障项目）",
    BatchAction.CREATE_VOUCHER: "新增缴费信息",
    BatchAction.CANCEL_VOUCHER: "取消上传",
    BatchAction.SUBMIT_VOUCHER: "提交审核",
    BatchAction.APPROVE_VOUCHER: "审核通过",
    BatchAction.REJECT_VOUCHER: "审核不通过",
    BatchAction.VOID_VOUCHER: "作废凭证",
    BatchAction.REINSTATE: "恢复",
    BatchAction.REVERSE_APPROVAL: "撤销审核通过",
    BatchAction.LEAVE_VOUCHER: "移出缴费凭证",
    BatchAction.EXPIRE_CENTRAL: "集中参保截止",
    BatchAction.EXPIRE_INSTANT: "即时参保截止",
    BatchAction.EXPIRE_UNCONFIRMED: "逾期未确认保费",
    BatchAction.EXPIRE_UNPAID: "逾期未缴费",
    BatchAction.EXPIRE_REJECTED: "逾期未重新提交缴费凭证",
}

ROSTER_CHANGES = (
    BatchAction.COPY_SUGGESTED,
    BatchAction.IMPORT_PEOPLE,
    BatchAction.CORRECT_ROWS,
    BatchAction.UNDO_IMPORT,
    BatchAction.ADD_PERSON,
    BatchAction.EDIT_PERSON,
    BatchAction.SET_IN_SERVICE,
    BatchAction.REMOVE_PEOPLE,
)

WITHDRAWALS = (BatchAction.WITHDRAW_TO_ROSTER, BatchAction.WITHDRAW_TO_PROJECTS)


class Until(StrEnum):
    """By which of a batch's deadlines an action must be received (DOMAIN 3.3); models.rules.deadlines judges it."""

    WINDOW_CLOSES = "window_closes"
    PREMIUM_CONFIRMED = "premium_confirmed"
    ROSTER_WITHDRAWN = "roster_withdrawn"
    PROJECTS_WITHDRAWN = "projects_withdrawn"
    PAID = "paid"
    PAID_AGAIN = "paid_again"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `to` is None where the state stays, and for 恢复, which leads back to where it expired."""

    number: str
    action: BatchAction
    from_states: frozenset[BatchState | None]
    """None in it: there is no batch yet."""
    to: BatchState | None
    until: Until = Until.WINDOW_CLOSES
    """The deadline by which it must be received; of what the calendar does, the one that must have passed."""
    asks: Action | None = Action.WORK_ON_BATCH
    """Who: the roles that the permission table gives this to; None: the system alone, by its calendar."""
    good: bool | None = None
    """The result of the checks that the row is for; None where nothing is checked."""


_NEW: frozenset[BatchState | None] = frozenset({None})
_EDITABLE: frozenset[BatchState | None] = frozenset(ROSTER_EDITABLE)
_SUBMITTED: frozenset[BatchState | None] = frozenset({BatchState.ROSTER_SUBMITTED})
_UNPAID: frozenset[BatchState | None] = frozenset({BatchState.AWAITING_PAYMENT})
_IN_REVIEW: frozenset[BatchState | None] = frozenset({BatchState.PAYMENT_REVIEW})
_REJECTED: frozenset[BatchState | None] = frozenset({BatchState.PAYMENT_REJECTED})
_ENROLLED: frozenset[BatchState | None] = frozenset({BatchState.ENROLLED})
_EXPIRED: frozenset[BatchState | None] = frozenset({BatchState.EXPIRED})


def _rows() -> Iterator[Transition]:
    act, state, until, may = BatchAction, BatchState, Until, Action
    yield Transition("T01", act.OPEN_CENTRAL, _NEW, state.ROSTER_DRAFT)
    yield Transition("T02", act.OPEN_INSTANT, _NEW, state.ROSTER_DRAFT)
    for action in ROSTER_CHANGES:
        yield Transition("T03", action, _EDITABLE, state.ROSTER_DRAFT)
    yield Transition("T04", act.VALIDATE_ROSTER, _EDITABLE, state.ROSTER_DRAFT, good=True)
    yield Transition("T05", act.VALIDATE_ROSTER, _EDITABLE, state.ROSTER_FAILED, good=False)
    yield Transition("T06", act.PROMISE, _EDITABLE, None)
    yield Transition("T07", act.SUBMIT_ROSTER, _EDITABLE, state.ROSTER_SUBMITTED, good=True)
    yield Transition("T08", act.SUBMIT_ROSTER, _EDITABLE, state.ROSTER_FAILED, good=False)
    yield Transition("T09", act.DELETE_BATCH, _EDITABLE, state.DELETED, until.ALWAYS, may.DELETE_BATCH)
    yield Transition("T10", act.GENERATE_PREMIUM, _SUBMITTED, None, until.PREMIUM_CONFIRMED)
    yield Transition("T11", act.CONFIRM_PREMIUM, _SUBMITTED, state.AWAITING_PAYMENT, until.PREMIUM_CONFIRMED)
    to_roster = Transition("T12", act.WITHDRAW_TO_ROSTER, _SUBMITTED | _UNPAID, state.ROSTER_DRAFT)
    yield replace(to_roster, until=until.ROSTER_WITHDRAWN, asks=may.WITHDRAW_BATCH)
    to_projects = Transition("T13", act.WITHDRAW_TO_PROJECTS, _UNPAID, state.ROSTER_SUBMITTED)
    yield replace(to_projects, until=until.PROJECTS_WITHDRAWN, asks=may.WITHDRAW_BATCH)
    voucher = may.WORK_ON_VOUCHER
    yield Transition("T14", act.CREATE_VOUCHER, _UNPAID, None, until.PAID, voucher)
    yield Transition("T15", act.CANCEL_VOUCHER, _UNPAID, None, until.ALWAYS, voucher)
    yield Transition("T16", act.SUBMIT_VOUCHER, _UNPAID, state.PAYMENT_REVIEW, until.PAID, voucher)
    decided = may.DECIDE_VOUCHER
    yield Transition("T17", act.APPROVE_VOUCHER, _IN_REVIEW, state.ENROLLED, until.ALWAYS, decided)
    yield Transition("T18", act.REJECT_VOUCHER, _IN_REVIEW, state.PAYMENT_REJECTED, until.ALWAYS, decided)
    yield Transition("T19", act.SUBMIT_VOUCHER, _REJECTED, state.PAYMENT_REVIEW, until.PAID_AGAIN, voucher)
    void = Transition("T20", act.VOID_VOUCHER, _IN_REVIEW | _REJECTED, state.AWAITING_PAYMENT)
    yield replace(void, until=until.ALWAYS, asks=may.OVERRIDE)
    yield Transition("T21", act.EXPIRE_CENTRAL, _EDITABLE | _SUBMITTED, state.EXPIRED, asks=None)
    yield Transition("T22", act.EXPIRE_INSTANT, _EDITABLE, state.EXPIRED, asks=None)
    yield Transition("T22", act.EXPIRE_UNCONFIRMED, _SUBMITTED, state.EXPIRED, until.PREMIUM_CONFIRMED, None)
    yield Transition("T23", act.EXPIRE_UNPAID, _UNPAID, state.EXPIRED, until.PAID, None)
    yield Transition("T24", act.EXPIRE_REJECTED, _REJECTED, state.EXPIRED, until.PAID_AGAIN, None)
    yield Transition("T25", act.REINSTATE, _EXPIRED, None, until.ALWAYS, may.GRANT_EXCEPTION)
    yield Transition("T26", act.REVERSE_APPROVAL, _ENROLLED, state.PAYMENT_REVIEW, until.ALWAYS, may.OVERRIDE)
    yield Transition("T27", act.LEAVE_VOUCHER, _REJECTED, state.AWAITING_PAYMENT, until.PAID_AGAIN, voucher)


TRANSITIONS = tuple(_rows())
"""T01 to T27, in their order."""


def transition(action: BatchAction, state: BatchState | None, *, good: bool = True) -> Transition:
    """The row that allows `action` in `state`; `good` is the result of the checks where the action has any.

    Raises Refused where no row does: the batch has moved on, or the button should not have been there. RST-010 and
    IMP-010: the roster is submitted; WDR-002: the voucher is under review, or was; BAT-002: anything else.
    """
    for row in TRANSITIONS:
        if row.action is action and state in row.from_states and row.good in (None, good):
            return row
    if state in CLAIMING and action in ROSTER_CHANGES:
        raise Refused("IMP-010" if action is BatchAction.UNDO_IMPORT else "RST-010")
    if state in (BatchState.PAYMENT_REVIEW, BatchState.PAYMENT_REJECTED) and action in WITHDRAWALS:
        raise Refused("WDR-002")
    raise Refused("BAT-002", status=state.text if state else "", action=action.text)


def permission_for(action: BatchAction) -> Action:
    """What whoever does this must be permitted. Refused AUTH-006: it is nobody's but the system's."""
    asks = next(row.asks for row in TRANSITIONS if row.action is action)
    if asks is None:
        raise Refused("AUTH-006")
    return asks


def rows_in(state: BatchState, role: Role = Role.HANDLER) -> list[Transition]:
    """What a role may do to a batch in this state, in the order of the table; an action with good and bad ends once."""
    found = {
        row.action: row
        for row in reversed(TRANSITIONS)
        if state in row.from_states and row.asks is not None and scope(role, row.asks) is not None
    }
    return list(reversed(found.values()))
