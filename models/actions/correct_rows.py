"""在线修改: refused rows of an import are shown with their numbers, corrected, and judged again (DOMAIN 7.5).

A correction counts in the import that it belongs to: its outcomes change, and undoing the import includes it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import mark_roster_changed, refuse_if_stale, refuse_while_roster_is_written
from models.actions.import_change import import_to_change, refuse_unless_stored
from models.actions.permit import permit, refuse_unready_handler
from models.actions.put_entries import (
    before_update,
    effect_of,
    finding_rows,
    put_effect,
    put_findings,
    shown_name,
    sums,
)
from models.actions.slow_look_ups import refuse_too_many_look_ups, register_answers
from models.queries.admission import Entry
from models.queries.corrections import judge_again, refused_cells, refused_page, refused_rows
from models.queries.estimate import estimate_now
from models.queries.imports import import_seen, typed_row
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.bulk import CHUNK
from models.records.plan_year import plan_of
from models.records.roster_import import ImportFinding, ImportRow, RosterImport, seal_typed
from models.records.viewer import Viewer
from models.rules.findings import Column, Finding, Outcome, all_outcomes
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.roster import Cell, TypedRow
from models.rules.white_space import trimmed

CELL_CHARACTERS = 32_767
"""What a cell of a spreadsheet holds; nothing longer is taken from a form either."""
ROWS_AT_ONCE = 1_000
"""Rows that one request mends: everybody else who writes waits for it."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became of the corrected rows."""

    outcomes: dict[int, Outcome]
    findings: dict[int, list[Finding]]
    """Of every corrected row, also where there are none."""
    stale: frozenset[int] = frozenset()
    """Rows that were left alone: they are not to mend any more, or not as the caller has seen them."""
    more: bool = False
    """Whether rows that read the same are left for the next time."""


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One refused row as it stands, with numbers in full."""

    row: int
    outcome: Outcome
    cells: tuple[Cell, ...]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """One page of refused rows, in the order of the sheet; `total` over all pages."""

    lines: Sequence[CorrectionLine]
    total: int


def take_rows_to_correct(
    session: Session, viewer: Viewer, import_id: int, now: datetime, *, page: int = 1, size: int = 50, code: str = ""
) -> CorrectionPage:
    """The rows to mend with full numbers, for the unit itself: whoever takes them is written down.

    `code` narrows them to rows that have such a finding. Refused: AUTH-006, BAT-005, HDL-001; BAT-002 for an import
    that is unfinished, only a check, or undone.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    seen = import_seen(session, viewer, import_id, Action.WORK_ON_BATCH)
    refuse_unready_handler(session, viewer)
    refuse_unless_stored(seen.upload, seen.job, BatchAction.CORRECT_ROWS)
    found = refused_page(session, import_id, page=page, size=size, code=code)
    lines = [
        CorrectionLine(row.sheet_row, Outcome(row.outcome), typed_row(row).cells, found.findings.get(row.sheet_row, []))
        for row in found.rows
    ]
    if lines:
        record_act(
            session,
            viewer,
            now,
            "view_rows_to_correct",
            batch_id=seen.batch.id,
            receipt_no=seen.upload.receipt_no,
            rows=[line.row for line in lines],
        )
    return CorrectionPage(lines, found.total)


def correct_rows(
    session: Session,
    viewer: Viewer,
    import_id: int,
    corrections: Mapping[int, tuple[str, ...]],
    now: datetime,
    *,
    version: int | None = None,
    as_seen: Callable[[TypedRow], bool] | None = None,
) -> Corrected:
    """Judge rows again as they are typed now (row -> its seven cells); all of them in one transaction.

    `now` is the time of receipt, business clock. With `as_seen`, which is asked under the lock, rows that are not (any
    more) as the caller has seen them are left alone and named; the others are corrected. Without it they are refused
    BAT-004, all together. Refused besides: as `batch_to_change`; BAT-007 while an import runs; BAT-002 for an import
    that is unfinished, only a check, or undone; BAT-004 for a stale `version` of the batch.
    """
    upload, batch = _import_to_correct(session, viewer, import_id, now)
    refuse_if_stale(batch, version)
    rows = refused_rows(session, import_id, list(corrections))
    if as_seen is not None:
        rows = [row for row in rows if as_seen(typed_row(row))]
    stale = frozenset(corrections) - {row.sheet_row for row in rows}
    if stale and as_seen is None:
        raise Refused("BAT-004")
    typed = [TypedRow(row.sheet_row, _cells(corrections[row.sheet_row])) for row in rows]
    return replace(_correct(session, viewer, upload, batch, rows=rows, typed=typed, now=now), stale=stale)


