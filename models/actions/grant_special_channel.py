"""特殊通道 of a code in a plan year: no check of 单位社保比例, central terms for longer, or both (DOMAIN 5.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_text
from models.actions.exception_rule import ExceptionRule, Touched
from models.actions.lock_code import lock_code
from models.actions.roster_report import drop_report
from models.records.batch import Batch
from models.records.exception import ExceptionProposal, SpecialGrant, grant_of
from models.records.plan_year import plan_of
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.exceptions import Change, ExceptionKind, does_not_fit
from models.rules.lifecycle import LIVE, ROSTER_EDITABLE, BatchState
from models.rules.plan import EnrolmentType

NORMAL, SPECIAL = "normal", "special"
_KIND = ExceptionKind.SPECIAL_CHANNEL
_NOTHING = "–"


class Channel(NamedTuple):
    """What a grant switches on."""

    ratio_exempt: bool = False
    until: datetime | None = None

    @property
    def name(self) -> str:
        """办理通道, as it is stored."""
        return SPECIAL if self.ratio_exempt or self.until else NORMAL


def channel_of(grant: SpecialGrant | None) -> Channel:
    """What is granted; nothing where there is no grant."""
    return Channel(grant.ratio_exempt, grant.central_extension_until) if grant else Channel()


def take_channel(batch: Batch, channel: Channel) -> None:
    """Write a grant to a batch of its code and year; the extension is a central batch's alone."""
    central = batch.enrolment_type == EnrolmentType.CENTRAL
    batch.ratio_exempt = channel.ratio_exempt
    batch.central_extension_until = channel.until if central else None
    batch.handling_channel = channel.name


def _changes(session: Session, proposal: ExceptionProposal, now: datetime) -> list[Change]:
    """Refused where the code is out of use, nothing would change, or the new time is none to extend to."""
    code, was, wanted = _code(session, proposal), _before(session, proposal), _wanted(proposal)
    if not code.active:
        raise does_not_fit(_KIND, f"参保编码{code.code}已停用")
    if wanted == was:
        raise does_not_fit(_KIND, "与现有设置相同")
    plan = plan_of(session, _year(proposal))
    new = wanted.until if wanted.until != was.until else None
    if new and not max(plan.central_close_at, now) < new <= plan.instant_close_at:
        close, end = local_text(plan.central_close_at), local_text(plan.instant_close_at)
        raise does_not_fit(_KIND, f"延长的时间须晚于现在、晚于集中参保截止时间{close}，且不晚于{end}")
    return [change for change in _in_words(was, wanted) if change.before != change.after]


def _apply(session: Session, viewer: Viewer, proposal: ExceptionProposal, now: datetime) -> Sequence[Touched]:
    """Batches that are there already take it as well, also one that has expired: it may be reinstated.

    Where the ratio is no longer asked, or is again, an unsubmitted roster has to be checked anew: its report is
    dropped, and 清册校验不通过 is 清册待校验 again. What was submitted stays submitted.
    """
    was, wanted = _before(session, proposal), _wanted(proposal)
    grant = grant_of(session, _code(session, proposal).id, _year(proposal))
    if grant is None:
        grant = SpecialGrant(code_id=proposal.code_id, plan_year=proposal.plan_year)
        session.add(grant)
    if wanted.until != was.until:
        grant.extended_at = now if wanted.until else None
    grant.ratio_exempt, grant.central_extension_until = wanted.ratio_exempt, wanted.until
    grant.reason, grant.granted_by, grant.granted_at = proposal.reason, viewer.account_id, now
    touched = []
    for batch in _batches(session, proposal):
        before = (batch.ratio_exempt, batch.central_extension_until, batch.handling_channel)
        take_channel(batch, wanted)
        after = (batch.ratio_exempt, batch.central_extension_until, batch.handling_channel)
        if before == after:
            continue
        if before[0] != after[0] and batch.state in ROSTER_EDITABLE:
            drop_report(session, batch.id)
            batch.state = BatchState.ROSTER_DRAFT
        batch.version += 1
        batch.updated_at = now
        open_still = batch.state in LIVE and batch.state != BatchState.ENROLLED
        touched.append(Touched(batch, _what(was, wanted), [batch.account_id] if open_still else []))
    return touched


def _lock(session: Session, proposal: ExceptionProposal) -> None:
    lock_code(session, _code(session, proposal), Batch.plan_year == proposal.plan_year)


SPECIAL_CHANNEL = ExceptionRule(_lock, _changes, _apply)


def _in_words(was: Channel, wanted: Channel) -> Iterator[Change]:
    names = {NORMAL: "普通", SPECIAL: "特殊"}
    checks = {False: "校验", True: "免校验"}
    yield Change("办理通道", names[was.name], names[wanted.name])
    yield Change("单位社保比例", checks[was.ratio_exempt], checks[wanted.ratio_exempt])
    yield Change("集中参保延长至", _until(was), _until(wanted))


def _what(was: Channel, wanted: Channel) -> str:
    """What NTF-15 calls it."""
    changed = (change for change in _in_words(was, wanted) if change.before != change.after)
    said = [f"{change.label}{change.after}" if change.after != _NOTHING else "取消集中参保延长" for change in changed]
    return f"特殊通道设置（{'，'.join(said)}）"


def _until(channel: Channel) -> str:
    return local_text(channel.until) if channel.until else _NOTHING


def _before(session: Session, proposal: ExceptionProposal) -> Channel:
    return channel_of(grant_of(session, _code(session, proposal).id, _year(proposal)))


def _wanted(proposal: ExceptionProposal) -> Channel:
    until = proposal.values["central_extension_until"]
    return Channel(bool(proposal.values["ratio_exempt"]), datetime.fromisoformat(until) if until else None)


def _code(session: Session, proposal: ExceptionProposal) -> EnrolmentCode:
    return session.get_one(EnrolmentCode, proposal.code_id)


def _year(proposal: ExceptionProposal) -> str:
    if proposal.plan_year is None:
        raise LookupError("a special channel without a plan year")
    return proposal.plan_year


def _batches(session: Session, proposal: ExceptionProposal) -> Sequence[Batch]:
    of_code = select(Batch).where(Batch.code_id == proposal.code_id, Batch.plan_year == proposal.plan_year)
    return session.scalars(of_code.where(Batch.state != BatchState.DELETED).order_by(Batch.id)).all()
