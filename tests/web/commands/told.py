"""Runs `canbao` commands in the test's own process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from web.commands.main import canbao


@dataclass(frozen=True, slots=True)
class Told:
    """How a command ended and what it said."""

    status: int
    said: str
    complained: str

    @property
    def data(self) -> Any:
        """What a command with `--json` said."""
        return json.loads(self.said)


def tell(*arguments: str) -> Told:
    """`canbao ARGUMENTS…`."""
    result = CliRunner().invoke(canbao, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Told(result.exit_code, result.stdout, result.stderr)
