"""Wall time and processor time of a piece of work, with the processes that work for it."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, in seconds."""

    wall: float
    cpu: float
    """Of this process, its children and theirs, and of a database's server processes if they run on this machine."""

    def as_data(self) -> dict[str, float]:
        """For JSON."""
        return {"wall": round(self.wall, 4), "cpu": round(self.cpu, 4)}


def time_once(work: Callable[[], object], servers: Iterable[int] = ()) -> Took:
    """Do it and say how long it took. Rubbish of before is taken out first, so that nobody pays for another's.

    `servers` are process ids of a database's servers. Their time, and that of children, is told in hundredths of a
    second by most systems.
    """
    watched = list(servers)
    gc.collect()
    cpu, wall = _cpu_seconds(watched), time.perf_counter()
    work()
    return Took(time.perf_counter() - wall, _cpu_seconds(watched) - cpu)


def median(took: Iterable[Took]) -> Took:
    """The medians, of either time by itself."""
    all_of_them = list(took)
    return Took(
        statistics.median(each.wall for each in all_of_them), statistics.median(each.cpu for each in all_of_them)
    )


def _cpu_seconds(servers: Iterable[int]) -> float:
    """Children that live on, like a process that is kept to fork others, count with what they have waited for."""
    own = os.times()
    waited_for = own.children_user + own.children_system
    return time.process_time() + waited_for + sum(map(_of_process, (*_children(), *servers)))


def _children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def _of_process(pid: int) -> float:
    """User and system time of a process and of the children it has waited for; 0 where nobody tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) * _TICK_SECONDS
