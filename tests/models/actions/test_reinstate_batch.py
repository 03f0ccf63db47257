"""恢复: an expired batch goes back to where it was, with everybody or not at all (T25)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update

from config.clock import SHANGHAI
from config.messages import text
from models.actions.reinstate_batch import ClaimedElsewhere, reinstate_batch
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.unit import EnrolmentCode
from models.rules.lifecycle import CLAIMING, BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tests.builders import a_person, resident_id
from tests.claims import broken_claims, claims_of
from tests.expired import REASON, expired, reinstated
from tests.imports import a_rival_with, another_batch, submitted, the_batch
from tests.passports import JEAN, WANG, decided, variants
from tests.people import audited, somebody_of, stored_people
from tests.premiums import later
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.stages import confirmed, put_into, withdraw
from tests.vouchers import a_paying_unit, drafted, reject, staff, submit, the_voucher, told

S = BatchState
PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙丁")]
CLOSED = datetime(2020, 5, 12, 9, 0, tzinfo=SHANGHAI)
UNTIL = datetime(2020, 5, 20, 17, 0, tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch of four people."""
    filled = a_batch_to_fill()
    people_on(filled, PEOPLE)
    return filled


def in_state(batch: BatchOf, state: BatchState) -> BatchOf:
    """The batch brought to a state by its real actions, as far as they lead."""
    if state in CLAIMING:
        submitted(batch)
    if state in {S.AWAITING_PAYMENT, S.PAYMENT_REJECTED}:
        confirmed(batch)
    put_into(batch, state)
    return batch


@pytest.mark.parametrize(
    "state", [S.ROSTER_DRAFT, S.ROSTER_FAILED, S.ROSTER_SUBMITTED, S.AWAITING_PAYMENT, S.PAYMENT_REJECTED]
)
def test_the_batch_is_where_it_was_and_holds_claims_as_that_state_does(batch: BatchOf, state: BatchState) -> None:
    before = the_batch(in_state(batch, state))
    expired(batch, CLOSED)
    reinstated(batch, UNTIL, now=CLOSED)
    after = the_batch(batch)
    assert (after.state, after.reinstated_until, after.updated_at) == (state, UNTIL, CLOSED)
    assert (after.state_before_expiry, after.expired_at, after.expired_reason) == (None, None, None)
    for kept in ("coverage_start", "coverage_end", "half_price", "projects", "total_fen", "payment_cutoff_on"):
        assert getattr(after, kept) == getattr(before, kept), kept
    assert len(claims_of(batch)) == (4 if state in CLAIMING else 0)
    assert broken_claims() == []


def test_it_is_written_down_and_told_to_the_handler(batch: BatchOf) -> None:
    expired(batch, CLOSED)
    reinstated(batch, UNTIL, "  疫情期间\n", now=CLOSED)
    [entry] = audited("reinstate")
    assert (entry.batch_id, entry.details["reason"], entry.details["people"]) == (batch.batch_id, "疫情期间", 4)
    assert entry.details["before"] == {
        "state": "expired", "expired_at": "2020-05-12T01:00:00+00:00", "expired_reason": REASON,
        "reinstated_until": None,
    }  # fmt: skip
    assert entry.details["after"] == {
        "state": "roster_draft", "expired_at": None, "expired_reason": None,
        "reinstated_until": UNTIL.isoformat(),
    }  # fmt: skip
    assert told("NTF-15") == [{"batch": batch.batch_no, "what": "恢复", "reason": "疫情期间"}]


def test_the_one_deadline_lets_it_be_submitted_and_confirmed_after_the_close_and_no_longer(batch: BatchOf) -> None:
    expired(batch, CLOSED)
    reinstated(batch, UNTIL, now=CLOSED)
    last_second = later(batch, UNTIL - timedelta(seconds=1))
    confirmed(submitted(last_second))
    assert the_batch(batch).coverage_start.isoformat() == "2020-04-01"
    with refused("WIN-005"):
        withdraw(batch, now=UNTIL)


def test_who_is_claimed_elsewhere_is_named_and_nothing_is_reinstated(batch: BatchOf) -> None:
    expired(submitted(batch), CLOSED)
    a_rival_with(PEOPLE[1:3])
    with pytest.raises(ClaimedElsewhere) as claimed:
        reinstated(batch, UNTIL, now=CLOSED)
    assert (claimed.value.code, claimed.value.values) == ("VAL-006", {"n": 2})
    said = [text(conflict.finding.code, **conflict.finding.values) for conflict in claimed.value.conflicts]
    assert [sentence[:2] for sentence in said] == ["乙（", "丙（"]
    assert "上海第3019BJ号机械有限公司" in said[0]
    assert (the_batch(batch).state, claims_of(batch)) == (S.EXPIRED, set())
    assert audited("reinstate") == []
    assert told("NTF-15") == []


