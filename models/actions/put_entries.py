"""What a judged row leaves behind: its effect on the roster, and its row and findings in the import it belongs to.

Imports, corrections in the browser and 新增人员 write through here, so that there is one copy of these rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, bindparam, update
from sqlalchemy.orm import Session

from models.actions.promise import promises_of_people_in_service
from models.queries.admission import Entry
from models.records.bulk import bulk_insert
from models.records.person import BatchPerson, put_on_roster, roster_entry
from models.records.roster_import import ImportFinding
from models.rules.findings import Column, Outcome
from models.rules.person import mask_typed
from models.rules.roster import Cell

FINDING_COLUMNS = ("import_id", "sheet_row", "outcome", "column", "code", "values")


@dataclass(frozen=True, slots=True)
class RosterEffect:
    """Whom judged rows add to a roster and whom they update; numbers are sealed already."""

    added: list[tuple[Any, ...]]
    updated: list[dict[str, Any]]

    def __bool__(self) -> bool:
        """Whether the roster changes."""
        return bool(self.added or self.updated)


def effect_of(entries: Sequence[Entry], batch_id: int, import_id: int | None = None) -> RosterEffect:
    """What these rows do to the roster; `import_id` is None for people who come without a file."""
    added = [
        roster_entry(
            batch_id,
            entry.checked.person,
            entry.employment_status,
            digest=entry.digest,
            si_unit_code=entry.si_unit_code,
            personal_si_no=entry.personal_si_no,
            import_id=import_id,
            sheet_row=entry.checked.row if import_id is not None else None,
        )
        for entry in entries
        if entry.outcome is Outcome.ADDED and entry.checked.person is not None
    ]
    updated = [
        {
            "person": entry.seen.person_id,
            "new_mobile": entry.merged.mobile,
            "new_si": entry.merged.has_si,
            "new_status": str(entry.merged.employment_status),
        }
        for entry in entries
        if entry.outcome is Outcome.UPDATED and entry.seen is not None and entry.merged is not None
    ]
    return RosterEffect(added, updated)


def put_effect(session: Session, effect: RosterEffect) -> None:
    """Add and update the people. The caller marks the roster as changed."""
    put_on_roster(session, effect.added)
    if effect.updated:
        session.connection().execute(
            update(BatchPerson)
            .where(BatchPerson.id == bindparam("person"))
            .values(
                mobile=bindparam("new_mobile"),
                has_si=bindparam("new_si"),
                employment_status=bindparam("new_status"),
                **promises_of_people_in_service(bindparam("new_si", type_=Boolean())),
            ),
            effect.updated,
        )


def before_update(entry: Entry) -> dict[str, Any] | None:
    """What an update replaces, so that it can be taken back; None for a row that updates nobody."""
    if entry.outcome is not Outcome.UPDATED or entry.seen is None:
        return None
    return {
        "mobile": entry.seen.mobile,
        "has_si": entry.seen.has_si,
        "employment_status": str(entry.seen.employment_status),
    }


def shown_name(cell: Cell) -> str:
    """The typed name for lists, without what a database can't hold, and with a number that slipped in masked."""
    text = cell if isinstance(cell, str) else cell.text
    return mask_typed(Column.NAME, text.replace("\x00", ""))[:50]


def sums(rows_total: int, counts: Mapping[str, int]) -> dict[str, int]:
    """What became of the rows of an import, as the placeholders of IMP-007."""
    outcomes = zip("abcpode", Outcome, strict=True)
    return {"n": rows_total} | {name: counts.get(outcome, 0) for name, outcome in outcomes}


def finding_rows(entries: Sequence[Entry], import_id: int) -> list[tuple[Any, ...]]:
    """All findings of these rows for `put_findings`."""
    return [
        (
            import_id,
            finding.row,
            str(entry.outcome),
            str(finding.column) if finding.column else None,
            finding.code,
            json.dumps(dict(finding.values), ensure_ascii=False),
        )
        for entry in entries
        for finding in entry.checked.findings
    ]


def put_findings(session: Session, findings: Sequence[tuple[Any, ...]]) -> None:
    """Insert findings as `finding_rows` gives them."""
    bulk_insert(session, ImportFinding, FINDING_COLUMNS, findings)
