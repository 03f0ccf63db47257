"""对账: what must agree with what (DOMAIN 13: J14), judged batch by batch, voucher by voucher, table by table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from models.rules.lifecycle import CLAIMING, TOOK_PART, BatchState

REGISTER_DAYS = 60
"""In an open window the social-insurance register may be so many days old."""

NAMED = 1_000
"""So many disagreements of a figure are named; all are counted."""


class Comparison(StrEnum):
    """One figure of the report."""

    CHARGES = "charges"
    CLAIMS = "claims"
    RECEIPTS = "receipts"
    REGISTER = "register"


class Wrong(StrEnum):
    """What does not agree."""

    SUM = "sum"
    """The charges of the people are not the batch's total."""
    UNCHARGED = "uncharged"
    """A total is fixed, and somebody has no charge."""
    NO_TOTAL = "no_total"
    """The batch is to be paid, and has no total."""
    CHARGED_EARLY = "charged_early"
    """No total is fixed, and somebody has a charge."""
    UNCLAIMED = "unclaimed"
    """Somebody on a submitted roster has no claim."""
    STRAY_CLAIMS = "stray_claims"
    """The batch holds claims for nobody on its roster, or in a state without claims."""
    RECEIPTS = "receipts"
    """The receipts of a voucher are not what its batches owe."""
    REGISTER_OLD = "register_old"
    """The social-insurance register is too old."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing that does not agree, without personal data; figures are fen, people or days."""

    wrong: Wrong
    expected: int
    found: int
    batch_no: str = ""
    voucher_id: int | None = None

    def as_data(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Disagreement:
        """As it was stored."""
        return cls(**{**data, "wrong": Wrong(data["wrong"])})


@dataclass(frozen=True, slots=True)
class BatchCharges:
    """A batch as the database adds it up: `charged` people have a charge, `charges_fen` in all."""

    batch_no: str
    state: BatchState
    total_fen: int | None
    people: int
    charged: int
    charges_fen: int

    @property
    def expected(self) -> int:
        """Its total; 0 of an expired batch whose people are erased, which keeps its total."""
        return self.total_fen or 0 if self._is_whole else 0

    @property
    def found(self) -> int:
        """What its people are charged."""
        return self.charges_fen

    @property
    def _is_whole(self) -> bool:
        return self.people > 0 or self.state is not BatchState.EXPIRED

    def disagreements(self) -> Iterator[Disagreement]:
        """What is wrong with its money."""
        if self.total_fen is None:
            if self.state in TOOK_PART:
                yield self._wrong(Wrong.NO_TOTAL, self.charges_fen, 0)
            elif self.charged:
                yield self._wrong(Wrong.CHARGED_EARLY, 0, self.charged)
        elif self._is_whole:
            if self.charged < self.people:
                yield self._wrong(Wrong.UNCHARGED, self.people, self.charged)
            if self.charges_fen != self.total_fen:
                yield self._wrong(Wrong.SUM, self.total_fen, self.charges_fen)

    def _wrong(self, wrong: Wrong, expected: int, found: int) -> Disagreement:
        return Disagreement(wrong, expected, found, batch_no=self.batch_no)


@dataclass(frozen=True, slots=True)
class BatchClaims:
    """People on a roster, how many of them have no claim of their own there, and all claims of the batch."""

    batch_no: str
    state: BatchState
    people: int
    unclaimed: int
    claims: int

    @property
    def expected(self) -> int:
        """How many claims it should hold (DOMAIN 9.2)."""
        return self.people if self.state in CLAIMING else 0

    @property
    def found(self) -> int:
        """How many it holds."""
        return self.claims

    def disagreements(self) -> Iterator[Disagreement]:
        """A person without a claim, a claim without a person: the invariant both ways."""
        if self.unclaimed and self.state in CLAIMING:
            yield Disagreement(Wrong.UNCLAIMED, self.people, self.people - self.unclaimed, batch_no=self.batch_no)
        held = max(self.expected - self.unclaimed, 0)
        if self.claims > held:
            yield Disagreement(Wrong.STRAY_CLAIMS, held, self.claims, batch_no=self.batch_no)


@dataclass(frozen=True, slots=True)
class VoucherSums:
    """What the receipts of a voucher add up to, and what its batches owe; `batch_no` is the first of them."""

    voucher_id: int
    batch_no: str
    due_fen: int
    receipts_fen: int

    @property
    def expected(self) -> int:
        """应缴保费 of its batches."""
        return self.due_fen

    @property
    def found(self) -> int:
        """Its receipts."""
        return self.receipts_fen

    def disagreements(self) -> Iterator[Disagreement]:
        """Σ receipts = Σ due, once the voucher is submitted (DOMAIN 11.5)."""
        if self.receipts_fen != self.due_fen:
            yield Disagreement(
                Wrong.RECEIPTS, self.due_fen, self.receipts_fen, batch_no=self.batch_no, voucher_id=self.voucher_id
            )


@dataclass(frozen=True, slots=True)
class RegisterAge:
    """The day as of which a table of the register is; an empty one never gets here: the system works without."""

    as_of: date
    today: date

    @property
    def expected(self) -> int:
        """How old it may be, in days."""
        return REGISTER_DAYS

    @property
    def found(self) -> int:
        """How old it is."""
        return (self.today - self.as_of).days

    def disagreements(self) -> Iterator[Disagreement]:
        """Older than is good for an open window."""
        if self.found > REGISTER_DAYS:
            yield Disagreement(Wrong.REGISTER_OLD, REGISTER_DAYS, self.found)


class Line(Protocol):
    """Whatever is compared."""

    @property
    def expected(self) -> int: ...  # noqa: D102 -- said by each of them
    @property
    def found(self) -> int: ...  # noqa: D102
    def disagreements(self) -> Iterator[Disagreement]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Figure:
    """What was compared, both sums over all of it, and what did not agree: `named` are the first of them."""

    compared: int
    expected: int
    found: int
    disagreeing: int
    named: tuple[Disagreement, ...]


def added_up(lines: Iterable[Line]) -> Figure:
    """One figure of many lines, which are looked at one after the other and not kept."""
    compared = expected = found = disagreeing = 0
    named: list[Disagreement] = []
    for line in lines:
        compared += 1
        expected += line.expected
        found += line.found
        for disagreement in line.disagreements():
            disagreeing += 1
            if len(named) < NAMED:
                named.append(disagreement)
    return Figure(compared, expected, found, disagreeing, tuple(named))
