"""护照号码核实 as a reviewer proposes it and an administrator grants it (DOMAIN 2, 9.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.decide_passport import DIFFERENT, SAME, decide_passport
from models.actions.exception_rule import ExceptionRule, Touched
from models.queries.passports import Applicant, collision_of
from models.records.batch import Batch
from models.records.exception import ExceptionProposal
from models.records.passport_decision import PassportDecision
from models.records.viewer import Viewer
from models.rules.exceptions import Change, ExceptionKind, does_not_fit
from models.rules.person import Sex, mask_id_no


def _lock(session: Session, proposal: ExceptionProposal) -> None:
    """Deciding takes its own locks, in the order in which numbers are claimed."""


def _changes(session: Session, proposal: ExceptionProposal, now: datetime) -> list[Change]:  # noqa: ARG001 - a rule
    """Refused where nobody else holds the number any more."""
    applicant = applicant_of(session, proposal)
    found = collision_of(session, applicant)
    if found is None:
        raise does_not_fit(ExceptionKind.PASSPORT_DECISION, "该冲突已不存在")
    was = SAME if found.known_to_be_the_same else "未核实"
    who = f"{mask_id_no(applicant.id_no)}，{applicant.birth.isoformat()}，{applicant.sex.text}"
    label = f"{applicant.name}（{who}）与已参保的{found.holder.name}"
    return [Change(label, was, DIFFERENT if proposal.values["different"] else SAME)]


def _apply(session: Session, viewer: Viewer, proposal: ExceptionProposal, now: datetime) -> Sequence[Touched]:
    """It writes its own entry and tells the handler, as when nobody has proposed it."""
    applicant = applicant_of(session, proposal)
    decide_passport(session, viewer, applicant, bool(proposal.values["different"]), proposal.reason, now)
    return []


PASSPORT_DECISION = ExceptionRule(_lock, _changes, _apply)


def applicant_of(session: Session, proposal: ExceptionProposal) -> Applicant:
    """Whom the proposal is about: it names a row, since proposals hold no numbers."""
    row = session.get_one(PassportDecision, proposal.values["person"])
    batch = session.get(Batch, proposal.batch_id) if proposal.batch_id else None
    unit, batch_no = (batch.unit_name, batch.batch_no) if batch else ("", "")
    return Applicant(proposal.plan_year or "", row.id_no, row.name, row.birth, Sex(row.sex), unit, batch_no)
