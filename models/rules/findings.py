"""What can be said about one row of a roster, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Column(StrEnum):
    """The seven columns of the template, in its order (DOMAIN 7.5)."""

    NAME = "name"
    ID_TYPE = "id_type"
    ID_NO = "id_no"
    BIRTH = "birth"
    SEX = "sex"
    MOBILE = "mobile"
    HAS_SI = "has_si"

    @property
    def text(self) -> str:
        """As pages call it; the template's headers say more (tasks.workbook.header)."""
        return COLUMN_TEXTS[self]


COLUMN_TEXTS = {
    Column.NAME: "姓名",
    Column.ID_TYPE: "证件类型",
    Column.ID_NO: "证件号码",
    Column.BIRTH: "出生日期",
    Column.SEX: "性别",
    Column.MOBILE: "手机号",
    Column.HAS_SI: "是否有社保",
}


class Outcome(StrEnum):
    """How a row ends: exactly one of seven, listed everywhere in this order (DOMAIN 7.5)."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ALREADY_ENROLLED = "already_enrolled"
    OCCUPIED = "occupied"
    DUPLICATE = "duplicate"
    INVALID = "invalid"


ON_ROSTER = frozenset({Outcome.ADDED, Outcome.UPDATED, Outcome.UNCHANGED})
"""Outcomes whose people are on the roster through this row."""

TO_MEND = frozenset({Outcome.INVALID, Outcome.OCCUPIED})
"""Outcomes whose rows the clerk gets back to mend; duplicates are only listed (DOMAIN 7.5)."""

HINTS = frozenset({"ROW-017", "ROW-018"})
"""Codes that tell the clerk something and refuse nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one row; the sentence for `code` is in config/messages.toml."""

    row: int
    """As the spreadsheet program numbers it, header = 1."""
    column: Column | None
    code: str
    typed: str = ""
    """What the clerk wrote, unmasked: `person.mask_typed` before it is shown or stored in clear."""
    values: Mapping[str, str | int] = field(default_factory=dict)
    """The placeholders of the text, besides `row`."""

    @property
    def is_hint(self) -> bool:
        """Whether the row is accepted in spite of it."""
        return self.code in HINTS


def all_outcomes(counts: Mapping[str, int]) -> dict[str, int]:
    """How many rows ended in each of the seven ways, all seven named, in their order."""
    return {outcome: counts.get(outcome, 0) for outcome in Outcome}
