"""What became of an upload, in one line: for the roster's side column and the history of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from config.messages import remedy, short, text
from models.queries.imports import ImportSeen
from models.records.job import UNFINISHED, JobState
from models.rules.findings import ON_ROSTER, TO_MEND, Outcome
from web.badges import UNDOING, Badge, of_import
from web.formats import people

SENT_BACK = TO_MEND | {Outcome.DUPLICATE}
"""Outcomes whose rows count as 没有入册; duplicates among them, though there is nothing to mend in those."""


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """One line of the history."""

    import_id: int
    batch_no: str
    unit_name: str
    file_name: str
    badge: Badge
    received_at: datetime
    uploader: str
    receipt_no: str
    words: str
    code: str


def summary(seen: ImportSeen) -> ImportSummary:
    """The line of one upload."""
    words, code = _result(seen)
    return ImportSummary(
        import_id=seen.upload.id,
        batch_no=seen.batch.batch_no,
        unit_name=seen.batch.unit_name,
        file_name=seen.upload.file_name,
        badge=badge(seen),
        received_at=seen.upload.received_at,
        uploader=seen.uploader,
        receipt_no=seen.upload.receipt_no,
        words=words,
        code=code,
    )


def badge(seen: ImportSeen, *, undoing: bool = False) -> Badge:
    """The state of an upload as its badge; `undoing`: it is just being taken back."""
    if undoing:
        return UNDOING
    state = "undone" if seen.upload.undone_at else seen.job.state
    refused = rows(seen.upload.counts, SENT_BACK)
    return of_import(state, cancelling=seen.job.cancel_requested, refused=refused, check_only=seen.upload.check_only)


def rows(counts: Mapping[str, int] | None, outcomes: Iterable[Outcome]) -> int:
    """How many rows ended in one of these ways."""
    return sum((counts or {}).get(outcome, 0) for outcome in outcomes)


def undo_words(counts: Mapping[str, int] | None) -> str:
    """What 撤销本次导入 did."""
    done = {result: people((counts or {}).get(result, 0)) for result in ("removed", "restored", "kept")}
    return f"已移除 {done['removed']} 人，恢复 {done['restored']} 人，保留 {done['kept']} 人"


def failure(seen: ImportSeen) -> tuple[str, str]:
    """Why a failed upload failed, as a sentence, and its code."""
    code = seen.job.code or "SYS-001"
    return text(code, **seen.job.values), code


def advice(code: str, file_name: str) -> str:
    """What can be done about a refused file; whoever sees .xlsx at the name's end is told that the content is else."""
    return remedy(code, "renamed" if file_name.lower().endswith(".xlsx") else "")


def _result(seen: ImportSeen) -> tuple[str, str]:
    state, counts = seen.job.state, seen.upload.counts
    if state in UNFINISHED:
        return "正在处理", ""
    if state == JobState.CANCELLED:
        return "没有人写入清册", ""
    if seen.upload.undone_at:
        return undo_words(seen.upload.undo_counts), ""
    if state == JobState.FAILED:
        code = seen.job.code or "SYS-001"
        return (remedy(code) and short(code)) or "清册没有变化", code
    accepted = f"{people(rows(counts, ON_ROSTER))} / {people(seen.upload.rows_total or 0)} 行"
    return (f"仅校验：可入册 {accepted}" if seen.upload.check_only else f"入册 {accepted}"), ""
