"""The list of batches, and whose batches there are for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.actions.keep_accounts import add_account
from models.queries.batches import BatchFilters, find_batch, list_batches, live_central_batch
from models.records.account import Account
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Action, Role
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused
from tests.builders import a_person, resident_id
from tests.imports import another_batch
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.statements import statements
from tests.vouchers import a_batch_to_pay, another_to_pay, drafted


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch of unit 0088D2, in its window."""
    return a_batch_to_fill()


def listed(viewer: Viewer, *, page: int = 1, size: int = 20, **filters: str) -> Sequence[str]:
    with reading() as session:
        lines = list_batches(session, viewer, BatchFilters(**filters), page, size).lines
    return [line.batch.batch_no for line in lines]


def instant_batches(batch: BatchOf, count: int) -> list[BatchOf]:
    return [
        another_batch(
            batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW + timedelta(minutes=number)
        )
        for number in range(count)
    ]


def put_into(batch: BatchOf, state: BatchState) -> None:
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(state=state))


def test_an_account_sees_its_own_batches_only(batch: BatchOf) -> None:
    other = a_batch_to_fill("3019BJ")
    assert listed(batch.viewer) == [batch.batch_no]
    assert listed(other.viewer) == [other.batch_no]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN])
def test_staff_see_every_unit(batch: BatchOf, role: Role) -> None:
    other = a_batch_to_fill("3019BJ")
    assert listed(replace(batch.viewer, role=role)) == [other.batch_no, batch.batch_no]


def test_who_never_reads_batches_is_refused_the_list(batch: BatchOf) -> None:
    with refused("AUTH-006"):
        listed(replace(batch.viewer, role=Role.TECH_SUPPORT))


def union_above(batch: BatchOf) -> Viewer:
    """The 上级工会 of a batch's account."""
    with writing() as session:
        account, _ = add_account(session, f"above-{batch.batch_no}@union.example", Role.SUPERIOR_UNION, now=batch.now)
        session.get_one(Account, batch.viewer.account_id).superior_union_id = account.id
    return Viewer(account.id, Role.SUPERIOR_UNION, account.email)


def test_a_superior_union_sees_the_batches_of_the_accounts_below_it_alone(batch: BatchOf) -> None:
    other = a_batch_to_fill("3019BJ")
    union = union_above(batch)
    assert listed(union) == [batch.batch_no]
    with reading() as session:
        assert find_batch(session, union, batch.batch_no).id == batch.batch_id
        with refused("BAT-005"):
            find_batch(session, union, other.batch_no)


def test_a_superior_union_of_nobody_sees_nothing(batch: BatchOf) -> None:
    assert listed(replace(batch.viewer, role=Role.SUPERIOR_UNION)) == []


@pytest.mark.parametrize(("code", "found"), [("0088d2 ", True), ("0088D", False), ("", False), ("%", False)])
def test_a_service_desk_sees_what_a_whole_code_names(batch: BatchOf, code: str, found: bool) -> None:
    a_batch_to_fill("3019BJ")
    desk = replace(batch.viewer, account_id=batch.viewer.account_id + 100, role=Role.SERVICE_DESK)
    assert listed(desk, code=code) == ([batch.batch_no] if found else [])


def test_a_service_desk_finds_one_batch_by_its_whole_number(batch: BatchOf) -> None:
    with reading() as session:
        desk = replace(batch.viewer, role=Role.SERVICE_DESK)
        assert find_batch(session, desk, batch.batch_no).id == batch.batch_id


@pytest.mark.parametrize("role", [Role.SUPERIOR_UNION, Role.SERVICE_DESK])
def test_who_reads_totals_never_reads_people(batch: BatchOf, role: Role) -> None:
    union = replace(union_above(batch), role=role)
    with reading() as session, refused("AUTH-006"):
        find_batch(session, union, batch.batch_no, Action.READ_PEOPLE)


def test_the_batch_changed_last_comes_first(batch: BatchOf) -> None:
    first, second = instant_batches(batch, 2)
    with writing() as session:
        latest = IN_THE_INSTANT_WINDOW + timedelta(days=1)
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(updated_at=latest))
    assert listed(batch.viewer) == [batch.batch_no, second.batch_no, first.batch_no]


def test_each_line_counts_its_people(batch: BatchOf) -> None:
    instant_batches(batch, 1)
    people_on(batch, [a_person(id_no=resident_id(sequence=number)) for number in range(3)])
    with reading() as session:
        assert [line.people for line in list_batches(session, batch.viewer, BatchFilters()).lines] == [0, 3]


def test_pages_hold_so_many_lines_and_tell_the_total(batch: BatchOf) -> None:
    instant_batches(batch, 4)
    with reading() as session:
        page = list_batches(session, batch.viewer, BatchFilters(), 3, 2)
    assert (len(page.lines), page.total) == (1, 5)


