"""The form for one person (编辑, 新增人员): what was typed, what is wrong with it, and where the reader should look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.messages import remedy, text_without_row
from models.rules.findings import Column, Finding, Outcome
from models.rules.person import mask_id_no

_PASSPORT_ADVICE = {"IDN-007": "移除后按身份证重新导入", "ROW-015": "移除其中一人"}
_ADVISED = {"ROW-009", "ROW-014", "ROW-015", "ROW-016", "REG-003"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a field is not accepted."""

    message: str
    remedy: str
    code: str


@dataclass(slots=True)
class PersonForm:
    """The seven cells as the fields show them, with what is to be said about them."""

    cells: Mapping[str, str]
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    """Where the roster holds something else than what was typed, after BAT-004; the number masked."""
    said: str = ""
    said_code: str = ""
    tone: str = "bad"

    number_first: bool = False
    """The number is what somebody else has: the reader begins there."""

    @property
    def focus(self) -> str:
        """The first field that is wrong, else the first one."""
        wrong = (column for column in Column if column in self.problems)
        return next(wrong, Column.ID_NO if self.number_first else Column.NAME)

    def tell(
        self, outcome: Outcome, findings: Sequence[Finding], name: str = "", *, passport_only: bool = False
    ) -> int:
        """Say why the roster did not change, and where; returns the HTTP status.

        `passport_only`: the form can't change 证件类型, so that doing so is no remedy.
        """
        if outcome is Outcome.INVALID:
            for finding in findings:
                advice = _advice(finding.code, passport_only=passport_only)
                message = text_without_row(finding.code, "edit" if passport_only else "", **finding.values)
                problem = Problem(message, advice, finding.code)
                self.problems.setdefault(finding.column or Column.NAME, []).append(problem)
            self.said = f"有 {len(findings)} 处需要修改，清册没有变化。"
            return 422
        self.said_code = findings[0].code if findings else ""
        sentences = "".join(text_without_row(finding.code, **finding.values) for finding in findings)
        if outcome is Outcome.UNCHANGED:
            self.tone, self.said = "work", f"{name} 已在清册中，信息没有变化。{sentences}"
            return 200
        self.said, self.number_first = f"{sentences}清册没有变化。", True
        if outcome is Outcome.ALREADY_ENROLLED:
            self.tone = "work"
            return 200
        return 422


def typed_cells(fields: Mapping[str, str]) -> dict[str, str]:
    """The cells that a form sent; a column that it has no field for is not among them."""
    return {column: fields[column] for column in Column if column in fields}


def differing(stored: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """What the roster holds where something else was typed; the number masked."""
    return {
        column: mask_id_no(value) if column == Column.ID_NO else value
        for column, value in stored.items()
        if column in typed and typed[column].strip() != value
    }


def _advice(code: str, *, passport_only: bool) -> str:
    """How to mend it, where neither the sentence nor the field says so already."""
    if passport_only and code in _PASSPORT_ADVICE:
        return _PASSPORT_ADVICE[code]
    return remedy(code) if code.startswith("IDN-") or code in _ADVISED else ""
