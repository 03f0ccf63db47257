"""导出尚未完成的单位: written down before the first byte leaves (DOMAIN 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.queries.dashboard_units import UnitFilters, count_unfinished
from models.records.audit import record_act
from models.records.viewer import Viewer
from models.rules.permissions import Action


@dataclass(frozen=True, slots=True)
class UnitsExport:
    """A permitted and audited export, to be read outside of this transaction."""

    viewer: Viewer
    year: str
    before: str | None
    """The plan year before, if there is one."""
    filters: UnitFilters


def open_units_export(  # noqa: PLR0917 - as the list
    session: Session, viewer: Viewer, year: str, before: str | None, filters: UnitFilters, now: datetime
) -> UnitsExport:
    """Permit and write down that the account takes the list. Refused AUTH-006."""
    permit(viewer, Action.READ_BATCH)
    record_act(
        session,
        viewer,
        now,
        "export_unfinished_units",
        plan_year=year,
        units=count_unfinished(session, viewer, year, filters),
        district_union=filters.union,
        liaison_group=filters.group,
        stage=filters.stage,
    )
    return UnitsExport(viewer, year, before, filters)
