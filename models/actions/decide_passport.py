"""护照号码冲突: whether two people who share a passport number are one (DOMAIN 9.5).

不是同一人 permits exactly this number, birth and sex to be claimed beside the other, with a variant of its own; whoever
held the number keeps the variant of that claim, so that neither is in the other's way any more, in this year or later
ones. 是同一人 stays refused, and is written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.actions.tell_exception import tell_exception
from models.queries.passports import Applicant, Collision, collision_of
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.passport_decision import REASON_LENGTH, PassportDecision
from models.records.person import BatchPerson
from models.records.sealing import seal_id_no
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Action
from models.rules.person import Sex, mask_id_no
from models.rules.reason import read_reason
from models.rules.refusal import Refused

REASON_LABEL = "核实说明"
DIFFERENT, SAME = "不是同一人", "是同一人"


def decide_passport(  # noqa: PLR0917 - who, about whom, what, why, when: the order of every action
    session: Session, viewer: Viewer, applicant: Applicant, different: bool, reason: str, now: datetime
) -> PassportDecision:
    """Decide about somebody who is refused by REG-003, or decide anew.

    Refused: AUTH-006; SYS-002 without a reason, SYS-003 for one too long; BAT-004, nobody else holds the number any
    more, or another administrator was quicker; BAT-002, the permission is taken back of somebody who is claimed by it.
    """
    permit(viewer, Action.GRANT_EXCEPTION)
    reason = read_reason(reason, REASON_LABEL, REASON_LENGTH)
    claims = _lock(session, applicant)
    known = _known(session, applicant)
    record = next((one for one in known if _is(one, applicant.birth, applicant.sex)), None)
    collision = collision_of(session, applicant)
    if collision is None and (record is None or record.different is None or different):
        raise Refused("BAT-004")
    before = None if record is None else {"different": record.different, "variant": record.variant}
    try:
        with session.begin_nested():
            if record is None:
                record = _row_of(applicant)
                session.add(record)
                known.append(record)
            if different and collision is not None:
                _permit(session, record, collision, known, claims)
            else:
                _refuse_if_claimed(session, applicant)
                record.variant = None
            for one in known:
                if one is record or (one.different and one.decided_at is None):
                    one.reason, one.decided_by, one.decided_at = reason, viewer.account_id, now
            record.different = different
    except IntegrityError as taken:  # somebody else decided about this number at the same moment
        raise Refused("BAT-004") from taken
    _write_down(session, viewer, applicant, collision, record, before, now)
    return record


def question_about(session: Session, viewer: Viewer, applicant: Applicant) -> PassportDecision:
    """A row that a proposal can name, since proposals hold no numbers; nothing is decided by it.

    Refused: AUTH-006; BAT-004, nobody else holds the number.
    """
    permit(viewer, Action.PROPOSE_EXCEPTION)
    if collision_of(session, applicant) is None:
        raise Refused("BAT-004")
    for known in _known(session, applicant):
        if _is(known, applicant.birth, applicant.sex):
            return known
    row = _row_of(applicant)
    session.add(row)
    session.flush()
    return row


def _lock(session: Session, applicant: Applicant) -> Sequence[Claim]:
    """Whoever decides about a number, claims it or gives it back at this moment waits: first what is decided, then the
    claims, as in `claim_people.py`.
    """
    _known(session, applicant, lock=True)
    claims = select(Claim).where(Claim.id_digest == applicant.digest).order_by(Claim.id)
    return session.scalars(claims.with_for_update().execution_options(populate_existing=True)).all()


def _known(session: Session, applicant: Applicant, *, lock: bool = False) -> list[PassportDecision]:
    wanted = select(PassportDecision).where(PassportDecision.id_digest == applicant.digest)
    wanted = wanted.order_by(PassportDecision.id).execution_options(populate_existing=True)
    return list(session.scalars(wanted.with_for_update() if lock else wanted))


def _is(record: PassportDecision, birth: Any, sex: Sex) -> bool:
    return (record.birth, record.sex) == (birth, sex)


def _row_of(person: Applicant) -> PassportDecision:
    return PassportDecision(
        id_digest=person.digest,
        id_sealed=seal_id_no(person.id_no, person.digest),
        name=person.name,
        birth=person.birth,
        sex=person.sex,
    )


def _permit(
    session: Session,
    record: PassportDecision,
    collision: Collision,
    known: list[PassportDecision],
    claims: Sequence[Claim],
) -> None:
    """A variant for the applicant that nobody has, and for the holder the one of their claim."""
    holder = collision.holder
    first = next((one for one in known if _is(one, holder.birth, holder.sex)), None)
    used = [*(one.variant for one in known if one.variant is not None), *(claim.variant for claim in claims)]
    following = 1 + max(used, default=0)
    for one in known:  # the applicant, and whoever else was meant to have the variant that the holder has taken
        if one is record or (one is not first and one.variant == holder.variant):
            one.variant, following = following, following + 1
    session.flush()  # before the holder's row: no two may have one variant even for a moment
    if first is None:
        other = Applicant("", collision.applicant.id_no, holder.name, holder.birth, holder.sex)
        first = _row_of(other)
        session.add(first)
        known.append(first)
    first.different, first.variant = True, holder.variant
    session.flush()


def _refuse_if_claimed(session: Session, applicant: Applicant) -> None:
    """Refused BAT-002: this very person is claimed, in some year; the permission can't be taken back then."""
    claimed = (
        select(Batch.state)
        .join(Claim, Claim.batch_id == Batch.id)
        .join(BatchPerson, BatchPerson.id == Claim.person_id)
        .where(
            Claim.id_digest == applicant.digest,
            BatchPerson.birth == applicant.birth,
            BatchPerson.sex == applicant.sex,
        )
    )
    state = session.scalars(claimed.limit(1)).one_or_none()
    if state is not None:
        raise Refused("BAT-002", status=BatchState(state).text, action=SAME)


def _write_down(  # noqa: PLR0917 - everything that the entry holds
    session: Session,
    viewer: Viewer,
    applicant: Applicant,
    collision: Collision | None,
    record: PassportDecision,
    before: dict[str, Any] | None,
    now: datetime,
) -> None:
    batch = session.scalars(select(Batch).where(Batch.batch_no == applicant.batch_no)).one_or_none()
    holder = collision.holder if collision else None
    person = {"name": applicant.name, "birth": applicant.birth.isoformat(), "sex": str(applicant.sex)}
    other = {"name": holder.name, "birth": holder.birth.isoformat(), "sex": str(holder.sex)} if holder else None
    record_act(
        session,
        viewer,
        now,
        "decide_passport",
        batch_id=batch.id if batch else None,
        id_no=mask_id_no(applicant.id_no),
        person=person,
        holder=other,
        holder_batch=holder.holder.batch_no if holder else None,
        reason=record.reason,
        before=before,
        after={"different": record.different, "variant": record.variant},
    )
    if batch is not None:
        what = f"护照号码核实（{DIFFERENT}，可以参保）" if record.different else f"护照号码核实（{SAME}，不能参保）"
        tell_exception(session, batch, what, record.reason, f"passport {record.id} {now:%Y%m%d%H%M%S}", now)
