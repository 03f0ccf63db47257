"""在线修改: the refused rows of an import in a grid, corrected there row by row, page by page or mistake by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from config.messages import remedy, text
from models.actions.batch_change import refuse_unless_possible
from models.actions.correct_rows import (
    Corrected,
    CorrectionLine,
    CorrectionPage,
    correct_repeated,
    correct_rows,
    take_rows_to_correct,
)
from models.queries.corrections import people_of_rows, refused_rows, repeated_mistakes
from models.queries.imports import import_seen
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.findings import ON_ROSTER, TO_MEND, Column, Outcome
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web import error_pages
from web.access import asks
from web.correction_grid import (
    ROWS_A_PAGE,
    RowForm,
    first_wrong,
    grid_row,
    group_line,
    other_row,
    row_forms,
    shown,
    version_of,
    with_replacement,
)
from web.import_page.page import result_page
from web.import_page.result import named_rows
from web.import_page.tabs import GRID
from web.page import REQUEST_WAIT_SECONDS, go_to, in_dialog, layout, say
from web.paging import Pages, page_number
from web.sign_in import viewer, viewer_or_nobody

pages = Blueprint("corrections", __name__)

_NOT_CHOSEN = "?"
"""What the list of replacements says before anything is chosen; "" is 留空."""
_NAMED = 5
"""How many rows are named before it says 等."""
_TOLD = (
    ("已入册", ON_ROSTER),
    ("已由本单位其他批次参保，无需再改", {Outcome.ALREADY_ENROLLED}),
    ("与文件中其他行重复，不再导入", {Outcome.DUPLICATE}),
    ("仍需修改", {Outcome.INVALID}),
    ("已被占用", {Outcome.OCCUPIED}),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says about what was just done."""

    tone: str = ""
    message: str = ""
    code: str = ""
    status: int = 200


@dataclass(slots=True)
class Asked:
    """What a form asks for, and what is still typed into it and not saved."""

    rows: dict[int, RowForm] = field(default_factory=dict)
    said: Said = field(default_factory=Said)
    at: int | None = None
    """The row that was saved by itself: the reader goes on from there."""
    focus: str = ""
    """The input at which the reader goes on, where it is not the first wrong one."""


@pages.get("/imports/<int:import_id>/corrections")
@asks(Action.WORK_ON_BATCH)
def show_grid(import_id: int) -> ResponseReturnValue:
    """The refused rows, numbers in full, which is written down. Where nothing can be saved, the result says why."""
    with reading() as records:
        batch = import_seen(records, viewer(), import_id, Action.WORK_ON_BATCH).batch
        try:
            refuse_unless_possible(records, batch, BatchAction.CORRECT_ROWS, business_now(records))
        except Refused as refused:
            say(text(refused.code, **refused.values), refused.code, tone="bad")
            return go_to(url_for("imports.show_import", import_id=import_id))
    return _grid(import_id, Asked(), page_number(request.args.get("page")))


@pages.post("/imports/<int:import_id>/corrections")
@asks(Action.WORK_ON_BATCH)
def save(import_id: int) -> ResponseReturnValue:
    """保存 of a row, 保存本页修改, or 全部改为; whatever was typed beside it comes back with the answer."""
    asked = Asked(row_forms(request.form))
    try:
        if "repeated" in request.form:
            _correct_repeated(import_id, asked, request.form["repeated"])
        else:
            _correct(import_id, asked, request.form.get("only", ""))
    except Refused as refused:
        if error_pages.has_its_own_page(refused):
            raise
        advice = remedy(refused.code)
        message = text(refused.code, **refused.values) + (f"{advice}。" if advice else "")
        asked.said = Said("bad", message + "您填写的内容都还在。", refused.code, error_pages.status_for(refused))
    return _grid(import_id, asked, page_number(request.form.get("page")))


@pages.errorhandler(Refused)
def _refused(refused: Refused) -> ResponseReturnValue:
    """A log-in that ended under the reader's hands (AUTH-005) must not cost what was typed."""
    if refused.code == "AUTH-005" and request.method == "POST":
        return _session_over()
    return error_pages.refused(refused)


@pages.errorhandler(CSRFError)
def _stale_token(error: CSRFError) -> ResponseReturnValue:
    """Logged in anew in another window: this page's token is the former log-in's, but its rows are still meant."""
    if viewer_or_nobody() is None:
        return _session_over()
    rows = row_forms(request.form)
    if rows and request.view_args:
        said = Said("todo", "登录已更新，没有执行任何操作；您填写的内容都还在，请再保存一次。", status=400)
        try:
            return _grid(request.view_args["import_id"], Asked(rows, said), page_number(request.form.get("page")))
        except Refused:
            pass
    return error_pages.forged(error)


