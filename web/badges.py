"""Badges: what state something is in, as icon, word and colour. The colour says whose turn it is, never alone."""

from __future__ import annotations

from typing import NamedTuple


class Badge(NamedTuple):
    """`tone` is a class of the style sheet, `icon` a symbol of icons.svg."""

    tone: str
    icon: str
    text: str


BATCH = {
    "roster_draft": Badge("todo", "pencil", "清册待校验"),
    "roster_failed": Badge("bad", "alert-triangle", "清册校验不通过"),
    "roster_submitted": Badge("good", "check", "清册校验通过"),
    "awaiting_payment": Badge("todo", "upload", "缴费凭证待上传"),
    "payment_review": Badge("wait", "hourglass", "缴费凭证审核中"),
    "payment_rejected": Badge("bad", "circle-x", "缴费凭证审核不通过"),
    "enrolled": Badge("final", "shield-check", "参保成功"),
    "expired": Badge("off", "clock-off", "已失效"),
}

QUEUED = Badge("off", "clock", "排队中")
RUNNING = Badge("work", "loader-2", "处理中")
CANCELLING = Badge("off", "player-stop", "正在取消")
DONE = Badge("good", "check", "已完成")
DONE_WITH_REFUSALS = Badge("todo", "alert-triangle", "已完成，有未入册")
FAILED = Badge("bad", "circle-x", "未完成")
CANCELLED = Badge("off", "ban", "已取消")
UNDOING = Badge("work", "loader-2", "正在撤销")
UNDONE = Badge("off", "arrow-back-up", "已撤销")

_IMPORT = {
    "queued": QUEUED,
    "running": RUNNING,
    "done": DONE,
    "failed": FAILED,
    "cancelled": CANCELLED,
    "undone": UNDONE,
}


def of_import(state: str, *, cancelling: bool, refused: int) -> Badge:
    """An import's badge; `refused`: rows that somebody has to look at."""
    if cancelling and state in {"queued", "running"}:
        return CANCELLING
    if state == "done" and refused:
        return DONE_WITH_REFUSALS
    return _IMPORT[state]
