"""`canbao check`: the whole import without server or database, by the same rules, for HR staff and scripts.

Nothing here may import a web framework, a database or a spreadsheet library: 5000 people take less than a second.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import click

from config import messages
from config.clock import SHANGHAI
from config.plans import PlanUnreadable, plan_data
from models.rules.coverage import Coverage, coverage, reference_date
from models.rules.eligibility import over_age
from models.rules.estimate import CountedAs, Headcount, counts_as
from models.rules.findings import Finding, Outcome
from models.rules.person import Person, mask_id_no, mask_typed
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.plan_fields import PlanInvalid
from models.rules.pricing import charge_fen, quote
from models.rules.refusal import Refused
from models.rules.register import status_for
from models.rules.roster import MAX_FILE_BYTES, CheckedRow, check_rows, mark_duplicates
from tasks.workbook.reader import read_roster
from tasks.workbook.rejections import RosterRejected, TooManyPeople

Json = dict[str, Any]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Question:
    """What a file is checked for."""

    plan: PlanYear
    enrolment_type: EnrolmentType
    projects: tuple[str, ...]
    submitted_on: date
    """The business date of receipt."""

    @property
    def reference(self) -> date:
        """The day on which ages are judged."""
        return reference_date(self.plan, self.enrolment_type, self.submitted_on)


@dataclass(slots=True)
class Stopwatch:
    """How long each step took, in seconds."""

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, step: str, work: Callable[[], _Result]) -> _Result:
        """Do the work of a step and note its time."""
        start = perf_counter()
        try:
            return work()
        finally:
            self.seconds[step] = round(perf_counter() - start, 4)


def _plan(_context: click.Context, _parameter: click.Parameter, value: str) -> PlanYear:
    try:
        return PlanYear.from_data(plan_data(value))
    except (PlanUnreadable, PlanInvalid) as error:
        raise click.BadParameter(str(error)) from error


def _projects(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(code for code in (part.strip().upper() for part in value.replace("，", ",").split(",")) if code)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--plan", required=True, metavar="YEAR|FILE", callback=_plan, help="Plan year, or a TOML file with one.")
@click.option("--type", "enrolment_type", required=True, type=click.Choice([each.value for each in EnrolmentType]))
@click.option("--projects", required=True, metavar="A0,B0,…", callback=_projects, help="The unit's selection.")
@click.option(
    "--submitted-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day on which the roster is submitted. Default: today for instant, the start of cover for central.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def check(
    context: click.Context,
    *,
    file: Path,
    plan: PlanYear,
    enrolment_type: str,
    projects: tuple[str, ...],
    submitted_on: datetime | None,
    as_json: bool,
) -> None:
    """Read, validate and price a roster, and find its duplicates.

    Exit status: 0 all rows accepted and a premium formed, 1 some rows not or no premium, 2 the file is refused or the
    arguments are wrong.
    """
    kind = EnrolmentType(enrolment_type)
    day = submitted_on.date() if submitted_on else _default_day(plan, kind)
    try:
        report = check_file(file, Question(plan, kind, projects, day))
    except OSError as error:
        raise click.BadParameter(f"cannot read {file}: {error.strerror}", param_hint="FILE") from error
    if as_json:
        # UTF-8 whatever the terminal's; a lone surrogate becomes the JSON escape it needs to be.
        click.echo(json.dumps(report, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    else:
        from web.commands.check_report import print_rejected, print_report

        (print_rejected if "rejected" in report else print_report)(report)
    context.exit(exit_status(report))


def exit_status(report: Json) -> int:
    """0, 1 or 2 for a report of `check_file`."""
    if "rejected" in report:
        return 2
    counts = report["counts"]
    return 1 if counts["invalid"] or counts["duplicate"] or "code" in report["premium"] else 0


def check_file(file: Path, question: Question) -> Json:
    """The report of INTERFACES 2, `check --json`: with `rejected` if the file is refused as a whole."""
    content, sha256 = _read(file)
    about: Json = {"name": file.name, "sha256": sha256, "rows": None}
    watch = Stopwatch()
    try:
        roster = watch.time("read", lambda: read_roster(content, question.plan.roster_import_max_rows))
    except RosterRejected as error:
        if isinstance(error, TooManyPeople):
            about["rows"] = error.values["n"]
        return {"file": about, "rejected": _refusal(error.code, error.values) | {"detail": error.detail}}
    about["rows"] = len(roster.rows)
    cover, closed = _cover(question)
    plan, reference = question.plan, question.reference
    rows = watch.time("validate", lambda: list(check_rows(roster.rows, plan, question.submitted_on, reference)))
    watch.time("dedupe", lambda: mark_duplicates(rows))
    heads, premium, people = watch.time("price", lambda: _priced(question, rows, cover, closed))
    outcomes = Counter(row.outcome for row in rows)
    return {
        "file": about,
        "plan": plan.plan_year,
        "type": question.enrolment_type.value,
        "projects": list(question.projects),
        "coverage_start": cover.start.isoformat() if cover else None,
        "coverage_end": cover.end.isoformat() if cover else None,
        "half_price": cover.half_price if cover else None,
        "counts": {
            "accepted": len(people),
            "invalid": outcomes[Outcome.INVALID],
            "duplicate": outcomes[Outcome.DUPLICATE],
        },
        "findings": [_finding(finding) for row in rows for finding in row.findings],
        "people": people,
        "premium": premium,
        "notices": _notices(heads),
        "notes_ignored": roster.notes_ignored,
        "seconds": watch.seconds,
    }


def _read(file: Path) -> tuple[bytes, str]:
    """The content, cut off where it is too long to be read anyway, and the hash of all of it."""
    with file.open("rb") as source:
        content = source.read(MAX_FILE_BYTES + 1)
        digest = hashlib.sha256(content)
        while block := source.read(1 << 20):
            digest.update(block)
    return content, digest.hexdigest()


def _default_day(plan: PlanYear, enrolment_type: EnrolmentType) -> date:
    return plan.coverage_start if enrolment_type is EnrolmentType.CENTRAL else datetime.now(SHANGHAI).date()


def _cover(question: Question) -> tuple[Coverage | None, Refused | None]:
    try:
        return coverage(question.plan, question.enrolment_type, question.submitted_on), None
    except Refused as refused:
        return None, refused


def _priced(
    question: Question, rows: list[CheckedRow], cover: Coverage | None, closed: Refused | None
) -> tuple[Headcount, Json, list[Json]]:
    """Who is counted how, the premium or why there is none, and the accepted people, each with their charge."""
    plan, projects, reference = question.plan, question.projects, question.reference
    accepted = [(row, row.person) for row in rows if row.outcome is None and row.person is not None]
    old = [over_age(person.birth, person.sex, reference, plan) for _, person in accepted]
    heads = Headcount.of(Counter(map(_counted, (person for _, person in accepted), old)))
    charges: dict[bool, int] = {}
    try:
        if cover is None:
            raise closed or AssertionError("a window is either open or closed")
        formed = quote(projects, heads.insured, heads.others, plan, cover.half_price, cover=cover)
        charges = {has_si: charge_fen(projects, has_si, plan, cover.half_price) for has_si in (True, False)}
        premium = formed.as_data()
        premium["notices"] = [
            each.as_data() | {"message": messages.text(each.code, **each.values)} for each in formed.notices
        ]
    except Refused as refused:
        premium = _refusal(refused.code, refused.values)
    people = [_person(row, person, is_old, charges) for (row, person), is_old in zip(accepted, old, strict=True)]
    return heads, premium, people


def _counted(person: Person, is_old: bool) -> CountedAs:
    """As the import counts somebody whom no register knows."""
    _, status, _ = status_for(person, None)
    return counts_as(status, is_old)


def _person(row: CheckedRow, person: Person, is_old: bool, charges: dict[bool, int]) -> Json:
    return {
        "row": row.row,
        "name": person.name,
        "id_type": person.id_type.value,
        "id_no": mask_id_no(person.id_no),
        "birth": person.birth.isoformat(),
        "sex": person.sex.value,
        "has_si": person.has_si,
        "over_age": is_old,
        "charge_fen": charges.get(person.has_si),
    }


def _notices(heads: Headcount) -> list[Json]:
    """VAL-005: accepted here, and refused when the roster is submitted."""
    return [{"code": "VAL-005", "people": heads.waiting}] if heads.waiting else []


def _finding(finding: Finding) -> Json:
    return {
        "row": finding.row,
        "column": finding.column,
        "code": finding.code,
        "typed": mask_typed(finding.column, finding.typed),
        "message": messages.text(finding.code, **{"row": finding.row, **finding.values}),
        "remedy": messages.remedy(finding.code),
    }


def _refusal(code: str, values: dict[str, int] | dict[str, str | int]) -> Json:
    return {"code": code, "message": messages.text(code, **values)}