def test_a_page_beyond_the_last_is_empty(batch: BatchOf) -> None:
    assert listed(batch.viewer, page=9) == []


@pytest.mark.parametrize("typed", ["SZSH202004200001", "szsh20200420", " SZSH2020042 "])
def test_a_number_is_found_by_its_beginning(batch: BatchOf, typed: str) -> None:
    instant_batches(batch, 1)
    assert listed(batch.viewer, batch_no=typed) == [batch.batch_no]


@pytest.mark.parametrize("typed", ["%", "_", "SZSH_0"])
def test_wildcards_in_a_filter_are_letters_like_others(batch: BatchOf, typed: str) -> None:
    assert listed(batch.viewer, batch_no=typed) == []
    assert listed(batch.viewer, unit_name=typed) == []


def test_a_unit_is_found_by_a_part_of_its_name(batch: BatchOf) -> None:
    other = a_batch_to_fill("3019BJ")
    staff = replace(batch.viewer, role=Role.REVIEWER)
    assert listed(staff, unit_name=" 3019BJ号机械 ") == [other.batch_no]


def test_batches_are_found_by_their_state(batch: BatchOf) -> None:
    (failed,) = instant_batches(batch, 1)
    put_into(failed, BatchState.ROSTER_FAILED)
    assert listed(batch.viewer, state=BatchState.ROSTER_FAILED) == [failed.batch_no]


def test_a_state_that_there_is_not_finds_nothing(batch: BatchOf) -> None:
    assert listed(batch.viewer, state="' OR 1=1 --") == []


def test_deleted_batches_are_not_listed(batch: BatchOf) -> None:
    put_into(batch, BatchState.DELETED)
    assert listed(batch.viewer) == []


def test_one_batch_is_found_by_its_whole_number(batch: BatchOf) -> None:
    with reading() as session:
        assert find_batch(session, batch.viewer, batch.batch_no).id == batch.batch_id


@pytest.mark.parametrize("batch_no", ["SZSH20200420000", "szsh202004200001", "", "SZSH209901010001"])
def test_anything_but_the_whole_number_finds_no_batch(batch: BatchOf, batch_no: str) -> None:
    with reading() as session, refused("BAT-005"):
        find_batch(session, batch.viewer, batch_no)


def test_another_accounts_batch_is_refused_like_one_that_there_is_not(batch: BatchOf) -> None:
    stranger = a_batch_to_fill("3019BJ").viewer
    with reading() as session, refused("BAT-005"):
        find_batch(session, stranger, batch.batch_no)


@pytest.mark.parametrize("batches", [1, 8])
def test_a_list_takes_three_statements_whatever_its_length(batch: BatchOf, batches: int) -> None:
    instant_batches(batch, batches)
    people_on(batch, [a_person()])
    with reading() as session, statements() as asked:
        for line in list_batches(session, batch.viewer, BatchFilters()).lines:
            assert line.batch.code.unit.name
    assert len(asked) == 3


def central_of(code: str = "0088D2", year: str = "2020") -> str | None:
    with reading() as session:
        return live_central_batch(session, code, year)


def answer_to_another(batch: BatchOf) -> str:
    """What opening a central batch of the same code and year is answered, apart from its number."""
    try:
        with writing() as session:
            a_batch(session, batch.viewer, now=batch.now)
    except Refused as refusal:
        return refusal.code
    return "opened"


@pytest.mark.parametrize("state", BatchState)
def test_a_code_has_a_live_central_batch_exactly_while_no_other_may_be_opened(
    batch: BatchOf, state: BatchState
) -> None:
    put_into(batch, state)
    found = central_of()
    assert (found, answer_to_another(batch)) in [(batch.batch_no, "BAT-001"), (None, "opened")]


def test_neither_an_instant_batch_nor_another_codes_or_years_is_the_codes_central_batch(batch: BatchOf) -> None:
    instant_batches(batch, 1)
    assert (central_of("3019BJ"), central_of(year="2021")) == (None, None)
    put_into(batch, BatchState.DELETED)
    assert central_of() is None


def test_a_line_says_whether_the_batch_is_in_a_voucher_and_alone_there(database: str) -> None:
    batch = a_batch_to_pay()
    alone, beside = another_to_pay(batch), another_to_pay(batch, "0088D5", first=200)
    drafted(alone)
    drafted(beside, another_to_pay(batch, "0088D6", first=300))
    with reading() as session:
        lines = {line.batch.batch_no: line for line in list_batches(session, batch.viewer, BatchFilters()).lines}
    found = [(lines[one.batch_no].in_voucher, lines[one.batch_no].shares_voucher) for one in (batch, alone, beside)]
    assert found == [(False, False), (True, False), (True, True)]
