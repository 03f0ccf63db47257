"""Passports that share a number: V7, 清册提交 and races for variants (DOMAIN 9.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import pytest

from models.actions.check_roster import Checked, submit_at_once
from models.actions.reinstate_batch import ClaimedElsewhere
from models.queries.register import conflicts_of
from models.queries.roster import occupied
from models.records.database import reading, writing
from models.rules.lifecycle import BatchState
from tests.checks import validated
from tests.claims import broken_claims
from tests.expired import expired, reinstated
from tests.imports import a_rival_with, the_batch
from tests.passports import JEAN, MARIE, WANG, decided, variants
from tests.people import stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.stages import withdraw
from tests.statements import statements

Work = TypeVar("Work")


def all_at_once(act: Callable[[Work], object], work: Sequence[Work]) -> list[object]:
    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(act, work))


def submit(batch: BatchOf) -> Checked:
    with writing() as session:
        return submit_at_once(session, batch.viewer, batch.batch_no, batch.now)


def codes(checked: Checked) -> list[str]:
    return [conflict.code for conflict in checked.conflicts]


def batches_with(*people: object) -> list[BatchOf]:
    made = [a_batch_to_fill(f"0000A{number}") for number in range(len(people))]
    for batch, person in zip(made, people, strict=True):
        people_on(batch, [person])  # type: ignore[list-item]  # people
    return made


def test_a_check_and_the_roster_say_who_is_kept_out_and_who_is_not(database: str) -> None:
    [batch] = batches_with(JEAN)
    a_rival_with([WANG])
    assert validated(batch).blocking == [("V7", "REG-003", JEAN.name)]
    with reading() as session:
        assert len(occupied(session, the_batch(batch), stored_people(batch))) == 1
    decided(JEAN)
    assert validated(batch).blocking == []
    with reading() as session:
        assert occupied(session, the_batch(batch), stored_people(batch)) == set()


def test_the_roster_shows_the_same_person_as_claimed_whatever_is_permitted(database: str) -> None:
    [batch, other] = batches_with(JEAN, JEAN)
    a_rival_with([WANG])
    decided(JEAN)
    assert submit(batch).passed
    with reading() as session:
        assert len(occupied(session, the_batch(other), stored_people(other))) == 1


def test_of_two_units_with_the_same_permitted_person_one_gets_them(database: str) -> None:
    a_rival_with([WANG])
    decided(JEAN)
    made = batches_with(JEAN, JEAN, JEAN)
    ended = all_at_once(submit, made)
    assert sorted(codes(one) for one in ended) == [[], ["REG-001"], ["REG-001"]]
    assert variants() == {WANG.name: 0, JEAN.name: 1}
    assert broken_claims() == []


def test_permitted_people_of_one_number_do_not_hinder_each_other(database: str) -> None:
    a_rival_with([WANG])
    decided(JEAN)
    decided(MARIE)
    ended = all_at_once(submit, batches_with(JEAN, MARIE))
    assert [codes(one) for one in ended] == [[], []]
    assert variants() == {WANG.name: 0, JEAN.name: 1, MARIE.name: 2}


def test_administrators_who_decide_at_the_same_time_give_different_variants(database: str) -> None:
    a_rival_with([WANG])
    others = [replace(JEAN, name=f"Jean {day}", birth=date(1980, 1, day)) for day in range(1, 7)]
    decided(others[0])  # the administrator's account is there
    given = all_at_once(lambda person: decided(person).variant, others[1:])
    assert sorted(given) == [2, 3, 4, 5, 6]


def test_the_first_decisions_about_a_number_at_the_same_time_give_different_variants(database: str) -> None:
    a_rival_with([WANG])
    with refused("BAT-004"):
        decided(WANG)  # the administrator's account is there
    given = all_at_once(lambda person: decided(person).variant, [JEAN, MARIE])
    assert sorted(given) == [1, 2]


def test_one_decision_by_two_administrators_at_the_same_time_is_one(database: str) -> None:
    a_rival_with([WANG])
    with refused("BAT-004"):
        decided(WANG)

    def decide(_: int) -> str:
        try:
            return str(decided(JEAN).variant)
        except Exception as refusal:  # noqa: BLE001 -- its code is what the test looks at
            return str(getattr(refusal, "code", refusal))

    assert sorted(all_at_once(decide, [1, 2])) == ["1", "BAT-004"]


def test_somebody_undecided_is_kept_out_by_a_permitted_person_though_their_place_is_free(database: str) -> None:
    rival = a_rival_with([WANG])
    decided(JEAN)
    withdraw(rival)
    [batch, other] = batches_with(JEAN, MARIE)
    assert submit(batch).passed
    assert codes(submit(other)) == ["REG-003"]
    assert the_batch(other).state == BatchState.ROSTER_FAILED
    assert variants() == {JEAN.name: 1}


def test_somebody_undecided_does_not_come_back_beside_a_permitted_person(database: str) -> None:
    rival = a_rival_with([WANG])
    decided(JEAN)
    withdraw(rival)
    batch, other = batches_with(MARIE, JEAN)
    assert submit(batch).passed
    expired(batch)
    assert submit(other).passed
    with pytest.raises(ClaimedElsewhere) as claimed:
        reinstated(batch, batch.now + timedelta(days=9))
    assert [conflict.finding.code for conflict in claimed.value.conflicts] == ["REG-003"]
    assert variants() == {JEAN.name: 1}


def test_somebody_undecided_and_a_permitted_person_at_the_same_time_take_turns(database: str) -> None:
    rival = a_rival_with([WANG])
    decided(JEAN)
    withdraw(rival)
    permitted, undecided = (codes(one) for one in all_at_once(submit, batches_with(JEAN, MARIE)))
    assert permitted == []
    if undecided:  # she came second
        assert (undecided, variants()) == (["REG-003"], {JEAN.name: 1})
    else:
        assert variants() == {JEAN.name: 1, MARIE.name: 0}
    assert broken_claims() == []


@pytest.mark.parametrize("people", [1, 3])
def test_looking_for_conflicts_of_passports_takes_two_statements(database: str, people: int) -> None:
    [batch] = batches_with(JEAN)
    people_on(batch, [replace(JEAN, id_no=f"E1234567{number}") for number in range(people)])
    a_rival_with([WANG, *(replace(WANG, id_no=f"E1234567{number}") for number in range(people))])
    own = the_batch(batch)
    with reading() as session, statements() as asked:
        assert len(conflicts_of(session, own)) == people + 1
    assert len(asked) == 2
