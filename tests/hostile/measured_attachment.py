"""Makes one attachment safe in a fresh process and measures that, as `measured.py` does with a roster."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from models.rules.refusal import Refused
from tasks.attachment.safe_file import safe_file
from tests.hostile.measured import ROOT, WORKER_MEGABYTES
from tests.hostile.yardstick import slowness


class Measured(NamedTuple):
    """What became of a file and what it cost."""

    code: str
    """"" if it may be stored."""
    stored: bytes
    kind: str
    seconds: float
    """Of computing, in both processes, on an ordinary machine."""
    megabytes: int
    """Of both together, at most."""


def measure(content: bytes, folder: Path, name: str = "回单.jpg") -> Measured:
    """Make the file safe in a process that has done nothing before."""
    path, stored = folder / "measured", folder / "stored"
    path.write_bytes(content)
    command = [sys.executable, "-m", "tests.hostile.measured_attachment", str(path), str(stored), name]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=True)
    told = json.loads(finished.stdout.splitlines()[-1])
    return Measured(stored=b"" if told["code"] else stored.read_bytes(), **told)


def _tell(path: str, stored: str, name: str) -> None:
    content, slow = Path(path).read_bytes(), slowness()
    before = resource.getrusage(resource.RUSAGE_SELF)
    code, kind = "", ""
    try:
        made = safe_file(name, content)
        kind = made.kind
        Path(stored).write_bytes(made.content)
    except Refused as refused:
        code = refused.code
    own, cleaners = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    computed = (usage.ru_utime + usage.ru_stime for usage in (own, cleaners))
    seconds = sum(computed) - before.ru_utime - before.ru_stime
    told = {
        "code": code,
        "kind": kind,
        "seconds": seconds / ((slow + slowness()) / 2),
        "megabytes": WORKER_MEGABYTES + max(0, own.ru_maxrss - before.ru_maxrss) // 1024 + cleaners.ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    _tell(*sys.argv[1:])
