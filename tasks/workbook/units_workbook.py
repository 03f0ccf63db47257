"""尚未完成的单位 as a workbook, for whoever calls them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from config.clock import SHANGHAI
from models.actions.export_units import UnitsExport
from models.queries.dashboard_units import UnitLine, every_unfinished_unit
from models.rules.permissions import Action, Scope, scope
from tasks.workbook.one_moment import reading_one_moment
from tasks.workbook.text_workbook import TextColumn, text_workbook

COLUMNS = (
    TextColumn("工委", 20),
    TextColumn("参保编码", 12),
    TextColumn("单位名称", 40),
    TextColumn("停在", 14),
    TextColumn("参保批次", 20),
    TextColumn("人数", 10, whole=True),
    TextColumn("上年人数", 10, whole=True),
    TextColumn("应缴保费（元）", 16, amount=True),
    TextColumn("最近操作", 18),
    TextColumn("最近提醒", 18),
)
_HANDLER = TextColumn("经办人", 12)


def units_workbook_stream(export: UnitsExport) -> Iterator[bytes]:
    """The workbook's bytes, all units from one moment; who reads totals only gets no handler's name (DOMAIN 2)."""
    named = scope(export.viewer.role, Action.READ_BATCH) is not Scope.UNITS_BELOW_TOTALS
    columns = (*COLUMNS, _HANDLER) if named else COLUMNS
    with reading_one_moment() as session:
        lines = every_unfinished_unit(session, export.viewer, export.year, export.before, export.filters)
        yield from text_workbook("尚未完成的单位", columns, (_cells(line, named=named) for line in lines))


def _cells(line: UnitLine, *, named: bool) -> tuple[str, ...]:
    cells = (
        line.union,
        line.code,
        line.unit,
        line.stage.text,
        line.batch_no,
        "已清除" if line.people is None else str(line.people) if line.batch_no else "",
        "" if line.batch_no else str(line.people_last_year or ""),
        "" if line.total_fen is None else f"{line.total_fen // 100}.{line.total_fen % 100:02d}",
        _moment(line.updated_at),
        _moment(line.reminded_at),
    )
    return (*cells, line.handler) if named else cells


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""
