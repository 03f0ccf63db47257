"""All measurements of `canbao bench`, one after the other, in a throw-away database."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from models.records.database import reading
from tests.benchmarks.place import Place, throw_away_database


def measure(register: int, people: int, runs: int, say: Callable[[str], None]) -> dict[str, Any]:
    """The figures, times in seconds. AssertionError: something did not come out as it must, so that no time counts."""
    batches = 4 * (runs + 1) + runs + 4
    with throw_away_database(people, register, batches, say) as place:
        return {
            "database": _database(),
            "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
            "register": register,
            "people": people,
            "runs": runs,
        } | _figures(place, runs, say)


def _figures(place: Place, runs: int, say: Callable[[str], None]) -> dict[str, Any]:
    from config.settings import settings  # these and what they import read the settings of the throw-away database
    from tests.benchmarks import answers
    from tests.benchmarks.imports import queue_upload, race

    say("Importing, in turns with the floor …")
    figures = race(place, runs).as_data()
    say("Measuring answers, workbooks and memory …")
    return figures | {
        "upload_answer": answers.upload_answer(place, runs),
        "progress_poll": answers.progress_poll(place),
        "submission": answers.submission(place, queue_upload(place), runs),
        "marked_workbook": answers.report_workbook(place.sample.people, runs),
        "check": answers.whole_check(place, settings().var, runs),
        "memory_megabytes": answers.import_memory([queue_upload(place).job_id for _ in range(runs)]),
    }


def _database() -> str:
    with reading() as session:
        dialect = session.get_bind().dialect
        query = "SHOW server_version" if dialect.name == "postgresql" else "SELECT sqlite_version()"
        version = str(session.execute(text(query)).scalar_one()).split()[0]
    return f"{ {'postgresql': 'PostgreSQL', 'sqlite': 'SQLite'}[dialect.name] } {version}"
