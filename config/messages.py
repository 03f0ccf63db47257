"""The sentences of the system: a code in, Chinese text out. The texts are data, in messages.toml beside this file."""

import tomllib
from functools import cache
from pathlib import Path

_ROW_PREFIX = "第{row}行："


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every code with its `text` and, where a clerk meets it in a list, `short` and `remedy`."""
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))


def text(code: str, /, **values: str | int) -> str:
    """The sentence of a code. KeyError for an unknown code or a placeholder without a value: a bug, not a message."""
    return catalogue()[code]["text"].format_map(values)


def text_without_row(code: str, place: str = "", /, **values: str | int) -> str:
    """The sentence where there is no sheet, the form for one person (DOMAIN 7.9), in words of `place` if it has any."""
    entry = catalogue()[code]
    return entry.get(f"text_{place}", entry["text"]).removeprefix(_ROW_PREFIX).format_map(values)


def text_at(place: str, code: str, /, **values: str | int) -> str:
    """The sentence in the words that one place has for it, `text_PLACE`; without such words the sentence as always."""
    entry = catalogue()[code]
    return entry.get(f"text_{place}", entry["text"]).format_map(values)


def short(code: str) -> str:
    """The reason as a heading over all the rows it concerns, without their particulars."""
    entry = catalogue()[code]
    return entry.get("short") or entry["text"].removeprefix(_ROW_PREFIX).rstrip("。")


def remedy(code: str, place: str = "", /) -> str:
    """How to mend it, in one line, in words of `place` if it has any; empty where there is nothing to do."""
    entry = catalogue()[code]
    return entry.get(f"remedy_{place}", entry.get("remedy", ""))
