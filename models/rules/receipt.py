"""专用收据: the lines that a clerk types (DOMAIN 11.5). Their sum is judged by `models.rules.payment`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.form_fields import FormRefused
from models.rules.money import fen_of
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


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A receipt as it stands in a form, the amount in yuan; one without anything in it is none."""

    title: str = ""
    amount: str = ""
    remark: str = ""
    id: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.title.strip() or self.amount.strip() or self.remark.strip())


def read_lines(typed: Sequence[TypedLine]) -> list[ReceiptLine]:
    """The lines in which something was typed.

    Raises FormRefused: RCP-003 of `title-2`, RCP-002 of `amount-2`, SYS-003 of a text too long, by the place from 1.
    """
    lines: list[ReceiptLine] = []
    problems: dict[str, Refused] = {}
    for place, one in enumerate(typed, start=1):
        if one.blank:
            continue
        line = ReceiptLine(one.title.strip(), fen_of(one.amount) or 0, one.remark.strip(), _id(one.id))
        problems |= {f"{cell}-{place}": refused for cell, refused in _problems(line).items()}
        lines.append(line)
    if problems:
        raise FormRefused(problems)
    return lines


def checked_lines(lines: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    """The lines without blanks around their texts.

    Refused RCP-003 without a title, RCP-002 for an amount of nothing, SYS-003 for too many, or a text that is too long.
    """
    if len(lines) > MAX_RECEIPTS:
        raise Refused("SYS-003", field="专用收据")
    return [_checked(line) for line in lines]


def _checked(line: ReceiptLine) -> ReceiptLine:
    line = ReceiptLine(line.title.strip(), line.amount_fen, line.remark.strip(), line.id)
    for refused in _problems(line).values():
        raise refused
    return line


def _problems(line: ReceiptLine) -> dict[str, Refused]:
    """What is wrong with each cell, in the form's order."""
    problems = {}
    if not line.title:
        problems["title"] = Refused("RCP-003")
    elif len(line.title) > TITLE_LENGTH:
        problems["title"] = Refused("SYS-003", field="专用收据抬头")
    if not 0 < line.amount_fen <= MAX_FEN:
        problems["amount"] = Refused("RCP-002")
    if len(line.remark) > REMARK_LENGTH:
        problems["remark"] = Refused("SYS-003", field="备注")
    return problems


def _id(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None
