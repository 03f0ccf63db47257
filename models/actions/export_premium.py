"""导出保费详情: a unit takes everybody's charge with full numbers, written down before the first byte leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.queries.premium import PremiumSeen, find_premium
from models.queries.roster import people_on
from models.records.audit import record_act
from models.records.viewer import Viewer
from models.rules.permissions import Action


@dataclass(frozen=True, slots=True)
class PremiumExport:
    """A permitted and audited export, to be read outside of this transaction."""

    batch_no: str
    premium: PremiumSeen


def open_premium_export(session: Session, viewer: Viewer, batch_no: str, now: datetime) -> PremiumExport:
    """Permit and write down that the account takes the charges. Refused AUTH-006, or as `find_premium`."""
    permit(viewer, Action.WORK_ON_BATCH)
    batch, seen = find_premium(session, viewer, batch_no, Action.WORK_ON_BATCH)
    record_act(
        session,
        viewer,
        now,
        "export_premium",
        batch_id=batch.id,
        people=people_on(session, batch.id),
        total_fen=seen.preview.total_fen,
        confirmed=seen.confirmed,
    )
    return PremiumExport(batch.batch_no, seen)
