"""Runs `canbao check` on real workbooks, for the tests of it."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from models.rules.person import Person
from tasks.sample_people import fictitious_people
from tasks.sample_roster import sheet_cells
from tasks.workbook.template import WrittenCell, write_roster
from web.commands.main import canbao

CENTRAL = ("--plan", "2020", "--type", "central", "--projects", "A0,B0,C0")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(canbao, ["check", *(str(argument) for argument in arguments)])


def report_of(*arguments: object) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    return report


def written(folder: Path, rows: Iterable[list[WrittenCell]]) -> Path:
    path = folder / "roster.xlsx"
    write_roster(rows, path)
    return path


def of_people(folder: Path, people: Iterable[Person]) -> Path:
    return written(folder, (sheet_cells(person, full=False) for person in people))


def roster(folder: Path, si_people: int, other_people: int) -> Path:
    people = fictitious_people(si_people + other_people, 1)
    return of_people(folder, (replace(person, has_si=number < si_people) for number, person in enumerate(people)))
