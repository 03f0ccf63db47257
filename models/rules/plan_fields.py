"""The parts of a plan year, and how each is read from data (DOMAIN 3.2, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from models.rules.enrolment_code import check_enrolment_code
from models.rules.person import Sex
from models.rules.refusal import Refused

Choice = TypeVar("Choice", bound=StrEnum)


class PlanInvalid(ValueError):  # noqa: N818 - said of a plan's data, as ValueError is of a value
    """The data do not make a plan year; the message names the field, for operators.

    `field` is the path of the first wrong one, as in `prices_fen.A0`, and `reason` a word for what is wrong with it:
    for pages, which have sentences of their own.
    """

    def __init__(self, message: str, *, field: str = "", reason: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.reason = reason


class Tier(StrEnum):
    """保障层, in the order in which rows of a premium stand."""

    BASIC = "basic"
    ENHANCED = "enhanced"
    CUSTOM = "custom"


class AgeMode(StrEnum):
    """Where the age limit comes from: the plan's own ages, or the law of 2025 (DOMAIN 16)."""

    FIXED = "fixed"
    STATUTORY_2025 = "statutory_2025"


@dataclass(frozen=True, slots=True)
class AgeRule:
    """Ages in 周岁; `limits` count in mode `fixed` only."""

    mode: AgeMode
    limits: Mapping[Sex, int]
    min_age: int

    @classmethod
    def read(cls, data: Fields) -> AgeRule:
        """From `{mode, male, female, min_age}`."""
        limits = {Sex.MALE: data.whole("male"), Sex.FEMALE: data.whole("female")}
        return cls(data.choice("mode", AgeMode), limits, data.whole("min_age"))


@dataclass(frozen=True, slots=True)
class RatioRule:
    """The share of a unit's in-service people that must take part (DOMAIN 8.4)."""

    min_percent: int
    small_unit_max_headcount: int | None
    small_unit_percent: int | None
    denominator: str

    @classmethod
    def read(cls, data: Fields) -> RatioRule:
        """From `{min_percent, denominator}`; the two numbers of the small-unit rule may be missing."""
        headcount, percent = (
            data.whole(name) if data.has(name) else None for name in ("small_unit_max_headcount", "small_unit_percent")
        )
        return cls(data.whole("min_percent"), headcount, percent, data.text("denominator"))


@dataclass(frozen=True, slots=True)
class Combo:
    """Projects that are cheaper together: 优惠 (190→180)."""

    items: tuple[str, ...]
    price_fen: int

    @classmethod
    def read(cls, data: Fields) -> Combo:
        """From `{items, price_fen}`."""
        return cls(data.texts("items"), data.even_fen("price_fen"))


