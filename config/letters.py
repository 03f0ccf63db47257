"""What is sent to people by e-mail and SMS: subjects and bodies as data, in letters.toml beside this file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from config.messages import catalogue


class Letter(NamedTuple):
    """One message, ready to be sent."""

    subject: str
    body: str


@cache
def letters() -> dict[str, dict[str, str]]:
    """Every letter by its name, with what is filled in still in braces."""
    return {name: entry for name, entry in _file().items() if "body" in entry}


def letter(name: str, /, **values: str) -> Letter:
    """A letter with its values. KeyError for an unknown name or a placeholder without a value: a bug."""
    found = letters()[name]
    return Letter(found["subject"].format_map(values), found["body"].format_map(values))


def notice_letter(code: str, text: str, *, link: str, hotline: str) -> Letter:
    """The letter that brings a notice: its text, and where to go on; `link` may be empty."""
    where = letters()["link"]["body"].format(link=link) if link else letters()["no_link"]["body"]
    return letter("notice", subject=_file()["subjects"][code], text=text, where=where, hotline=hotline)


def template_values(name: str, values: Mapping[str, Any]) -> list[str]:
    """What an SMS template of this letter, or of this code of the NTF group, is filled with: {1} first."""
    text = letters()[name]["body"] if name in letters() else catalogue()[name]["text"]
    return [str(values[field]) for _, field, _, _ in Formatter().parse(text) if field]


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("letters.toml").read_text(encoding="utf-8"))
