"""护照号码核实: a reviewer says what an administrator should decide (DOMAIN 2, 9.5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.decide_passport import question_about
from models.actions.exceptions import Subject, propose
from models.queries.passports import Applicant
from models.records.batch import Batch
from models.records.exception import ExceptionProposal
from models.records.viewer import Viewer
from models.rules.exceptions import ExceptionKind


def propose_passport(  # noqa: PLR0917 - as `decide_passport`
    session: Session, viewer: Viewer, applicant: Applicant, different: bool, reason: str, now: datetime
) -> ExceptionProposal:
    """Ask for a decision; nothing is decided yet. Refused as `question_about` and `propose`."""
    row = question_about(session, viewer, applicant)
    batch_id = session.scalars(select(Batch.id).where(Batch.batch_no == applicant.batch_no)).one_or_none()
    subject = Subject(batch_id=batch_id, plan_year=applicant.plan_year)
    values = {"person": row.id, "different": different}
    return propose(session, viewer, ExceptionKind.PASSPORT_DECISION, subject, values, reason, now)