@dataclass(frozen=True, slots=True)
class Reminders:
    """Days before or after an occasion on which units are reminded (DOMAIN 13)."""

    payment_due_days: tuple[int, ...]
    central_close_days: tuple[int, ...]
    untouched_batch_days: tuple[int, ...]
    coverage_end_days: tuple[int, ...]
    review_working_days: int

    @classmethod
    def read(cls, data: Fields) -> Reminders:
        """From lists of days and one number of working days."""
        return cls(
            payment_due_days=data.wholes("payment_due_days"),
            central_close_days=data.wholes("central_close_days"),
            untouched_batch_days=data.wholes("untouched_batch_days"),
            coverage_end_days=data.wholes("coverage_end_days"),
            review_working_days=data.whole("review_working_days"),
        )


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where to pay."""

    name: str
    number: str
    bank: str

    @classmethod
    def read(cls, data: Fields) -> BankAccount:
        """From `{name, number, bank}`."""
        return cls(data.text("name"), data.text("number"), data.text("bank"))


@dataclass(frozen=True, slots=True)
class Project:
    """保障项目, one line of 保费一览表."""

    code: str
    group: str
    tier: Tier
    price_fen: int
    benefits: tuple[str, ...]
    only_for: frozenset[str] = frozenset()
    """Enrolment codes of the units with which 个性化保障层 was agreed; for the other tiers there is no such list."""


def halves_exactly(fen: int) -> bool:
    """Whether an amount is a price: above 0, and its half is whole fen too (DOMAIN 4.1)."""
    return fen > 0 and fen % 2 == 0


def told_by_code(code: str) -> tuple[str, Tier]:
    """Group and tier of a code that is not described: B0 is the basic, B1 an enhanced one of B."""
    return code[:1], Tier.BASIC if code[1:] == "0" else Tier.ENHANCED


def read_projects(data: Fields) -> dict[str, Project]:
    """Every priced code. One that is not described is told by its code."""
    prices = data.table("prices_fen")
    described = data.table("projects") if data.has("projects") else Fields({}, "projects")
    projects = {}
    for code in prices.names():
        about = described.table(code) if described.has(code) else Fields({}, code)
        group, tier = told_by_code(code)
        projects[code] = Project(
            code=code,
            group=about.text("group") if about.has("group") else group,
            tier=about.choice("tier", Tier) if about.has("tier") else tier,
            price_fen=prices.even_fen(code),
            benefits=about.texts("benefits") if about.has("benefits") else (),
            only_for=frozenset(about.enrolment_codes("only_for")) if about.has("only_for") else frozenset(),
        )
        if projects[code].only_for and projects[code].tier is not Tier.CUSTOM:
            raise PlanInvalid(
                f"projects.{code}.only_for: projects of other tiers than custom are for every unit",
                field=f"projects.{code}.only_for",
                reason="only_for_tier",
            )
    return projects


class Fields:
    """A table of data, read field by field; what is missing or of the wrong kind is refused by its name."""

    def __init__(self, data: object, where: str = "") -> None:
        if not isinstance(data, Mapping):
            raise PlanInvalid(f"{where or 'the plan'} must be a table", field=where, reason="table")
        self._data: Mapping[str, Any] = data
        self._where = where

    def names(self) -> list[str]:
        """The fields of the table, in its order."""
        return list(self._data)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._data.get(name) is not None

    def table(self, name: str) -> Fields:
        """A table inside this one."""
        return Fields(self._of(name, Mapping, "a table"), self._path(name))

    def text(self, name: str) -> str:
        """A text with something in it."""
        value = self._of(name, str, "a text")
        if not value.strip():
            raise self._invalid(name, "is empty", "empty")
        return str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        values = self._of(name, list, "a list of texts")
        if not all(isinstance(value, str) for value in values):
            raise self._invalid(name, "must be a list of texts", "texts")
        return tuple(values)

    def enrolment_codes(self, name: str) -> tuple[str, ...]:
        """A list of enrolment codes."""
        try:
            return tuple(check_enrolment_code(code) for code in self.texts(name))
        except Refused:
            raise self._invalid(name, "must be a list of enrolment codes like 0088D2", "codes") from None

    def whole(self, name: str) -> int:
        """A whole number, 0 or more."""
        value = self._of(name, int, "a whole number")
        if isinstance(value, bool) or value < 0:
            raise self._invalid(name, "must be a whole number, 0 or more", "whole")
        return int(value)

    def wholes(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        values = self._of(name, list, "a list of whole numbers")
        if any(isinstance(value, bool) or not isinstance(value, int) or value < 0 for value in values):
            raise self._invalid(name, "must be a list of whole numbers, 0 or more", "wholes")
        return tuple(values)

    def even_fen(self, name: str) -> int:
        """An amount in fen whose half is exact too (DOMAIN 4.1)."""
        fen = self.whole(name)
        if not halves_exactly(fen):
            raise self._invalid(name, "must be an even number of fen above 0, so that its half is exact", "even")
        return fen

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """One of the values of an enumeration."""
        try:
            return choices(self.text(name))
        except ValueError:
            raise self._invalid(name, f"must be one of {', '.join(choices)}", "choice") from None

    def day(self, name: str) -> date:
        """A date, as such or as ISO text."""
        value = self._of(name, (str, date), "a date like 2020-04-01")
        if isinstance(value, datetime):
            raise self._invalid(name, "must be a date without a time", "day")
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            raise self._invalid(name, "must be a date like 2020-04-01", "day") from None

    def moment(self, name: str) -> datetime:
        """A time with its offset, as such or as ISO text."""
        value = self._of(name, (str, datetime), "a time like 2020-04-01T00:00:00+08:00")
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            raise self._invalid(name, "must be a time like 2020-04-01T00:00:00+08:00", "moment") from None
        if moment.tzinfo is None:
            raise self._invalid(name, "needs an offset, like +08:00", "moment")
        return moment

    def _invalid(self, name: str, message: str, reason: str) -> PlanInvalid:
        path = self._path(name)
        return PlanInvalid(f"{path} {message}", field=path, reason=reason)

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name

    def _of(self, name: str, kind: type | tuple[type, ...], said: str) -> Any:
        if not self.has(name):
            raise self._invalid(name, "is missing", "empty")
        value = self._data[name]
        if not isinstance(value, kind):
            raise self._invalid(name, f"must be {said}", "kind")
        return value
