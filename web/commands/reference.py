"""`canbao reference`: the association's reference data, from files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.commands.output import answer, json_option

if TYPE_CHECKING:
    from models.records.reference_tables import ReferenceTable
    from web.commands.long_work import Report

TABLES = ("si-people", "si-units", "history")
REPORT_EVERY = 1000


@click.group()
def reference() -> None:
    """Reference data: the social-insurance register and earlier rosters."""


@reference.command()
@click.argument("table", type=click.Choice(TABLES))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", "replace_all", is_flag=True, help="Remove what the file lacks: it is the whole table.")
@json_option
def load(table: str, file: Path, replace_all: bool, as_json: bool) -> None:
    """Load FILE, CSV in UTF-8 headed by the columns' names; a line takes the place of an earlier one of the same key.

    \b
    si-people  id_type,id_no,name,personal_si_no,si_unit_code,status,as_of
    si-units   si_unit_code,in_service_total,as_of
    history    enrolment_code,plan_year,name,id_type,id_no,birth,sex,mobile,has_si,si_unit_code,personal_si_no

    id_type is 身份证 or 护照, status 在职 or 退休, sex 男 or 女, has_si 是 or 否; dates like 2020-04-01. A wrong line
    refuses the whole file and is named by its number.
    """
    from config.clock import local_date
    from models.actions.load_reference import DoubledLineError, KeysChangedError
    from models.records.business_clock import business_now
    from models.records.database import reading
    from models.records.reference_tables import REFERENCE_TABLES
    from tasks.reference_file import load_reference
    from web.commands.endings import explained
    from web.commands.long_work import progress

    kind = REFERENCE_TABLES[table]
    with explained():
        with reading() as session:
            today = local_date(business_now(session))
        try:
            size, lines = file.stat().st_size, max(1, _lines_at_most(file))
            with progress("Loading", 2 * size) as report:  # one half is reading, the other storing
                loaded = load_reference(
                    kind,
                    _judged(file, kind, today, report),
                    lambda stored: report(size + size * stored // lines),
                    replace_all=replace_all,
                )
        except (_FileWrongError, DoubledLineError) as wrong:
            raise click.UsageError(f"{file}: {wrong}; nothing was changed") from wrong
        except KeysChangedError as meanwhile:
            raise click.ClickException(str(meanwhile)) from meanwhile
    line = f"Loaded {loaded.lines} lines into {table}" + (f", removed {loaded.removed} others" if replace_all else "")
    answer({"table": table, "lines": loaded.lines, "removed": loaded.removed}, f"{line}.", as_json=as_json)


class _FileWrongError(ValueError):
    """Where the file can't be used, and why; never with a cell's text."""


def _judged(file: Path, table: ReferenceTable, today: date, report: Report) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The lines as rows, one after the other. _FileWrongError: the first one that is none."""
    from models.rules.reference import LineWrongError

    with file.open("rb") as content:
        reader = csv.reader(io.TextIOWrapper(content, encoding="utf-8-sig", newline=""), strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            _refuse_other_header(header, table)
            for number, cells in enumerate(reader):
                if not cells:
                    continue
                if len(cells) != len(header):
                    raise _FileWrongError(f"line {reader.line_num}: {len(cells)} cells instead of {len(header)}")
                named: Mapping[str, str] = dict(zip(header, cells, strict=True))
                yield reader.line_num, table.read(named, today)
                if number % REPORT_EVERY == 0:
                    report(content.tell())
        except LineWrongError as wrong:
            raise _FileWrongError(f"line {reader.line_num}, column {_explained(str(wrong))}") from wrong
        except UnicodeDecodeError as wrong:
            raise _FileWrongError(f"after line {reader.line_num}: not UTF-8") from wrong
        except csv.Error as wrong:
            raise _FileWrongError(f"line {reader.line_num}: not CSV") from wrong
    report(file.stat().st_size)


def _refuse_other_header(header: list[str], table: ReferenceTable) -> None:
    if sorted(header) != sorted(table.columns):
        raise _FileWrongError(f"line 1: the header must be {','.join(table.columns)}")


def _explained(reason: str) -> str:
    """With the sentence of a code, which every message of the catalogue has."""
    from config.messages import short

    column, _, code = reason.partition(": ")
    return f"{column}: {code} {short(code)}" if code.startswith(("IDN-", "COD-")) else reason


def _lines_at_most(file: Path) -> int:
    """The file's line ends, counted in one pass."""
    with file.open("rb") as content:
        return sum(block.count(b"\n") for block in iter(lambda: content.read(2**20), b""))
