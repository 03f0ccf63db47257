"""查看详情: what is known of a batch in the handbook's words, whose turn it is, and its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models.queries.batches import BatchLine
from models.queries.history import Event
from models.records.batch import Batch
from models.rules.expiry import Left, left_after
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.money import yuan
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType, PlanYear
from web.formats import CHANNEL_TEXTS, handbook_day, opening_in_words, people, to_the_minute
from web.projects import by_tier

_ASSOCIATION = "市职保会"

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of 办理记录."""

    at: datetime
    action: str
    state: str
    """What the batch became by it; empty where it stayed what it was."""
    words: str
    who: str


def turn_of(batch: Batch, own: bool) -> tuple[str, str]:
    """Whose turn it is, as the tone of a badge and in words; `own`: the reader is the unit's handler."""
    match BatchState(batch.state):
        case BatchState.PAYMENT_REVIEW:
            return "wait", f"等{_ASSOCIATION}审核"
        case BatchState.ENROLLED:
            return "good", "已完成"
        case BatchState.EXPIRED | BatchState.DELETED:
            return "off", "已结束"
        case _:
            return "todo", "等您处理" if own else "等单位处理"


def facts_of(line: BatchLine, plan: PlanYear) -> list[tuple[str, list[Fact]]]:
    """The groups of 基本情况; what does not exist yet is left out."""
    batch = line.batch
    return [
        ("批次", list(_batch(line))),
        ("保障", list(_cover(batch, plan))),
        ("保费与期限", list(_payment(batch))),
    ]


def _batch(line: BatchLine) -> Iterator[Fact]:
    batch = line.batch
    yield "批次号", batch.batch_no
    yield "参保编码", batch.code.code
    yield "单位名称", batch.unit_name
    if batch.code.unit.name != batch.unit_name:
        yield "单位现名", batch.code.unit.name
    yield "参保类型", EnrolmentType(batch.enrolment_type).text
    yield "办理通道", CHANNEL_TEXTS[batch.handling_channel]
    yield "清册人数", "已清除" if batch.erased_at else f"{people(line.people)} 人"
    yield "建立时间", to_the_minute(batch.created_at)
    if batch.submitted_at:
        yield "清册提交时间", to_the_minute(batch.submitted_at)
    yield "最后更新时间", to_the_minute(batch.updated_at)


def _cover(batch: Batch, plan: PlanYear) -> Iterator[Fact]:
    yield "保障年度", f"{batch.plan_year}（{handbook_day(plan.coverage_start)}至{handbook_day(plan.coverage_end)}）"
    if batch.coverage_start and batch.coverage_end:
        yield "保障期限", f"{batch.coverage_start.isoformat()} 零时至 {batch.coverage_end.isoformat()} 24 时"
        yield "计费比例", "50%" if batch.half_price else "100%"
    else:
        yield "保障期限", "清册提交后确定"
    yield "保障项目", by_tier(batch.projects, plan) if batch.projects else "未确认"
    if batch.projects_locked:
        yield "项目来源", "与集中参保一致，不能更改"


def _payment(batch: Batch) -> Iterator[Fact]:
    yield "应缴保费", "未确认" if batch.total_fen is None else f"{yuan(batch.total_fen)} 元"
    if batch.reinstated_until:  # in place of every deadline (DOMAIN 3.3)
        yield "恢复办理至", to_the_minute(batch.reinstated_until)
    else:
        yield from _payment_days(batch)
    if batch.central_extension_until:
        yield "集中参保延长至", to_the_minute(batch.central_extension_until)
    if batch.ratio_exempt:
        yield "单位社保比例", "免校验"
    if batch.expired_at:
        yield "失效", f"{to_the_minute(batch.expired_at)}，{batch.expired_reason or ''}".rstrip("，")
    if batch.erased_at:
        yield "人员信息", f"已于 {to_the_minute(batch.erased_at)} 按期清除，不能恢复"


def _payment_days(batch: Batch) -> Iterator[Fact]:
    if batch.payment_due_on:
        yield "汇款期限", _whole_day(batch.payment_due_on)
    if batch.payment_cutoff_on and batch.payment_cutoff_on != batch.payment_due_on:
        yield "缴费凭证截止", _whole_day(batch.payment_cutoff_on)
    if batch.resubmit_by and batch.state in {BatchState.PAYMENT_REJECTED, BatchState.EXPIRED}:
        yield "重新提交期限", _whole_day(batch.resubmit_by)


def _whole_day(day: date) -> str:
    return f"{day.isoformat()} 24:00"


def instant_is_left(batch: Batch, plan: PlanYear, now: datetime) -> bool:
    """Whether the people of a batch that has expired can be enrolled as instant now."""
    left = _left_of(batch, plan, now)
    return left is not None and left.instant_from is not None and left.instant_from <= now


def left_words(batch: Batch, plan: PlanYear, now: datetime) -> Iterator[str]:
    """What the unit can still do about a batch that has expired; nothing for another one."""
    left = _left_of(batch, plan, now)
    if left is None:
        return
    if left.freed:
        yield "参保人员占用已解除。"
    if left.instant_from is not None:
        since = "现在" if left.instant_from <= now else f"{opening_in_words(left.instant_from)} 起"
        yield f"仍要参保的，{since}可以办理即时参保。"
    if left.kept_until is not None:
        last = left.kept_until - timedelta(days=1)
        yield f"本批次的清册保留到 {_whole_day(last)}，此前可以查看；要恢复本批次，请在此前联系市职保会。"


def _left_of(batch: Batch, plan: PlanYear, now: datetime) -> Left | None:
    if batch.expired_at is None:
        return None
    before = BatchState(batch.state_before_expiry) if batch.state_before_expiry else None
    return left_after(plan, before, batch.expired_at, batch.erased_at is not None, now)


def history_lines(events: Sequence[Event], reader: Role) -> list[HistoryLine]:
    """办理记录, the latest first. Who works for the association is named by office, except to colleagues."""
    return [
        HistoryLine(
            event.at,
            event.action.text,
            event.state.text if event.state else "",
            _words(event.action, event.details),
            _who(event, reader),
        )
        for event in events
    ]


def _who(event: Event, reader: Role) -> str:
    if event.role is None:
        return "系统"
    return event.who if event.role is Role.HANDLER or reader in {Role.REVIEWER, Role.ADMIN} else event.role.text


def _words(action: BatchAction, details: Mapping[str, Any]) -> str:
    match action:
        case BatchAction.VALIDATE_ROSTER | BatchAction.SUBMIT_ROSTER:
            ended = "校验通过" if details.get("passed") else "校验不通过"
            return f"{ended}，{people(details['people'])} 人"
        case BatchAction.CONFIRM_PREMIUM:
            due = details.get("payment_due_on")
            return f"应缴保费 {yuan(details['total_fen'])} 元" + (f"，{due} 24:00 前汇款" if due else "")
        case _:
            reason = details.get("reason")
            return f"原因：{reason}" if reason else ""
