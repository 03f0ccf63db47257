"""新增人员: one person with the checks and outcomes of an imported row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.actions.add_person import Added, add_person
from models.actions.set_in_service import set_in_service
from models.queries.register import as_person
from models.records.database import writing
from models.records.viewer import Viewer
from models.rules.findings import Column, Outcome
from models.rules.permissions import Role
from models.rules.person import EmploymentStatus, Person
from models.rules.roster import as_typed
from tests.builders import a_person, resident_id
from tests.claims import claims_of
from tests.imports import a_rival_with, another_batch, submitted, the_batch
from tests.people import SI_UNIT_CODE, a_passport, audited, known_to_the_register, somebody_of, stored_people
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.refusals import refused
from tests.statements import statements

JIA = a_person(name="甲", id_no=resident_id())


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def add(
    batch: BatchOf, person: Person = JIA, *, version: int | None = None, viewer: Viewer | None = None, **cells: str
) -> Added:
    with writing() as session:
        return add_person(
            session, viewer or batch.viewer, batch.batch_no, as_typed(person) | cells, batch.now, version=version
        )


def codes(done: Added) -> list[str]:
    return [finding.code for finding in done.findings]


@pytest.mark.parametrize("person", [JIA, a_passport()])
def test_a_person_is_added(batch: BatchOf, person: Person) -> None:
    done = add(batch, person)
    (stored,) = stored_people(batch)
    assert (done.outcome, done.person_id, done.name) == (Outcome.ADDED, stored.id, person.name)
    assert as_person(stored) == person


def test_a_person_who_was_added_belongs_to_no_import_and_was_changed_by_hand(batch: BatchOf) -> None:
    before = the_batch(batch)
    add(batch)
    after, (stored,) = the_batch(batch), stored_people(batch)
    assert (after.roster_version, after.version) == (before.roster_version + 1, before.version + 1)
    assert (stored.import_id, stored.sheet_row, stored.edited_version) == (None, None, after.roster_version)


def test_birth_and_sex_of_a_resident_may_be_left_out(batch: BatchOf) -> None:
    assert add(batch, birth="", sex="").outcome is Outcome.ADDED
    assert as_person(stored_people(batch)[0]) == JIA


def test_cells_that_are_not_sent_are_empty(batch: BatchOf) -> None:
    with writing() as session:
        done = add_person(session, batch.viewer, batch.batch_no, {}, batch.now)
    assert codes(done) == ["ROW-001", "ROW-002", "ROW-003", "ROW-004"]


def test_every_reason_is_told_at_once_and_nothing_changes(batch: BatchOf) -> None:
    before = the_batch(batch).version
    done = add(batch, name="", id_no=JIA.id_no[:17] + "Z", mobile="12", has_si="有")
    assert done.outcome is Outcome.INVALID
    assert codes(done) == ["ROW-001", "IDN-008", "ROW-010", "ROW-004"]
    assert (stored_people(batch), the_batch(batch).version, audited("add_person")) == ([], before, [])


def test_somebody_on_the_roster_is_updated(batch: BatchOf) -> None:
    first = add(batch)
    done = add(batch, mobile="13800000001", has_si="否")
    (stored,) = stored_people(batch)
    assert (done.outcome, done.person_id) == (Outcome.UPDATED, first.person_id)
    assert (stored.mobile, stored.has_si, stored.employment_status) == ("13800000001", False, "unknown")
    assert stored.edited_version == the_batch(batch).roster_version


def test_the_same_person_again_changes_nothing(batch: BatchOf) -> None:
    add(batch)
    before = the_batch(batch).version
    assert add(batch).outcome is Outcome.UNCHANGED
    assert (the_batch(batch).version, len(audited("add_person"))) == (before, 1)


def test_a_no_does_not_undo_set_in_service(batch: BatchOf) -> None:
    added = add(batch, has_si="否")
    with writing() as session:
        set_in_service(session, batch.viewer, batch.batch_no, [added.person_id or 0], batch.now)
    done = add(batch, has_si="否")
    assert (done.outcome, codes(done)) == (Outcome.UNCHANGED, ["ROW-017"])


def test_a_number_on_the_roster_under_another_name_is_refused(batch: BatchOf) -> None:
    add(batch)
    done = add(batch, name="乙")
    assert (done.outcome, codes(done)) == (Outcome.INVALID, ["ROW-009"])


def test_somebody_whom_another_unit_has_enrolled_is_occupied_and_the_question_written_down(batch: BatchOf) -> None:
    a_rival_with([JIA])
    done = add(batch)
    assert (done.outcome, codes(done), done.person_id) == (Outcome.OCCUPIED, ["REG-001"], None)
    (entry,) = audited("add_person")
    assert (entry.account_id, entry.details["codes"]) == (batch.viewer.account_id, ["REG-001"])
    assert JIA.id_no not in str(entry.details)
    assert stored_people(batch) == []


def test_who_does_not_know_the_name_is_not_told_who_holds_the_number(batch: BatchOf) -> None:
    a_rival_with([JIA])
    done = add(batch, name="乙")
    assert codes(done) == ["REG-002"]
    assert "unit" not in done.findings[0].values


def test_somebody_in_another_batch_of_the_account_is_enrolled_already(batch: BatchOf) -> None:
    own = another_batch(batch.viewer, "0088D3", now=batch.now)
    add(own)
    submitted(own)
    done = add(batch)
    assert (done.outcome, codes(done)) == (Outcome.ALREADY_ENROLLED, ["REG-004"])


def test_nobody_is_claimed_by_being_added(batch: BatchOf) -> None:
    add(batch)
    assert claims_of(batch) == set()


def test_a_retired_person_is_added_as_retired(batch: BatchOf) -> None:
    known_to_the_register(JIA, EmploymentStatus.RETIRED)
    done = add(batch)
    (stored,) = stored_people(batch)
    assert (done.outcome, done.employment_status) == (Outcome.ADDED, EmploymentStatus.RETIRED)
    assert (stored.has_si, stored.si_unit_code) == (False, SI_UNIT_CODE)


def test_somebody_over_age_is_added(batch: BatchOf) -> None:
    assert add(batch, a_passport(birth=a_passport().birth.replace(year=1950))).outcome is Outcome.ADDED


def test_an_addition_is_written_down_with_a_masked_number(batch: BatchOf) -> None:
    add(batch)
    add(batch, mobile="13800000001")
    first, second = audited("add_person")
    assert (first.details["outcome"], first.details["name"]) == ("added", "甲")
    assert (second.details["before"]["mobile"], second.details["after"]["mobile"]) == (None, "13800000001")
    assert JIA.id_no not in str(first.details) + str(second.details)


def test_a_finding_names_the_column_and_no_row(batch: BatchOf) -> None:
    (finding,) = add(batch, mobile="12").findings
    assert (finding.row, finding.column) == (0, Column.MOBILE)


def test_while_an_import_waits_nobody_is_added(batch: BatchOf) -> None:
    an_upload(batch)
    with refused("BAT-007"):
        add(batch)


def test_a_submitted_roster_takes_nobody(batch: BatchOf) -> None:
    add(batch)
    submitted(batch)
    with refused("RST-010"):
        add(batch, replace(JIA, id_no=resident_id(sequence=9)))


def test_after_the_window_nobody_is_added(batch: BatchOf) -> None:
    with refused("WIN-002"):
        add(replace(batch, now=batch.now.replace(month=5, day=11, hour=17)))


def test_a_stale_page_is_refused(batch: BatchOf) -> None:
    seen = the_batch(batch).version
    add(batch, version=seen)
    with refused("BAT-004"):
        add(batch, replace(JIA, id_no=resident_id(sequence=9)), version=seen)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HANDLER])
def test_only_the_units_own_clerk_adds(batch: BatchOf, role: Role) -> None:
    with refused("AUTH-006"):
        add(batch, viewer=somebody_of(role, batch))


def test_another_unit_adds_nobody(batch: BatchOf) -> None:
    with refused("BAT-005"):
        add(batch, viewer=a_batch_to_fill("3019BJ").viewer)


def test_an_addition_asks_as_often_on_a_long_roster(batch: BatchOf) -> None:
    add(batch, replace(JIA, id_no=resident_id(sequence=1)))
    with statements() as beside_one:
        add(batch, replace(JIA, id_no=resident_id(sequence=2)))
    for number in range(3, 8):
        add(batch, replace(JIA, id_no=resident_id(sequence=number)))
    with statements() as beside_seven:
        add(batch, replace(JIA, id_no=resident_id(sequence=8)))
    assert len(beside_seven) == len(beside_one)
