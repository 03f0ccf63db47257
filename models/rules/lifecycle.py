"""The life of a batch as a table (DOMAIN 10). What no row allows is refused with BAT-002."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from models.rules.permissions import Role
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

ROSTER_EDITABLE = frozenset({BatchState.ROSTER_DRAFT, BatchState.ROSTER_FAILED})
"""States in which people may be added, changed and removed, while the window is open (DOMAIN 7.8)."""

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
    SUBMIT_ROSTER = "submit_roster"

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
    BatchAction.SUBMIT_ROSTER: "清册提交",
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


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `to` is None where the state stays, `who` is None where the calendar acts."""

    number: str
    action: BatchAction
    from_states: frozenset[BatchState | None]
    """None in it: there is no batch yet."""
    to: BatchState | None
    who: Role | None = Role.HANDLER
    good: bool | None = None
    """The result of the checks that the row is for; None where nothing is checked."""


_NEW: frozenset[BatchState | None] = frozenset({None})
_EDITABLE: frozenset[BatchState | None] = frozenset(ROSTER_EDITABLE)


def _roster_changes() -> Iterator[Transition]:
    for action in ROSTER_CHANGES:
        yield Transition("T03", action, _EDITABLE, BatchState.ROSTER_DRAFT)


TRANSITIONS: tuple[Transition, ...] = (
    Transition("T01", BatchAction.OPEN_CENTRAL, _NEW, BatchState.ROSTER_DRAFT),
    Transition("T02", BatchAction.OPEN_INSTANT, _NEW, BatchState.ROSTER_DRAFT),
    *_roster_changes(),
    Transition("T07", BatchAction.SUBMIT_ROSTER, _EDITABLE, BatchState.ROSTER_SUBMITTED, good=True),
    Transition("T08", BatchAction.SUBMIT_ROSTER, _EDITABLE, BatchState.ROSTER_FAILED, good=False),
)


def transition(action: BatchAction, state: BatchState | None, *, good: bool = True) -> Transition:
    """The row that allows `action` in `state`; `good` is the result of the checks where the action has any.

    Raises Refused BAT-002 where no row does: the batch has moved on, or the button should not have been there.
    """
    for row in TRANSITIONS:
        if row.action is action and state in row.from_states and row.good in (None, good):
            return row
    raise Refused("BAT-002", status=state.text if state else "", action=action.text)


def actions_in(state: BatchState, role: Role = Role.HANDLER) -> list[BatchAction]:
    """What a role may do to a batch in this state, in the order of the table, each once."""
    return list(dict.fromkeys(row.action for row in TRANSITIONS if state in row.from_states and row.who is role))