def test_what_the_register_told_of_others_people_is_written_down(batch: BatchOf) -> None:
    expired(submitted(batch), CLOSED)
    with writing() as session:
        session.execute(update(EnrolmentCode).values(account_id=None, bound_by=None, bound_at=None))
    version = the_batch(batch).version
    a_rival_with(PEOPLE[1:3])
    with pytest.raises(ClaimedElsewhere):
        reinstated(batch, UNTIL, "疫情期间", now=CLOSED)
    [entry] = audited("reinstate_in_vain")
    ids = {person.name: person.id for person in stored_people(batch)}
    assert (entry.batch_id, entry.at) == (batch.batch_id, CLOSED)
    assert entry.details == {
        "reason": "疫情期间", "refused": "VAL-006", "register_answers": 2,
        "people": [{"person_id": ids[name], "name": name} for name in "乙丙"],
    }  # fmt: skip
    assert the_batch(batch).version == version
    with reading() as session:
        assert session.get_one(Batch, batch.batch_id).code.account_id is None


def test_a_draft_comes_back_whoever_is_claimed_elsewhere_since_it_claims_nobody(batch: BatchOf) -> None:
    expired(batch, CLOSED)
    a_rival_with(PEOPLE)
    reinstated(batch, UNTIL, now=CLOSED)
    assert the_batch(batch).state == S.ROSTER_DRAFT


def test_permitted_passports_are_claimed_again_with_their_variant(database: str) -> None:
    a_rival_with([WANG])
    decided(JEAN)
    batch = a_batch_to_fill()
    people_on(batch, [JEAN])
    reinstated(expired(submitted(batch), CLOSED), UNTIL, now=CLOSED)
    assert variants() == {WANG.name: 0, JEAN.name: 1}


def test_a_batch_that_left_a_rejected_voucher_is_to_be_paid_with_another(database: str) -> None:
    paying = a_paying_unit()
    submit(paying)
    reject(paying)
    expired(paying.batch, CLOSED)
    assert the_voucher(paying.voucher_id).voucher.state == "void"
    batch = reinstated(paying.batch, UNTIL, now=CLOSED)
    assert batch.state == S.PAYMENT_REJECTED
    drafted(later(paying.batch, UNTIL - timedelta(seconds=1)))
    with refused("PAY-006"):
        drafted(later(paying.batch, UNTIL - timedelta(seconds=1)))


def test_after_its_time_a_reinstated_batch_is_not_paid(database: str) -> None:
    paying = a_paying_unit()
    reinstated(expired(paying.batch, CLOSED), UNTIL, now=CLOSED)
    with refused("PAY-009", batch=paying.batch.batch_no, date="2020-05-20"):
        drafted(later(paying.batch, UNTIL))


def test_people_that_are_erased_do_not_come_back(batch: BatchOf) -> None:
    expired(submitted(batch), CLOSED)
    with writing() as session:
        session.execute(delete(BatchPerson))
    with refused("BAT-008"):
        reinstated(batch, UNTIL, now=CLOSED)


def test_a_draft_without_anybody_comes_back_until_its_people_would_be_erased(database: str) -> None:
    batch = expired(a_batch_to_fill(), CLOSED)
    late = CLOSED + timedelta(days=90)
    with refused("BAT-008"):
        reinstated(batch, late + timedelta(days=1), now=late)
    reinstated(batch, late, now=late - timedelta(days=1))


def test_a_unit_that_has_opened_another_central_batch_keeps_that_one(batch: BatchOf) -> None:
    expired(batch)
    second = another_batch(batch.viewer, "0088D8", EnrolmentType.CENTRAL, now=batch.now)
    with writing() as session:
        code = update(Batch).where(Batch.id == second.batch_id)
        session.execute(code.values(code_id=the_batch(batch).code_id))
    with refused("BAT-001", code="0088D2", year="2020", batch=second.batch_no):
        reinstated(batch, UNTIL)


@pytest.mark.parametrize(("changes", "code"), [({"active": False}, "COD-004"), ({"account_id": None}, "")])
def test_a_code_out_of_use_has_no_batches_to_reinstate(batch: BatchOf, changes: dict[str, object], code: str) -> None:
    expired(batch)
    with writing() as session:
        session.execute(update(EnrolmentCode).values(**changes))
    if code:
        with refused(code):
            reinstated(batch, UNTIL)
    else:
        reinstated(batch, UNTIL)


def test_a_code_that_was_freed_meanwhile_is_the_accounts_again(batch: BatchOf) -> None:
    expired(batch)
    with writing() as session:
        session.execute(update(EnrolmentCode).values(account_id=None, bound_by=None, bound_at=None))
    reinstated(batch, UNTIL)
    with writing() as session:
        code = session.get_one(Batch, batch.batch_id).code
        assert (code.account_id, code.bound_by) == (batch.viewer.account_id, "first_batch")