def _session_over() -> ResponseReturnValue:
    typed = [] if in_dialog() else [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    body = render_template(
        "corrections/session_over.html", layout=layout(), typed=typed, action="" if in_dialog() else request.full_path
    )
    return make_response(body, 401)


def _correct(import_id: int, asked: Asked, only: str) -> None:
    """Judge the rows that were changed, or the one whose own button was pressed."""
    if only:
        asked.at = int(only) if only.isascii() and only.isdigit() and len(only) < 8 else None
        wanted = {number: row for number, row in asked.rows.items() if number == asked.at}
    else:
        wanted = {number: row for number, row in asked.rows.items() if row.changed}
    if not wanted:
        asked.said = Said("todo", "本页没有修改过的行，未提交。")
        return
    corrections = {number: row.cells for number, row in wanted.items()}
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        corrected = correct_rows(
            records,
            viewer(),
            import_id,
            corrections,
            now,
            as_seen=lambda row: version_of(shown(row.cells)) == wanted[row.row].version,
        )
    for number in corrected.outcomes:
        del asked.rows[number]  # as it is now, the row comes from the database
    asked.said = _told(corrected)


def _correct_repeated(import_id: int, asked: Asked, which: str) -> None:
    form = request.form
    name, typed = form.get(f"g{which}-column", ""), form.get(f"g{which}-typed", "")
    replacement = form.get(f"g{which}-replacement", _NOT_CHOSEN)
    if name not in set(Column) or replacement == _NOT_CHOSEN:
        asked.said = Said("todo", "请先选择要改成什么，再按【全部改为】。")
        asked.focus = f"g{which}"
        return
    column = Column(name)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        corrected = correct_repeated(records, viewer(), import_id, column, typed, replacement, now)
        held = {row.sheet_row for row in refused_rows(records, import_id, list(asked.rows))}
    told = f"“{column.text}”的“{typed or '空'}”"
    if corrected.more:
        told += f"已有 {len(corrected.outcomes):,} 行改为“{replacement or '空'}”，其余的请再按一次【全部改为】："
    else:
        told += f"已全部改为“{replacement or '空'}”："
    asked.said = _told(corrected, told)
    unsaved = {number: row for number, row in asked.rows.items() if row.changed and number in held}
    asked.rows = with_replacement(unsaved, column, typed, replacement)


def _told(corrected: Corrected, told: str = "") -> Said:
    """第 17 行已入册；第 23 行仍需修改."""
    outcomes, stale = corrected.outcomes, corrected.stale
    parts = []
    for words, wanted in _TOLD:
        if rows := [row for row, outcome in outcomes.items() if outcome in wanted]:
            parts.append(_in_words(rows) + words)
    if stale:
        parts.append(_in_words(stale) + "已在别处改过，本次没有保存，请核对后再保存")
    refused = stale or corrected.more or set(outcomes.values()) & TO_MEND
    code = "BAT-004" if stale else ""
    return Said("todo" if refused else "good", told + "；".join(parts) + "。", code, 409 if stale else 200)


def _in_words(rows: Iterable[int]) -> str:
    numbers = sorted(rows)
    return f"第 {named_rows(numbers[:_NAMED], len(numbers))}" + (" 行" if len(numbers) <= _NAMED else "")


def _grid(import_id: int, asked: Asked, page: int) -> ResponseReturnValue:
    code = request.args.get("code", "")
    try:
        taken, pages = _take(import_id, page, code)
    except Refused as refused:
        if error_pages.status_of(refused.code) != 409:
            raise
        say(text(refused.code, **refused.values), refused.code, tone="bad")  # undone or submitted meanwhile
        return go_to(url_for("imports.show_import", import_id=import_id))
    with reading() as records:
        seen = import_seen(records, viewer(), import_id, Action.WORK_ON_BATCH)
        repeated = {other_row(finding) for line in taken for finding in line.findings} - {0}
        people = people_of_rows(records, import_id, repeated)
        rows = [grid_row(line, asked.rows.get(line.row), people) for line in taken]
        body = result_page(
            records,
            seen,
            request.args,
            tab=GRID,
            template="corrections/grid.html",
            pages=pages,
            rows=rows,
            # Whoever turns the page has seen them, and to find them every wrong row is opened.
            mistakes=[group_line(one) for one in repeated_mistakes(records, seen.upload)] if pages.page == 1 else [],
            not_chosen=_NOT_CHOSEN,
            said=asked.said,
            focus=asked.focus or (first_wrong(rows, asked.at) if asked.said.message else ""),
            action=url_for("corrections.save", import_id=import_id, code=code or None),
        )
    return make_response(body, asked.said.status)


def _take(import_id: int, page: int, code: str) -> tuple[Sequence[CorrectionLine], Pages]:
    """One page of rows, or the last one where the page has emptied; numbers in full, so the view is written down."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)

        def take(page: int) -> CorrectionPage:
            return take_rows_to_correct(records, viewer(), import_id, now, page=page, size=ROWS_A_PAGE, code=code)

        taken = take(page)
        pages = Pages(page, ROWS_A_PAGE, taken.total)
        if page > pages.count:
            pages = Pages(pages.count, ROWS_A_PAGE, taken.total)
            taken = take(pages.page)
    return taken.lines, pages
