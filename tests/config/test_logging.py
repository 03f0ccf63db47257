"""Logs: JSON lines, and of an exception only what it is and where it came from."""

from __future__ import annotations

import json
import os
import subprocess
import sys

NUMBER = "110101199003079091"

PROGRAM = f"""
import structlog
from config.logging import log_as_json
log_as_json()
def read(number):
    return int(number + "X")
try:
    read("{NUMBER}")
except ValueError:
    structlog.get_logger().exception("job_failed", job=7)
    import logging
    logging.getLogger("library").exception("it failed")
"""


def lines() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": "."},
    )
    return done.stdout.splitlines()


def test_every_log_is_a_json_line_with_its_level() -> None:
    assert [json.loads(line)["level"] for line in lines()] == ["error", "error"]


def test_an_exception_is_told_by_type_and_place_never_by_its_message() -> None:
    ours, theirs = lines()
    assert NUMBER not in ours + theirs
    told = json.loads(ours)
    assert (told["exception"], told["job"]) == ("ValueError", 7)
    assert told["where"][-1].endswith(" read")
    assert json.loads(theirs)["exception"] == "ValueError"
