"""Twenty clerks at once, with real processes: how soon each is answered, everything is done, other pages come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from config.settings import settings
from tests.benchmarks.place import Place
from tests.conftest import Valkey
from tests.faults.processes import Web, Worker
from tests.load.many_clerks import Clerk, many_clerks, p95
from tests.records import a_roster

SMALL = 12
QUEUES = {
    "small": "roster.small,calendar,upkeep",
    "large": "roster.large,roster.small,calendar,upkeep",
}


def crowd(place: Place, clerks: int) -> dict[str, Any]:
    """So many uploads of the place's number of people at once, and a small one last; in seconds."""
    people = place.sample.people
    large = [_clerk(place, people, 100 + number) for number in range(clerks)]
    small, looking = _clerk(place, SMALL, 1), _clerk(place, SMALL, 2)
    with _town(settings().var / "crowd") as url:
        load = many_clerks(url, large, small, looking)
    return {
        "clerks": clerks,
        "upload_answer_p95": round(p95(load.upload_answers), 4),
        "pages_p95": round(p95(load.pages), 4),
        "pages": len(load.pages),
        "small_done": round(load.small_done, 3),
        "last_done": round(load.last_done, 2),
    }


def _clerk(place: Place, people: int, seed: int) -> Clerk:
    _, batch_no = place.next_batch()
    return Clerk(place.viewer.email, place.password, batch_no, a_roster(people, seed, "0.02"))


@contextmanager
def _town(folder: Path) -> Iterator[str]:
    """Valkey, the web and the two workers of one machine; yields the web's address."""
    folder.mkdir()
    with ExitStack() as running:
        valkey = Valkey(folder / "valkey")
        running.callback(valkey.kill)
        valkey.start()
        for name, queues in QUEUES.items():
            # Workers that are killed leave what they keep in the temporary folder.
            worker = Worker(name, folder, queues=queues, REDIS_URL=valkey.url, TMPDIR=str(folder))
            running.callback(worker.kill)
            worker.wait_until_ready()
        web = Web("web", folder, REDIS_URL=valkey.url)
        running.callback(web.kill)
        web.wait_until_ready()
        yield f"http://127.0.0.1:{web.port}"
