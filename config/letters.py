"""What is sent to people by e-mail: subjects and bodies as data, in letters.toml beside this file."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Letter(NamedTuple):
    """One message, ready to be sent."""

    subject: str
    body: str


@cache
def letters() -> dict[str, dict[str, str]]:
    """Every letter by its name, with what is filled in still in braces."""
    return tomllib.loads(Path(__file__).with_name("letters.toml").read_text(encoding="utf-8"))


def letter(name: str, /, **values: str) -> Letter:
    """A letter with its values. KeyError for an unknown name or a placeholder without a value: a bug."""
    found = letters()[name]
    return Letter(found["subject"].format_map(values), found["body"].format_map(values))
