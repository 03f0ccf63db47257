"""`canbao` commands as processes of their own beside the service, to be waited for or killed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.faults.processes import PATIENCE_SECONDS, Program


class Command(Program):
    """One `canbao ARGUMENTS…`; what it says goes to its log, all of it."""

    def __init__(self, name: str, folder: Path, *arguments: str, **environment: str) -> None:
        super().__init__(name, folder, [sys.executable, "-m", "web.commands", *arguments], environment)

    def end(self) -> int:
        """Wait until it has ended; its exit status."""
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def answer(self) -> Any:
        """What it said at its end with `--json`."""
        assert self.end() == 0, self.said()
        return json.loads(self.log.read_text().splitlines()[-1])
