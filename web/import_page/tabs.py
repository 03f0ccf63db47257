"""The lower half of the result page: findings grouped by reason, row by row, who is enrolled already; after an undo
whom it took back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from config.messages import remedy, short, text_without_row
from models.queries.imports import FindingLine, ImportSeen, finding_groups, finding_page
from models.queries.undo import UndoLineSeen, undo_lines
from models.rules.findings import HINTS, Column, Outcome
from models.rules.plan import PlanYear
from web.import_page.result import estimate, named_rows, result
from web.paging import Pages, page_number

GRID = "grid"
"""The tab 在线修改, which has an address of its own."""
ROWS_A_PAGE = 50
CLAIMED = (Outcome.OCCUPIED, Outcome.ALREADY_ENROLLED)

_TABS = ("groups", "rows", "occupied", GRID)
_UNDO_TABS = ("kept", "removed", "restored")
_REASONS = {"edited": "导入后被编辑过", "later_import": "之后的导入也包含此人"}


def tab_values(
    records: Session, seen: ImportSeen, plan: PlanYear, tab: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """What the page of a finished import needs, of which a tab loads only its own rows."""
    undone = dict(seen.upload.undo_counts or {}) if seen.upload.undone_at else {}
    tab = _tab(tab, undone)
    groups = finding_groups(records, seen.upload.id)
    code = query.get("code", "")
    code = code if any(group.code == code for group in groups) else ""
    page = page_number(query.get("page"))
    values: dict[str, Any] = {
        "result": result(seen),
        "estimate": None if undone else estimate(seen.upload.estimate, plan),
        "tab": tab,
        "undone": undone,
        "groups": [
            {
                "code": group.code,
                "reason": short(group.code),
                "rows": group.rows,
                "remedy": remedy(group.code) or "无需处理",
                "row_words": named_rows(group.first_rows, group.rows),
                "hint": group.code in HINTS,
            }
            for group in groups
        ],
        "findings": sum(group.rows for group in groups),
        "hints_given": sum(group.rows for group in groups if group.code in HINTS),
        "claimed": sum((seen.upload.counts or {}).get(outcome, 0) for outcome in CLAIMED),
        "finding_code": code,
        "finding_reason": short(code) if code else "",
    }
    if tab in _UNDO_TABS:
        taken, total = undo_lines(records, seen.upload, page=page, size=ROWS_A_PAGE, result=tab)
        values["pages"] = Pages(page, ROWS_A_PAGE, total)
        values["lines"] = [undo_line(line) for line in taken]
    elif tab in {"rows", "occupied"}:
        found = finding_page(
            records,
            seen.upload.id,
            page=page,
            size=ROWS_A_PAGE,
            outcomes=CLAIMED if tab == "occupied" else (),
            code=code if tab == "rows" else "",
        )
        values["pages"] = Pages(page, ROWS_A_PAGE, found.total)
        values["lines"] = [_line(line) for line in found.lines]
    return values


def undo_line(line: UndoLineSeen) -> dict[str, Any]:
    """One person of an undo, and why somebody is kept."""
    reason = _REASONS.get(line.reason or "", "")
    receipt = f"（回执 {line.later_receipt_no}）" if line.later_receipt_no else ""
    return {"row": line.sheet_row, "name": line.name, "reason": reason + receipt}


def _tab(tab: str, undone: Mapping[str, int]) -> str:
    """The tab that was asked for, or the first one that has something to say."""
    if tab in (*_UNDO_TABS, *_TABS) if undone else tab in _TABS:
        return tab
    return next((name for name in _UNDO_TABS if undone.get(name)), "groups")


def _line(line: FindingLine) -> dict[str, Any]:
    own, strangers = line.code == "REG-004", line.code in {"REG-002", "REG-003"}
    return {
        "row": line.row,
        "name": line.name or "（空）",
        "column": _column(line.column) if line.column else "–",
        "typed": line.typed or "（空）",
        "message": text_without_row(line.code, row=line.row, **line.values),
        "remedy": remedy(line.code) or "无需处理",
        "code": line.code,
        "hint": line.code in HINTS or own,
        "batch": line.values.get("batch", ""),
        "unit": "" if own else line.values.get("unit", "与登记不一致，不显示单位" if strangers else "–"),
        "enrolled_on": line.values.get("enrolled_on", "–"),
        "contact": "本单位" if own else _contact(line.values),
    }


def _column(column: Column) -> str:
    """C 证件号码: with the letter that the spreadsheet program shows above it."""
    return f"{'ABCDEFG'[list(Column).index(column)]} {column.text}"


def _contact(values: Mapping[str, str | int]) -> str:
    return f"{values['handler']} {values['phone']}".strip() if "handler" in values else "–"
