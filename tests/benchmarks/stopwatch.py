"""Wall time and processor time of a piece of work, its child processes included."""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, in seconds."""

    wall: float
    cpu: float
    """Of this process and of the children that it has waited for; not of a database server."""

    def as_data(self) -> dict[str, float]:
        """For JSON."""
        return {"wall": round(self.wall, 5), "cpu": round(self.cpu, 5)}


def time_once(work: Callable[[], object]) -> Took:
    """Do it and say how long it took. Rubbish of before is taken out first, so that nobody pays for another's."""
    gc.collect()
    cpu, wall = _cpu_seconds(), time.perf_counter()
    work()
    return Took(time.perf_counter() - wall, _cpu_seconds() - cpu)


def median(took: Iterable[Took]) -> Took:
    """The medians, of either time by itself."""
    all_of_them = list(took)
    return Took(
        statistics.median(each.wall for each in all_of_them), statistics.median(each.cpu for each in all_of_them)
    )


def _cpu_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
