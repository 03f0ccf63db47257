"""Where the pages of the running command are: for commands in another terminal."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

_FILE = "addresses.json"
"""In the run folder."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The web's and Flower's."""

    web: str
    flower: str

    def note(self, run: Path) -> None:
        """Put them into the run folder."""
        (run / _FILE).write_text(json.dumps(asdict(self)))

    @classmethod
    def noted(cls, run: Path) -> Self | None:
        """What the running command has noted, if one runs."""
        try:
            return cls(**json.loads((run / _FILE).read_text()))
        except FileNotFoundError:
            return None

    @staticmethod
    def forget(run: Path) -> None:
        """The command ends."""
        (run / _FILE).unlink(missing_ok=True)


def is_up(url: str, seconds: float = 5) -> bool:
    """Whether the page is there and answers in time."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310 -- our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
