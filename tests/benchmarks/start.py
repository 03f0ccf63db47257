"""The second `./run` on the same data: how long until its first page."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.answers import ROOT
from web.commands.addresses import is_up
from web.commands.ports import free_port

PATIENCE_SECONDS = 120


def second_start() -> float:
    """Seconds from the command to the log-in page, on data that an earlier run has left."""
    with tempfile.TemporaryDirectory(prefix="canbao-start-") as folder:
        _run(Path(folder))
        return round(_run(Path(folder)), 2)


def _run(folder: Path) -> float:
    """Start, wait for the page and for the sample's import, and stop; returns the seconds to the page."""
    port = free_port()
    given = {name: value for name, value in os.environ.items() if not name.startswith("CANBAO_")}
    environment = given | {
        "CANBAO_VAR": str(folder / "var"),
        "CANBAO_PORT": str(port),
        "DATABASE_URL": "",
        "REDIS_URL": "",
    }
    began = time.monotonic()
    with (folder / "output").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "web.commands", "demo"],
            cwd=ROOT,
            env=environment | {"PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while not is_up(f"http://127.0.0.1:{port}/log-in"):
            assert process.poll() is None, (folder / "output").read_text()
            assert time.monotonic() - began < PATIENCE_SECONDS
            time.sleep(0.02)
        seconds = time.monotonic() - began
        while "Ctrl-C" not in (folder / "output").read_text():
            assert process.poll() is None, (folder / "output").read_text()
            time.sleep(0.1)
        return seconds
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        (folder / "output").unlink()
