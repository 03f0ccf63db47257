"""Amounts of money as people read and write them; everywhere else money is whole fen."""

from __future__ import annotations

import re

_YUAN = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{1,2})?", re.ASCII)


def yuan(fen: int) -> str:
    """224014500 fen as 2,240,145.00, by integers only."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def fen_of(typed: str) -> int | None:
    """What somebody typed as yuan, in fen; None unless it is a number with at most two decimals (PAY-008, RCP-002)."""
    typed = typed.strip().removesuffix("元").strip()
    if not _YUAN.fullmatch(typed):
        return None
    whole, _, cents = typed.replace(",", "").partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0"))
