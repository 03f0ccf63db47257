"""承诺书: the text that a handler agrees to at 清册提交, as versioned data in pledge.toml beside this file."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pledge:
    """One version of the text; whoever agrees to it names the version."""

    version: str
    text: str


@cache
def pledge() -> Pledge:
    """The version in force."""
    return Pledge(**tomllib.loads(Path(__file__).with_name("pledge.toml").read_text(encoding="utf-8")))
