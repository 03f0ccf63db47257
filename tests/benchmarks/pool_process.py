"""How much memory a worker's pool process and its parser need: `python -m tests.benchmarks.pool_process JOB_ID…`.

Runs import jobs as a pool process does, with what a worker has imported and nothing else, and prints JSON. `--growth`:
what is resident after the first tenth of the jobs and at the end instead.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from celery.signals import worker_process_init

from tasks.app import app


class Descendants:
    """Looks again and again for the highest resident memory of the processes below this one.

    Each process tells its own peak (VmHWM); what wait() tells of a child includes its parent's size before exec.
    """

    def __init__(self) -> None:
        self.nursery_kilobytes = self.parser_kilobytes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Descendants:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.002):
            for child in filter(_is_nursery, _children("self")):
                self.nursery_kilobytes = max(self.nursery_kilobytes, peak_kilobytes(child))
                self.parser_kilobytes = max(self.parser_kilobytes, *map(peak_kilobytes, _children(child)), 0)


def peak_kilobytes(pid: int | str, figure: str = "VmHWM") -> int:
    """The peak, or another of the kernel's figures; 0 if there is no such process any more."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(figure)), 0)


def _is_nursery(pid: int) -> bool:
    """Whether a child is past its exec: until then it is as large as its parent."""
    try:
        return b"parser_nursery" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _children(pid: int | str) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        return [int(child) for task in tasks for child in task.read_text().split()]
    except OSError:
        return []


def main(job_ids: list[int], *, growth: bool) -> None:
    """Run the jobs one after the other and print megabytes."""
    app.loader.import_default_modules()
    worker_process_init.send(sender=None)
    told = _resident_over(job_ids) if growth else _peaks_of(job_ids)
    sys.stdout.write(json.dumps(told) + "\n")


def _peaks_of(job_ids: list[int]) -> dict[str, int]:
    from tasks.roster_import.job import import_roster

    with Descendants() as below:
        for job_id in job_ids:
            import_roster(job_id)
    peaks = {
        "pool_process": peak_kilobytes("self"),
        "nursery": below.nursery_kilobytes,
        "parser": below.parser_kilobytes,
    }
    return {process: kilobytes // 1024 for process, kilobytes in peaks.items()}


def _resident_over(job_ids: list[int]) -> dict[str, float]:
    from tasks.roster_import.job import import_roster

    resident = []
    for job_id in job_ids:
        import_roster(job_id)
        resident.append(peak_kilobytes("self", "VmRSS") / 1024)
    return {"first_tenth": round(resident[len(resident) // 10], 1), "end": round(resident[-1], 1)}


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:] if argument.isdigit()], growth="--growth" in sys.argv)
