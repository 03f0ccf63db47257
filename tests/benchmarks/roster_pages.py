"""Pages of a roster of 100,000 people: every filter, the first, a middle and the last page, as the server's time."""

from __future__ import annotations

import json
import re
import statistics
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import update

from models.records.batch import Batch
from models.records.database import writing
from models.records.person import put_on_roster, roster_entry
from models.rules.person import IdType, Person, Sex
from models.rules.register import status_for
from tasks.demonstration import BEGINS_AT
from tasks.sample_people import fictitious_person, resident_number
from tests.benchmarks.imports import database_servers
from tests.benchmarks.place import Place, throw_away_database
from tests.benchmarks.register import settle
from tests.benchmarks.stopwatch import Took, median, time_once

PEOPLE = 100_000
PAGE_SIZE = 100
HOME = "310100"
"""Where two of five people come from: the most that a filter by the first six characters leaves."""
_DAYS, _SEED, _PASSPORTS = 15_000, 77, 17
_FIRST_BIRTH = date(1958, 1, 1)

FILTERS: dict[str, dict[str, str]] = {
    "nobody is left out": {},
    "name, one character": {"name": "王"},
    "name, nobody": {"name": "无此姓"},
    "number, whole": {"id_no": "whole"},
    "number, 6 characters": {"id_no": HOME},
    "number, 8 characters": {"id_no": HOME + "19"},
    "number, 10 characters": {"id_no": HOME + "1985"},
    "number, 14 characters": {"id_no": HOME + "19850612"},
    "number, 17 characters": {"id_no": "all but the last"},
    "number of a passport, 7 characters": {"id_no": "E000123"},
    "unit's code, whole": {"si": "31010001"},
    "unit's code, 6 characters": {"si": "310100"},
    "in service": {"employment": "in_service"},
    "retired": {"employment": "retired"},
    "neither": {"employment": "unknown"},
    "over age": {"over_age": "true"},
    "not over age": {"over_age": "false"},
    "several together": {"name": "王", "employment": "in_service", "over_age": "false", "si": "310100"},
}


@dataclass(frozen=True, slots=True)
class PageTook:
    """One filter and page, and what each run took."""

    filter: str
    page: int
    runs: list[Took]

    def __str__(self) -> str:
        return f"{self.filter}, page {self.page}"


def roster_pages(place: Place, runs: int, people: int = PEOPLE) -> dict[str, Any]:
    """Fill a batch of the place's and read its pages. Each p95 is over all filters, pages and runs.

    Processor time tells more on a machine that does other work; PostgreSQL's parallel workers are not in it.
    """
    batch_no = fill(place, people)
    settle()
    took = list(_every_page(place, batch_no, runs))
    slowest = max(took, key=lambda one: median(one.runs).wall)
    return {
        "people": people,
        "pages": len(took),
        "median_seconds": round(statistics.median(run.wall for one in took for run in one.runs), 4),
        "p95_seconds": _p95(run.wall for one in took for run in one.runs),
        "p95_cpu_seconds": _p95(run.cpu for one in took for run in one.runs),
        "slowest": str(slowest),
        "slowest_seconds": round(median(slowest.runs).wall, 4),
        "filters": {str(one): median(one.runs).as_data() for one in took},
    }


def fill(place: Place, people: int) -> str:
    """So many people on an empty batch's roster; returns its number."""
    batch_id, batch_no = place.next_batch()
    entries = [
        roster_entry(batch_id, person, status_for(person, None)[1], si_unit_code=f"3101000{number % 3}")
        for number, person in enumerate(_people(people))
    ]
    with writing() as session:
        put_on_roster(session, entries)
        session.execute(update(Batch).where(Batch.id == batch_id).values(roster_version=1, updated_at=BEGINS_AT))
    return batch_no


def _people(people: int) -> Iterator[Person]:
    for number in range(people):
        drawn = fictitious_person(_SEED, number, id_type=IdType.RESIDENT_ID)
        birth = _FIRST_BIRTH + timedelta(days=number * 7919 % _DAYS)
        if number % _PASSPORTS == 0:
            yield Person(drawn.name, IdType.PASSPORT, f"E{number:08d}", birth, drawn.sex, drawn.mobile, drawn.has_si)
            continue
        address = HOME if number % 5 < 2 else f"{HOME[:3]}{number % 100:03d}"
        sequence = number // _DAYS * 2 + (drawn.sex is Sex.MALE)
        id_no = resident_number(address, birth, sequence)
        yield Person(drawn.name, IdType.RESIDENT_ID, id_no, birth, drawn.sex, drawn.mobile, drawn.has_si)


def _somebody() -> str:
    return next(person.id_no for number, person in enumerate(_people(60)) if number == 50)


def _every_page(place: Place, batch_no: str, runs: int) -> Iterator[PageTook]:
    browser = _signed_in(place)
    whole = _somebody()
    numbers = {"whole": whole, "all but the last": whole[:-1]}
    servers = database_servers()
    for name, asked in FILTERS.items():
        form = asked | {"size": str(PAGE_SIZE)}
        if "id_no" in form:
            form["id_no"] = numbers.get(form["id_no"], form["id_no"])
        # the filter form answers with the address of what was found, whatever was asked for
        address = browser.post(f"/batches/{batch_no}/roster/search", data=form).location
        last = max(-(-_found(browser.get(address).get_data(as_text=True)) // PAGE_SIZE), 1)
        for page in sorted({1, max(last // 2, 1), last}):
            open_page = partial(_open, browser, f"{address}&page={page}")
            open_page()
            yield PageTook(name, page, [time_once(open_page, servers) for _ in range(runs)])


def _signed_in(place: Place) -> FlaskClient:
    from web.app import create_app

    web = create_app()
    web.config["WTF_CSRF_ENABLED"] = False
    browser = web.test_client()
    browser.post("/log-in", data={"email": place.viewer.email, "password": place.password})
    return browser


def _open(browser: FlaskClient, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.status


def _found(page: str) -> int:
    found = re.search(r"共 ([\d,]+) 条", page)
    return int(found[1].replace(",", "")) if found else 0


def _p95(seconds: Iterable[float]) -> float:
    in_order = sorted(seconds)
    return round(in_order[-(-len(in_order) * 95 // 100) - 1], 4)


def main() -> None:
    """These pages alone: `python -m tests.benchmarks.roster_pages [PEOPLE_IN_OTHER_BATCHES RUNS]`."""
    others, runs = [int(given) for given in sys.argv[1:3]] or [400_000, 5]
    with throw_away_database(300, others, 2, lambda line: print(line, file=sys.stderr)) as place:  # noqa: T201 -- a command
        print(json.dumps(roster_pages(place, runs), indent=1, ensure_ascii=False))  # noqa: T201 -- its answer


if __name__ == "__main__":
    main()
