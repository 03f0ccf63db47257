"""专用收据: the lines that a clerk types (DOMAIN 11.5). Their sum is judged by `models.rules.payment`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.refusal import Refused
from models.rules.voucher import MAX_FEN

MAX_RECEIPTS = 50
TITLE_LENGTH = 100
REMARK_LENGTH = 200
NUMBER_LENGTH = 50
"""Of 电子收据号."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One receipt as it is wanted. `id` names one that is there already, where the association corrects it."""

    title: str
    amount_fen: int
    remark: str = ""
    id: int | None = None


def checked_lines(lines: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    """The lines without blanks around their texts.

    Refused RCP-003 without a title, RCP-002 for an amount of nothing, SYS-003 for too many, or a text that is too long.
    """
    if len(lines) > MAX_RECEIPTS:
        raise Refused("SYS-003", field="专用收据")
    return [_checked(line) for line in lines]


def _checked(line: ReceiptLine) -> ReceiptLine:
    title, remark = line.title.strip(), line.remark.strip()
    if not title:
        raise Refused("RCP-003")
    if len(title) > TITLE_LENGTH:
        raise Refused("SYS-003", field="专用收据抬头")
    if not 0 < line.amount_fen <= MAX_FEN:
        raise Refused("RCP-002")
    if len(remark) > REMARK_LENGTH:
        raise Refused("SYS-003", field="备注")
    return ReceiptLine(title, line.amount_fen, remark, line.id)
