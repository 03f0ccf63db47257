"""`canbao reference`: the association's reference data, from files."""

from __future__ import annotations

from pathlib import Path

import click

from web.commands.output import answer, json_option

TABLES = ("si-people", "si-units", "history")


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
    from tasks.reference_csv import FileWrongError, judged_lines
    from tasks.reference_file import load_reference
    from web.commands.endings import explained
    from web.commands.long_work import progress

    kind = REFERENCE_TABLES[table]
    with explained():
        with reading() as session:
            today = local_date(business_now(session))
        try:
            size, lines = file.stat().st_size, max(1, _lines_at_most(file))
            # One half is reading, the other storing.
            with progress("Loading", 2 * size) as report, file.open("rb") as content:
                loaded = load_reference(
                    kind,
                    judged_lines(content, kind, today, report),
                    lambda stored: report(size + size * stored // lines),
                    replace_all=replace_all,
                )
        except (FileWrongError, DoubledLineError) as wrong:
            raise click.UsageError(f"{file}: {_explained(wrong)}; nothing was changed") from wrong
        except KeysChangedError as meanwhile:
            raise click.ClickException(str(meanwhile)) from meanwhile
    line = f"Loaded {loaded.lines} lines into {table}" + (f", removed {loaded.removed} others" if replace_all else "")
    answer({"table": table, "lines": loaded.lines, "removed": loaded.removed}, f"{line}.", as_json=as_json)


def _explained(wrong: Exception) -> str:
    """With the sentence of a code, which every message of the catalogue has."""
    from config.messages import short
    from tasks.reference_csv import FileWrongError

    if isinstance(wrong, FileWrongError) and wrong.reason.startswith(("IDN-", "COD-")):
        return f"{wrong} {short(wrong.reason)}"
    return str(wrong)


def _lines_at_most(file: Path) -> int:
    """The file's line ends, counted in one pass."""
    with file.open("rb") as content:
        return sum(block.count(b"\n") for block in iter(lambda: content.read(2**20), b""))
