"""The reference tables that are loaded from files, and how a judged line becomes a row of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.records.reference import HistoricalPerson, SiPerson, SiUnit
from models.records.sealing import id_digest, seal_id_no
from models.rules import reference
from models.rules.reference import HistoricalEntry, RegisterEntry

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ReferenceTable:
    """One of them: `read` judges the cells of a line by the columns' names and makes a row in the order of `stored`."""

    table: type[SiPerson | SiUnit | HistoricalPerson]
    columns: tuple[str, ...]
    """Of the file (DOMAIN 7.7, 7.2)."""
    stored: tuple[str, ...]
    key: tuple[str, ...]
    """What makes two lines the same one; a later file's replaces an earlier one's."""
    read: Callable[[Mapping[str, str], date], Row]

    @property
    def is_sealed(self) -> bool:
        """Whether its numbers can be opened again."""
        return "id_sealed" in self.stored


def _register(cells: Mapping[str, str], today: date) -> Row:
    entry: RegisterEntry = reference.register_entry(cells, today)
    digest = id_digest(entry.id_no)
    return (
        digest,
        entry.name,
        entry.personal_si_no,
        entry.si_unit_code,
        str(entry.status),
        entry.as_of.isoformat(),
    )


def _unit(cells: Mapping[str, str], today: date) -> Row:
    total = reference.unit_total(cells, today)
    return (total.si_unit_code, total.in_service_total, total.as_of.isoformat())


def _historical(cells: Mapping[str, str], today: date) -> Row:
    entry: HistoricalEntry = reference.historical_entry(cells, today)
    digest = id_digest(entry.id_no)
    return (
        entry.enrolment_code,
        entry.plan_year,
        entry.name,
        str(entry.id_type),
        digest,
        seal_id_no(entry.id_no, digest),
        entry.birth.isoformat(),
        str(entry.sex),
        entry.mobile,
        entry.has_si,
        entry.si_unit_code,
        entry.personal_si_no,
    )


REFERENCE_TABLES: Mapping[str, ReferenceTable] = {
    "si-people": ReferenceTable(
        SiPerson,
        reference.SI_PEOPLE_COLUMNS,
        ("id_digest", "name", "personal_si_no", "si_unit_code", "status", "as_of"),
        ("id_digest",),
        _register,
    ),
    "si-units": ReferenceTable(
        SiUnit, reference.SI_UNITS_COLUMNS, ("si_unit_code", "in_service_total", "as_of"), ("si_unit_code",), _unit
    ),
    "history": ReferenceTable(
        HistoricalPerson,
        reference.HISTORY_COLUMNS,
        (
            *("enrolment_code", "plan_year", "name", "id_type", "id_digest", "id_sealed", "birth", "sex", "mobile"),
            *("has_si", "si_unit_code", "personal_si_no"),
        ),
        ("enrolment_code", "plan_year", "id_digest"),
        _historical,
    ),
}