def correct_repeated(  # noqa: PLR0917 -- what, what instead and when, as the sentence below says it
    session: Session, viewer: Viewer, import_id: int, column: Column, typed: str, replacement: str, now: datetime
) -> Corrected:
    """Put `replacement` into the refused rows whose cell in `column` reads `typed`, and judge these rows again.

    The first `ROWS_AT_ONCE` of them; the result says whether more are left. White space around the value is not told
    apart. Refused: as `correct_rows`; BAT-004 where no row reads so any more.
    """
    upload, batch = _import_to_correct(session, viewer, import_id, now)
    index, wanted = list(Column).index(column), trimmed(typed)
    (value,) = _cells((replacement,))
    found = [row for row in refused_cells(session, import_id) if trimmed(row.text(column)) == wanted]
    if not found:
        raise Refused("BAT-004")
    now_mended = found[:ROWS_AT_ONCE]
    mended = [TypedRow(row.row, (*row.cells[:index], value, *row.cells[index + 1 :])) for row in now_mended]
    rows = refused_rows(session, import_id, [row.row for row in mended])
    corrected = _correct(session, viewer, upload, batch, rows=rows, typed=mended, now=now)
    return replace(corrected, more=len(found) > len(mended))


def _import_to_correct(session: Session, viewer: Viewer, import_id: int, now: datetime) -> tuple[RosterImport, Batch]:
    upload, batch = import_to_change(session, viewer, import_id, BatchAction.CORRECT_ROWS, now)
    refuse_while_roster_is_written(session, batch)
    refuse_too_many_look_ups(session, viewer, now)
    return upload, batch


def _cells(typed: Sequence[str]) -> tuple[str, ...]:
    """Typed text as a file could hold it: no halves of characters, and no more than a cell takes."""
    return tuple(cell.encode("utf-16", "surrogatepass").decode("utf-16", "replace")[:CELL_CHARACTERS] for cell in typed)


def _correct(
    session: Session,
    viewer: Viewer,
    upload: RosterImport,
    batch: Batch,
    *,
    rows: Sequence[ImportRow],
    typed: Sequence[TypedRow],
    now: datetime,
) -> Corrected:
    if not rows:
        return Corrected({}, {})
    plan, today = plan_of(session, batch.plan_year), local_date(now)
    entries = judge_again(session, upload, batch, today, typed)
    effect = effect_of(entries, batch.id, upload.id)
    put_effect(session, effect)
    if effect:
        mark_roster_changed(batch, BatchAction.CORRECT_ROWS, now)
    counts = Counter(upload.counts or {})
    counts.subtract(row.outcome for row in rows)
    counts.update(entry.outcome for entry in entries)
    for row, entry in zip(rows, entries, strict=True):
        _rewrite(row, entry, batch.roster_version)
    _replace_findings(session, upload.id, entries)
    outcomes = {entry.checked.row: entry.outcome for entry in entries}
    _audit(session, viewer, upload, entries, now)
    estimate = estimate_now(session, batch, upload.projects, plan, today)
    # All changes of the row at once: it holds the file, and SQLite writes it anew with each change.
    upload.counts = all_outcomes(counts)
    upload.job.values = sums(upload.rows_total or 0, counts)
    upload.estimate = estimate
    upload.report_sealed = upload.report_job_id = None  # the marked workbook is made anew when it is asked for
    return Corrected(outcomes, {entry.checked.row: entry.checked.findings for entry in entries})


def _rewrite(row: ImportRow, entry: Entry, roster_version: int) -> None:
    row.outcome = str(entry.outcome)
    row.name = shown_name(entry.checked.typed.cells[0])
    row.person_id = entry.seen.person_id if entry.seen else None
    row.typed_sealed = seal_typed(row.import_id, row.sheet_row, entry.checked.typed.cells)
    row.before = before_update(entry)
    row.corrected_version = roster_version


def _replace_findings(session: Session, import_id: int, entries: Sequence[Entry]) -> None:
    sheet_rows = [entry.checked.row for entry in entries]
    for start in range(0, len(sheet_rows), CHUNK):
        chunk = ImportFinding.sheet_row.in_(sheet_rows[start : start + CHUNK])
        old = delete(ImportFinding).where(ImportFinding.import_id == import_id, chunk)
        session.execute(old, execution_options={"synchronize_session": False})
    put_findings(session, finding_rows(entries, import_id))


def _audit(session: Session, viewer: Viewer, upload: RosterImport, entries: Sequence[Entry], now: datetime) -> None:
    rows: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        rows[str(entry.outcome)].append(entry.checked.row)
    record_act(
        session,
        viewer,
        now,
        "correct_rows",
        batch_id=upload.batch_id,
        receipt_no=upload.receipt_no,
        outcomes=dict(rows),
        register_answers=register_answers(found for entry in entries for found in entry.checked.findings),
    )
