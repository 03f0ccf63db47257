"""What may be pressed at a batch: its next step, and the others in the handbook's order (DOMAIN 10)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flask import url_for

from models.queries.batches import BatchLine
from models.rules.lifecycle import ROSTER_EDITABLE, WITHDRAWALS, BatchAction, BatchState
from models.rules.permissions import Action
from web.access import may

Actions = Collection[BatchAction]


@dataclass(frozen=True, slots=True)
class Step:
    """One button; without an address it is shown and can't be pressed. An ellipsis says that a dialog follows."""

    text: str
    url: str = ""
    tone: str = "plain"
    """`primary`, `plain` or `danger-plain`."""
    in_dialog: bool = False


def next_step(line: BatchLine, actions: Actions) -> Step | None:
    """What brings the batch on; None where nobody need do anything, or it is not this viewer's to do."""
    batch_no = line.batch.batch_no
    if BatchAction.VALIDATE_ROSTER in actions:
        return _with_the_roster(line)
    if BatchAction.GENERATE_PREMIUM in actions:
        return Step("保障项目选择", url_for("projects.choose", batch_no=batch_no), "primary")
    if _pays(line, actions):
        rejected = line.batch.state == BatchState.PAYMENT_REJECTED and line.in_voucher
        words = "修改缴费凭证" if rejected else "上传缴费凭证"
        return Step(words, url_for("vouchers.of_batch", batch_no=batch_no), "primary")
    if line.batch.state == BatchState.ENROLLED and may(Action.WORK_ON_BATCH):
        return Step("保障单", url_for("certificate.show_certificate", batch_no=batch_no))
    return None


def other_steps(line: BatchLine, actions: Actions) -> Iterator[Step]:
    """查看详情 and what else the state has, without the next step."""
    batch_no = line.batch.batch_no
    yield Step("查看详情", url_for("batch.show_batch", batch_no=batch_no))
    yield from steps_beside(line, actions)


def steps_beside(line: BatchLine, actions: Actions) -> Iterator[Step]:
    """The same without 查看详情, for its own page."""
    batch_no = line.batch.batch_no
    if may(Action.READ_PEOPLE):
        yield Step("参保清册", url_for("roster.show_roster", batch_no=batch_no))
    before = line.batch.state in ROSTER_EDITABLE or line.batch.state == BatchState.ROSTER_SUBMITTED
    if may(Action.WORK_ON_BATCH) and before and BatchAction.GENERATE_PREMIUM not in actions:
        yield Step("保障项目选择")
    if line.priced and may(Action.READ_PEOPLE):
        yield Step("保费详情", url_for("projects.show_premium", batch_no=batch_no))
    if line.in_voucher and may(Action.READ_VOUCHER) and not _pays(line, actions):
        yield Step("缴费凭证", url_for("vouchers.of_batch", batch_no=batch_no))
    if BatchAction.LEAVE_VOUCHER in actions and line.shares_voucher:
        yield Step("移出缴费凭证…", url_for("vouchers.ask_to_leave", batch_no=batch_no), in_dialog=True)
    if not set(WITHDRAWALS).isdisjoint(actions):
        yield Step("批次撤回…", url_for("batch.ask_to_withdraw", batch_no=batch_no), in_dialog=True)
    if BatchAction.REINSTATE in actions:
        yield Step("恢复…", url_for("reinstating.ask_to_reinstate", batch_no=batch_no), in_dialog=True)
    elif line.batch.state == BatchState.EXPIRED and not line.batch.erased_at and may(Action.PROPOSE_EXCEPTION):
        yield Step("申请恢复…", url_for("reinstating.ask_to_reinstate", batch_no=batch_no), in_dialog=True)
    if BatchAction.DELETE_BATCH in actions:
        yield Step("批次删除…", url_for("batch.ask_to_delete", batch_no=batch_no), "danger-plain", in_dialog=True)


def _pays(line: BatchLine, actions: Actions) -> bool:
    """Whether a voucher for it is to be made, gone on with, or mended."""
    rejected = line.batch.state == BatchState.PAYMENT_REJECTED and BatchAction.SUBMIT_VOUCHER in actions
    return rejected or BatchAction.CREATE_VOUCHER in actions


def _with_the_roster(line: BatchLine) -> Step:
    batch_no = line.batch.batch_no
    if not line.people:
        return Step("添加参保人员", url_for("roster.show_roster", batch_no=batch_no), "primary")
    if line.batch.state == BatchState.ROSTER_FAILED:
        return Step("处理校验问题", url_for("checks.show_validation", batch_no=batch_no), "primary")
    if line.passed:
        return Step("清册提交…", url_for("checks.ask_to_submit", batch_no=batch_no), "primary", in_dialog=True)
    return Step("清册校验", url_for("checks.show_validation", batch_no=batch_no), "primary")
