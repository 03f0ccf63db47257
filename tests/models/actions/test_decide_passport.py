"""不是同一人, 是同一人: what the association decides about people who share a passport number (DOMAIN 9.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from models.actions.decide_passport import decide_passport
from models.records.database import reading, writing
from models.records.passport_decision import PassportDecision
from models.rules.permissions import Role
from tests.builders import a_person
from tests.imports import a_rival_with, an_import, roster_of, submitted, typed
from tests.passports import JEAN, MARIE, WANG, applicant, decided, variants
from tests.people import audited
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.stages import withdraw
from tests.vouchers import staff, told


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window; another unit has enrolled 王豆."""
    filled = a_batch_to_fill()
    a_rival_with([WANG])
    return filled


def known() -> dict[str, tuple[bool | None, int | None]]:
    """Every decision by name: whether different, and the variant."""
    with reading() as session:
        rows = session.scalars(select(PassportDecision))
        return {row.name: (row.different, row.variant) for row in rows}


def test_somebody_who_is_another_person_gets_a_variant_and_the_holder_keeps_theirs(batch: BatchOf) -> None:
    record = decided(JEAN)
    assert (record.different, record.variant, record.id_no) == (True, 1, JEAN.id_no)
    assert known() == {JEAN.name: (True, 1), WANG.name: (True, 0)}
    people_on(batch, [JEAN])
    submitted(batch)
    assert variants() == {WANG.name: 0, JEAN.name: 1}


def test_a_third_person_is_another_one_again(batch: BatchOf) -> None:
    decided(JEAN)
    decided(MARIE)
    assert known() == {JEAN.name: (True, 1), WANG.name: (True, 0), MARIE.name: (True, 2)}


def test_the_same_person_stays_refused_and_it_is_written_down(batch: BatchOf) -> None:
    decided(JEAN, different=False, batch=batch, reason="出生日期填错")
    assert known() == {JEAN.name: (False, None)}
    assert an_import(batch, [typed(JEAN)]).codes == {2: ["REG-003"]}
    [entry] = audited("decide_passport")
    assert entry.details["after"] == {"different": False, "variant": None}
    assert (entry.details["id_no"], entry.details["reason"]) == ("H8***2X", "出生日期填错")
    assert entry.details["holder"] == {"name": "王豆", "birth": "1998-12-09", "sex": "male"}
    assert told("NTF-15") == [
        {"batch": batch.batch_no, "what": "护照号码核实（是同一人，不能参保）", "reason": "出生日期填错"}
    ]


def test_a_decision_may_be_changed_until_somebody_is_claimed_by_it(batch: BatchOf) -> None:
    decided(JEAN, different=False)
    decided(JEAN)
    decided(JEAN, different=False)
    assert known()[JEAN.name] == (False, None)
    decided(JEAN)
    people_on(batch, [JEAN])
    submitted(batch)
    with refused("BAT-002", status="清册校验通过", action="是同一人"):
        decided(JEAN, different=False)
    assert known()[JEAN.name] == (True, 1)


def test_once_nobody_else_holds_the_number_there_is_nothing_to_decide(batch: BatchOf) -> None:
    with refused("BAT-004"):
        decided(replace(JEAN, id_no="E12345678"))
    with refused("BAT-004"):
        decided(WANG)


@pytest.mark.parametrize(("reason", "code"), [(" ", "SYS-002"), ("长" * 501, "SYS-003")])
def test_without_a_reason_nothing_is_decided(batch: BatchOf, reason: str, code: str) -> None:
    with refused(code, field="核实说明"):
        decided(JEAN, reason=reason)
    assert known() == {}


def test_a_reviewer_decides_nothing(batch: BatchOf) -> None:
    reviewer = staff(Role.REVIEWER, batch.now)
    with refused("AUTH-006"), writing() as session:
        decide_passport(session, reviewer, applicant(JEAN), True, "核对了护照", batch.now)


def test_the_holder_may_come_back_whoever_is_there_meanwhile(database: str) -> None:
    batch, rival = a_batch_to_fill(), a_rival_with([WANG])
    decided(JEAN)
    withdraw(rival)
    people_on(batch, [JEAN])
    submitted(batch)
    submitted(rival)
    assert variants() == {WANG.name: 0, JEAN.name: 1}


def test_a_stranger_who_took_the_free_place_is_another_case_to_decide(database: str) -> None:
    batch, rival = a_batch_to_fill(), a_rival_with([WANG])
    decided(JEAN)
    withdraw(rival)
    people_on(batch, [MARIE])
    submitted(batch)  # nobody holds the number at this moment, so that nobody is in her way
    other = a_batch_to_fill("0088D7")
    assert an_import(other, [typed(WANG)]).codes == {2: ["REG-003"]}
    decided(WANG)
    assert known() == {JEAN.name: (True, 1), WANG.name: (True, 2), MARIE.name: (True, 0)}
    submitted(rival)
    assert variants() == {MARIE.name: 0, WANG.name: 2}


def test_who_is_permitted_is_imported_and_found_by_the_same_number_birth_and_sex_alone(batch: BatchOf) -> None:
    decided(JEAN)
    assert an_import(batch, [typed(JEAN)]).counts == {"added": 1}
    assert [person.name for person in roster_of(batch)] == [JEAN.name]
    other = a_batch_to_fill("0088D7")
    almost = replace(JEAN, birth=date(1980, 1, 2))
    assert an_import(other, [typed(almost)]).codes == {2: ["REG-003"]}


def test_who_is_permitted_is_claimed_once_like_everybody(batch: BatchOf) -> None:
    decided(JEAN)
    people_on(batch, [JEAN])
    submitted(batch)
    other = a_batch_to_fill("0088D7")
    assert an_import(other, [typed(JEAN)]).codes == {2: ["REG-001"]}
    assert an_import(other, [typed(replace(JEAN, name="J. Dupont"))]).codes == {2: ["REG-002"]}


def test_people_with_other_certificates_are_not_asked_about(batch: BatchOf) -> None:
    people_on(batch, [a_person()])
    submitted(batch)
    assert variants() == {WANG.name: 0, "王豆豆": 0}
