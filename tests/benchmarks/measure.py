"""All measurements of `canbao bench`, one after the other, in a throw-away database."""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from models.records.database import reading
from tests.benchmarks.place import Place, throw_away_database
from web.commands.bench import PARTS


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything; small ones try whether the measurements work."""

    people: int = 5000
    register: int = 1_000_000
    runs: int = 5
    registers: Sequence[int] = (100_000, 1_000_000, 10_000_000)
    """Measured on PostgreSQL, for which the target is."""
    large_submission: int = 50_000
    group: int = 50_000
    roster: int = 100_000
    clerks: int = 20
    imports: int = 200
    """Over which memory is watched."""
    units: int = 20_000
    """Of a city, for the staff's page; with a hundred and fifty people and five jobs each."""


def measure(parts: Sequence[str], sizes: Sizes, say: Callable[[str], None]) -> dict[str, Any]:
    """The figures, times in seconds. AssertionError: something did not come out as it must, so that no time counts."""
    batches = 8 * (sizes.runs + 1) + 3 * sizes.runs + len(sizes.registers) + sizes.clerks + sizes.imports // 10 + 13
    logging.disable(logging.INFO)  # a web in this process would log its requests between the figures
    with throw_away_database(sizes.people, sizes.register, batches, say) as place:
        return {
            "database": _database(),
            "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
            "register": sizes.register,
            "people": sizes.people,
            "runs": sizes.runs,
        } | _figures(place, parts, sizes, say)


def _figures(place: Place, parts: Sequence[str], sizes: Sizes, say: Callable[[str], None]) -> dict[str, Any]:
    # These, and what they import, read the settings of the throw-away database.
    from config.settings import settings
    from tests.benchmarks import answers, clerks, growth, roster_pages, start
    from tests.benchmarks.city import City
    from tests.benchmarks.group import group
    from tests.benchmarks.imports import queue_upload, race
    from tests.benchmarks.staff import staff

    def of_answers() -> dict[str, Any]:
        return {
            "upload_answer": answers.upload_answer(place, sizes.runs),
            "progress_poll": answers.progress_poll(place),
            "marked_workbook": answers.report_workbook(sizes.people, sizes.runs),
            "check": answers.whole_check(place, settings().var, sizes.runs),
        }

    def of_memory() -> dict[str, Any]:
        jobs = [queue_upload(place).job_id for _ in range(sizes.runs)]
        return {
            "memory_megabytes": answers.import_memory(jobs),
            "memory_growth": growth.memory_growth(place, sizes.imports),
        }

    def of_registers() -> dict[str, Any]:
        if not settings().database_url:
            return {}
        return {"registers": growth.by_register(place, sizes.registers, sizes.runs, say)}

    def of_submissions() -> dict[str, Any]:
        return {
            "submission": answers.submission(place, queue_upload(place), sizes.runs),
            "large_submission": {
                "people": sizes.large_submission,
                "seconds": growth.large_submission(place, sizes.large_submission),
            },
        }

    def of_staff() -> dict[str, Any]:
        city = City(sizes.units, sizes.units * 150, sizes.units * 5, sizes.units // 10)
        return {"dashboard": staff(city, sizes.runs * 4, say)}

    measurements: dict[str, Callable[[], dict[str, Any]]] = {
        "import": lambda: race(place, sizes.runs).as_data(),
        "answers": of_answers,
        "memory": of_memory,
        "registers": of_registers,
        "submission": of_submissions,
        "group": lambda: {"group": group(place, sizes.group)},
        "roster": lambda: {"roster_pages": roster_pages.roster_pages(place, sizes.runs, sizes.roster)},
        "clerks": lambda: {"clerks": clerks.crowd(place, sizes.clerks)},
        "dashboard": of_staff,
        "start": lambda: {"second_start": start.second_start()},
    }
    figures: dict[str, Any] = {}
    for part in PARTS:
        if part in parts:
            say(f"Measuring: {part} …")
            figures |= measurements[part]()
    return figures


def _database() -> str:
    with reading() as session:
        dialect = session.get_bind().dialect
        query = "SHOW server_version" if dialect.name == "postgresql" else "SELECT sqlite_version()"
        version = str(session.execute(text(query)).scalar_one()).split()[0]
    return f"{ {'postgresql': 'PostgreSQL', 'sqlite': 'SQLite'}[dialect.name] } {version}"
