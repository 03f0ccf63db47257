"""NTF-15: what the association has done to a batch beside the rules is told to its handler."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.records.batch import Batch
from models.records.notice import tell


def tell_exception(  # noqa: PLR0917 - of which batch, what, why, on which occasion, when: as the sentence goes
    session: Session,
    batch: Batch,
    what: str,
    reason: str,
    occasion: str,
    now: datetime,
    *,
    account_id: int | None = None,
) -> None:
    """Tell the batch's account, or `account_id` instead. `occasion` names the act: nobody is told twice of one."""
    tell(
        session,
        account_id or batch.account_id,
        "NTF-15",
        f"{occasion} batch {batch.id}",
        at=now,
        batch_id=batch.id,
        batch=batch.batch_no,
        what=what,
        reason=reason.rstrip("。"),
    )
