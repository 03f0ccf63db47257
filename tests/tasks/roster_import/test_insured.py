"""What 设置在职 and the social-insurance register say about imported people (DOMAIN 7.6, 7.7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.records.database import reading
from models.records.person import BatchPerson
from models.rules.person import EmploymentStatus
from tests.builders import a_person, resident_id
from tests.imports import an_import, typed
from tests.people import known_to_the_register
from tests.records import BatchOf, a_batch_to_fill
from tests.undoing import confirmed

JIA, YI = (a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙"))
WITHOUT = replace(JIA, has_si=False)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def stored(batch: BatchOf, name: str = "甲") -> BatchPerson:
    with reading() as session:
        return session.query(BatchPerson).filter_by(batch_id=batch.batch_id, name=name).one()


def status_of(batch: BatchOf) -> tuple[bool, str]:
    person = stored(batch)
    return person.has_si, person.employment_status


def test_a_retired_person_is_added_as_retired_whatever_the_file_says(batch: BatchOf) -> None:
    known_to_the_register(JIA, EmploymentStatus.RETIRED)
    assert an_import(batch, [typed(JIA)]).counts == {"added": 1}
    assert status_of(batch) == (False, EmploymentStatus.RETIRED)


def test_a_person_who_has_retired_since_becomes_retired_by_the_next_import(batch: BatchOf) -> None:
    an_import(batch, [typed(JIA)])
    known_to_the_register(JIA, EmploymentStatus.RETIRED)
    assert an_import(batch, [typed(JIA)], repeat=True).counts == {"updated": 1}
    assert status_of(batch) == (False, EmploymentStatus.RETIRED)


def test_one_of_whom_nothing_was_known_becomes_retired_though_nothing_else_changes(batch: BatchOf) -> None:
    an_import(batch, [typed(WITHOUT)])
    known_to_the_register(JIA, EmploymentStatus.RETIRED)
    assert an_import(batch, [typed(WITHOUT)], repeat=True).counts == {"updated": 1}
    assert status_of(batch) == (False, EmploymentStatus.RETIRED)


def test_no_stays_no_where_the_register_knows_the_person_in_service_but_the_clerk_is_told(batch: BatchOf) -> None:
    known_to_the_register(JIA, EmploymentStatus.IN_SERVICE)
    done = an_import(batch, [typed(WITHOUT)])
    assert (done.counts, done.codes) == ({"added": 1}, {2: ["ROW-018"]})
    assert status_of(batch) == (False, EmploymentStatus.UNKNOWN)


def test_the_hint_is_given_again_when_the_person_is_met_again(batch: BatchOf) -> None:
    known_to_the_register(JIA, EmploymentStatus.IN_SERVICE)
    an_import(batch, [typed(WITHOUT)])
    again = an_import(batch, [typed(WITHOUT)], repeat=True)
    assert (again.counts, again.codes) == ({"unchanged": 1}, {2: ["ROW-018"]})


def test_yes_and_in_service_agree_and_nothing_is_said(batch: BatchOf) -> None:
    known_to_the_register(JIA, EmploymentStatus.IN_SERVICE)
    done = an_import(batch, [typed(JIA)])
    assert (done.codes, status_of(batch)) == ({}, (True, EmploymentStatus.IN_SERVICE))


def test_the_registers_codes_are_kept_with_the_person(batch: BatchOf) -> None:
    known_to_the_register(JIA, EmploymentStatus.IN_SERVICE)
    an_import(batch, [typed(JIA), typed(YI)])
    assert (stored(batch).si_unit_code, stored(batch).personal_si_no) == ("31018801", "310100000000001")
    assert stored(batch, "乙").si_unit_code is None


def test_an_imported_no_does_not_undo_set_in_service_and_says_so(batch: BatchOf) -> None:
    an_import(batch, [typed(WITHOUT)])
    confirmed(batch, JIA)
    again = an_import(batch, [typed(WITHOUT)], repeat=True)
    assert (again.counts, again.codes, stored(batch).has_si) == ({"unchanged": 1}, {2: ["ROW-017"]}, True)


def test_with_another_mobile_it_is_an_update_with_the_same_hint(batch: BatchOf) -> None:
    an_import(batch, [typed(WITHOUT)])
    confirmed(batch, JIA)
    done = an_import(batch, [typed(replace(WITHOUT, mobile="13800000000"))])
    assert (done.counts, done.codes) == ({"updated": 1}, {2: ["ROW-017"]})
    assert (stored(batch).has_si, stored(batch).mobile) == (True, "13800000000")


def test_a_hint_alone_makes_no_marked_workbook(batch: BatchOf) -> None:
    an_import(batch, [typed(WITHOUT)])
    confirmed(batch, JIA)
    assert an_import(batch, [typed(WITHOUT)], repeat=True).upload.report_job_id is None