def test_a_code_that_belongs_to_another_account_now_has_none_either(batch: BatchOf) -> None:
    expired(batch)
    other = a_batch_to_fill("0088D7").viewer
    with writing() as session:
        of_it = update(EnrolmentCode).where(EnrolmentCode.code == "0088D2")
        session.execute(of_it.values(account_id=other.account_id))
    with refused("COD-002"):
        reinstated(batch, UNTIL)


@pytest.mark.parametrize("state", sorted(set(BatchState) - {S.EXPIRED, S.DELETED}))
def test_only_what_has_expired_is_reinstated(batch: BatchOf, state: BatchState) -> None:
    put_into(batch, state)
    with refused("BAT-002", status=state.text, action="恢复"):
        reinstated(batch, UNTIL)


def test_where_it_was_must_be_known(batch: BatchOf) -> None:
    put_into(batch, S.EXPIRED, expired_at=CLOSED)
    with refused("BAT-002", action="恢复"):
        reinstated(batch, UNTIL)


def test_a_deleted_batch_does_not_exist_any_more(batch: BatchOf) -> None:
    put_into(batch, S.DELETED)
    with refused("BAT-005"):
        reinstated(batch, UNTIL)


@pytest.mark.parametrize(("reason", "code"), [(" ", "SYS-002"), ("长" * 501, "SYS-003")])
def test_without_a_reason_nothing_is_reinstated(batch: BatchOf, reason: str, code: str) -> None:
    expired(batch)
    with refused(code, field="恢复原因"):
        reinstated(batch, UNTIL, reason)
    assert the_batch(batch).state == S.EXPIRED


def test_a_time_that_is_past_is_none(batch: BatchOf) -> None:
    expired(batch)
    with refused("SYS-003", field="恢复办理至"):
        reinstated(batch, batch.now)


def test_a_stale_version_is_refused(batch: BatchOf) -> None:
    expired(batch)
    with refused("BAT-004"):
        reinstated(batch, UNTIL, version=1)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_nobody_but_an_administrator_reinstates(batch: BatchOf, role: Role) -> None:
    expired(batch)
    with refused("AUTH-006"), writing() as session:
        reinstate_batch(session, somebody_of(role, batch), batch.batch_no, UNTIL, "因", batch.now)


def test_an_instant_batch_that_was_submitted_may_be_confirmed_when_its_window_is_closed(database: str) -> None:
    march = datetime(2021, 3, 1, 9, 0, tzinfo=SHANGHAI)
    first = a_batch_to_fill(now=IN_THE_INSTANT_WINDOW - timedelta(days=60))
    batch = another_batch(first.viewer, "0088D2", EnrolmentType.INSTANT, now=march)
    people_on(batch, PEOPLE)
    expired(submitted(batch), march + timedelta(days=16))
    until = datetime(2021, 3, 31, 12, 0, tzinfo=SHANGHAI)
    reinstated(batch, until, now=march + timedelta(days=20))
    confirmed(later(batch, until - timedelta(seconds=1)))
    assert the_batch(batch).coverage_start.isoformat() == "2021-03-02"


def test_two_administrators_at_once_reinstate_it_once(batch: BatchOf) -> None:
    expired(submitted(batch))
    staff(Role.ADMIN, batch.now)

    def press(_: int) -> str:
        try:
            return str(reinstated(batch, UNTIL).state)
        except Exception as refusal:  # noqa: BLE001 -- its code is what the test looks at
            return str(getattr(refusal, "code", refusal))

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(press, range(2))) == ["BAT-002", "roster_submitted"]
    assert len(audited("reinstate")) == 1
    assert broken_claims() == []


def test_of_a_unit_that_submits_and_an_expired_batch_with_the_same_people_one_gets_them(batch: BatchOf) -> None:
    expired(submitted(batch))
    staff(Role.ADMIN, batch.now)
    other = a_batch_to_fill("0088D7")
    people_on(other, PEOPLE[::-1])

    def come_back() -> str:
        try:
            return str(reinstated(batch, UNTIL).state)
        except ClaimedElsewhere as claimed:
            return f"{len(claimed.conflicts)} conflicts"

    def hand_in() -> str:
        try:
            submitted(other)
        except AssertionError:
            return "4 conflicts"
        return "roster_submitted"

    with ThreadPoolExecutor(2) as threads:
        ended = sorted(one.result() for one in (threads.submit(come_back), threads.submit(hand_in)))
    assert ended == ["4 conflicts", "roster_submitted"]
    assert broken_claims() == []
