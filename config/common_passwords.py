"""Passwords that many people choose, as data: common_passwords.txt beside this file."""

from functools import cache
from pathlib import Path


@cache
def common_passwords() -> frozenset[str]:
    """Whole passwords of twelve characters and more, in lower case."""
    return _section("passwords")


@cache
def common_words() -> frozenset[str]:
    """Words that make no password by figures or signs around them."""
    return _section("words")


def _section(name: str) -> frozenset[str]:
    text = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")
    section = text.split(f"[{name}]\n", 1)[1].split("\n[", 1)[0]
    return frozenset(section.split())
