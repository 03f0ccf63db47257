"""Reads one file in a fresh process and measures that: what a file costs must not hide in what other tests cost."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tasks.workbook.reader import read_roster
from tasks.workbook.rejections import RosterRejected
from tests.hostile.yardstick import slowness

ROOT = Path(__file__).parents[2]
WORKER_MEGABYTES = 100
"""What a worker's pool process holds before it reads anything, with Celery and SQLAlchemy imported."""


class Measured(NamedTuple):
    """What became of a file and what it cost."""

    code: str
    """"" if it was read."""
    detail: str
    values: dict[str, int]
    people: int
    seconds: float
    """Of computing, in both processes, on an ordinary machine: what its neighbours do is not the file's fault."""
    parser_megabytes: int
    both_megabytes: int
    """Pool process and parser together, at most."""


def measure(content: bytes, folder: Path, max_people: int = 5000) -> Measured:
    """Read the file in a process that has read nothing before. Its time-out is also the test's."""
    path = folder / "measured.xlsx"
    path.write_bytes(content)
    command = [sys.executable, "-m", "tests.hostile.measured", str(path), str(max_people)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=True)
    told = json.loads(finished.stdout)
    own_megabytes = max(0, told.pop("own_growth_megabytes"))
    return Measured(both_megabytes=WORKER_MEGABYTES + own_megabytes + told["parser_megabytes"], **told)


def _tell(path: str, max_people: str) -> None:
    slow = slowness()
    before = resource.getrusage(resource.RUSAGE_SELF)
    told: dict[str, object] = {"code": "", "detail": "", "values": {}, "people": 0}
    try:
        told["people"] = len(read_roster(Path(path).read_bytes(), int(max_people)).rows)
    except RosterRejected as rejection:
        told |= {"code": rejection.code, "detail": rejection.detail, "values": rejection.values}
    own, parsers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    computed = (usage.ru_utime + usage.ru_stime for usage in (own, parsers))
    told["seconds"] = (sum(computed) - before.ru_utime - before.ru_stime) / ((slow + slowness()) / 2)
    told["parser_megabytes"] = parsers.ru_maxrss // 1024
    told["own_growth_megabytes"] = (own.ru_maxrss - before.ru_maxrss) // 1024
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    _tell(*sys.argv[1:])
