"""What changes with size or time: the import as the register grows, a large submission, memory over many imports."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import func, select

from models.actions.check_roster import submit_at_once
from models.records.account import Account
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import writing
from models.records.person import put_on_roster, roster_entry
from models.rules.register import status_for
from tasks.demonstration import BEGINS_AT
from tasks.sample_people import fictitious_people
from tests.benchmarks.answers import ROOT, let_pass, seconds_of
from tests.benchmarks.imports import database_servers, import_now, queue_upload
from tests.benchmarks.place import Place
from tests.benchmarks.register import empty_register, fill_register, settle
from tests.benchmarks.stopwatch import time_once


def by_register(place: Place, sizes: Sequence[int], runs: int, say: Callable[[str], None]) -> dict[str, float]:
    """Seconds of an import, median, with so many claims registered, from the smallest on; `last_by_first` beside."""
    took: dict[str, float] = {}
    with writing() as session:
        empty_register(session)
    settle(compact=True)
    for size in sorted(sizes):
        say(f"Growing the register to {size:,} claims …")
        with writing() as session:
            registered = session.execute(select(func.count()).select_from(Claim)).scalar_one()
            fill_register(session, size - registered, _rivals(session), BEGINS_AT)
        settle()
        import_now(queue_upload(place))
        servers = database_servers()
        walls = [time_once(partial(import_now, queue_upload(place)), servers).wall for _ in range(runs)]
        took[str(size)] = round(statistics.median(walls), 4)
    first, *_, last = took.values()
    return took | {"last_by_first": round(last / first, 2)}


def large_submission(place: Place, people: int) -> float:
    """清册提交 of so many people: checks and claims, taken back afterwards."""
    batch_id, batch_no = place.next_batch()
    entries = [
        roster_entry(batch_id, person, status_for(person, None)[1]) for person in fictitious_people(people, 4711)
    ]
    with writing() as session:
        put_on_roster(session, entries)
    let_pass(batch_no)
    settle()

    class TakenBackError(Exception):
        pass

    def submit() -> None:
        try:
            with writing() as session:
                assert submit_at_once(session, place.viewer, batch_no, BEGINS_AT).passed
                raise TakenBackError
        except TakenBackError:
            return

    return seconds_of(1, submit)


def memory_growth(place: Place, imports: int) -> dict[str, Any]:
    """Resident megabytes of a pool process after the first tenth of so many imports, and at their end."""
    jobs = [
        queue_upload(place, repeat=bool(turn % 10), keep=turn % 10 != 9, days=turn // 10).job_id
        for turn in range(imports)
    ]
    command = [sys.executable, "-m", "tests.benchmarks.pool_process", "--growth", *map(str, jobs)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"imports": imports, "first_mb": told["first_tenth"], "last_mb": told["end"]}


def _rivals(session: Any) -> Batch:
    found: Batch = session.scalars(
        select(Batch).join(Account, Account.id == Batch.account_id).where(Account.email == "rival@demo.example")
    ).first()
    return found
