"""清册校验: what is checked, and which findings stand in the way (DOMAIN 8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Check(StrEnum):
    """The checks in their order, by their numbers in DOMAIN 8.1."""

    NOT_EMPTY = "V1"
    WELL_FORMED = "V2"
    RETIRED = "V3"
    NO_PROMISE = "V4"
    OVER_AGE_WITHOUT_SI = "V5"
    RATIO = "V6"
    OCCUPIED = "V7"
    RENEWED_PASSPORT = "V8"
    NO_SI_UNIT_CODE = "V9"
    NO_BASIC = "V10"


NOTICES = frozenset({"VAL-009", "VAL-010", "REG-005"})
"""Codes that tell the clerk something and stand in nobody's way."""


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing that a check found, of one person where people are concerned."""

    check: Check
    code: str
    person_id: int | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def is_notice(self) -> bool:
        """Whether the roster passes in spite of it."""
        return self.code in NOTICES


def passes(findings: Iterable[CheckFinding]) -> bool:
    """Whether the roster may be submitted: no finding stands in the way."""
    return all(finding.is_notice for finding in findings)
