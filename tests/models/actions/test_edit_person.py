"""编辑 of a passport person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.actions.edit_person import Edited, edit_person, take_person_to_edit
from models.actions.set_in_service import set_in_service
from models.queries.register import as_person
from models.records.database import writing
from models.records.viewer import Viewer
from models.rules.findings import Outcome
from models.rules.permissions import Role
from models.rules.person import EmploymentStatus, Sex
from tests.builders import a_person, resident_id
from tests.claims import claims_of
from tests.imports import a_rival_with, submitted, the_batch
from tests.people import (
    PERSONAL_SI_NO,
    SI_UNIT_CODE,
    a_passport,
    audited,
    known_to_the_register,
    somebody_of,
    stored_people,
)
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.refusals import refused
from tests.statements import statements

DOU = a_passport()
LI_LEI = a_passport(name="李雷", id_no="E12345678", birth=date(1990, 5, 6))
DOUDOU = a_person()


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A draft with 王豆 (护照, “-”), 李雷 (护照) and 王豆豆 (身份证)."""
    filled = a_batch_to_fill()
    people_on(filled, [DOU, LI_LEI, DOUDOU])
    return filled


def edit(
    batch: BatchOf, *, who: int = 0, version: int | None = None, viewer: Viewer | None = None, **cells: str
) -> Edited:
    person_id = stored_people(batch)[who].id
    with writing() as session:
        return edit_person(
            session, viewer or batch.viewer, batch.batch_no, person_id, cells, batch.now, version=version
        )


def codes(done: Edited) -> list[str]:
    return [finding.code for finding in done.findings]


def test_every_cell_but_the_type_can_be_edited(batch: BatchOf) -> None:
    done = edit(
        batch, name=" 王豆芽 ", id_no="h-7654321", birth="1999-01-02", sex="女", mobile="+86 138 0000 0001", has_si="是"
    )
    assert done.outcome is Outcome.UPDATED
    assert as_person(stored_people(batch)[0]) == replace(
        DOU, name="王豆芽", id_no="H7654321", birth=date(1999, 1, 2), sex=Sex.FEMALE, mobile="13800000001", has_si=True
    )
    assert stored_people(batch)[0].employment_status == "in_service"


def test_cells_that_are_not_named_stay(batch: BatchOf) -> None:
    edit(batch, mobile="13800000001")
    assert as_person(stored_people(batch)[0]) == replace(DOU, mobile="13800000001")


def test_an_edit_makes_a_new_version_that_an_undo_will_see(batch: BatchOf) -> None:
    before = the_batch(batch)
    edit(batch, mobile="13800000001")
    after = the_batch(batch)
    assert (after.roster_version, after.version) == (before.roster_version + 1, before.version + 1)
    assert [person.edited_version for person in stored_people(batch)] == [after.roster_version, None, None]


def test_an_edit_is_written_down_before_and_after_with_masked_numbers(batch: BatchOf) -> None:
    edit(batch, name="王豆芽", id_no="H7654321")
    (entry,) = audited("edit_person")
    assert entry.account_id == batch.viewer.account_id
    assert entry.details["before"] == {"name": "王豆", "id_no": "H8***2X"}
    assert entry.details["after"] == {"name": "王豆芽", "id_no": "H7***21"}


def test_numbers_that_look_alike_when_masked_are_still_a_change(batch: BatchOf) -> None:
    assert edit(batch, id_no="H801213002X").outcome is Outcome.UPDATED
    assert stored_people(batch)[0].id_no == "H801213002X"


def test_an_edit_that_changes_nothing_leaves_the_version_alone(batch: BatchOf) -> None:
    before = the_batch(batch).version
    assert edit(batch, name="王豆", id_no=" h801213602x", sex="男").outcome is Outcome.UNCHANGED
    assert (the_batch(batch).version, audited("edit_person")) == (before, [])


def test_every_reason_against_the_new_data_is_told_at_once_and_nothing_changes(batch: BatchOf) -> None:
    done = edit(batch, name="", id_no="12", birth="2021-01-01", sex="?", mobile="12", has_si="有")
    assert done.outcome is Outcome.INVALID
    assert codes(done) == ["ROW-001", "IDN-006", "ROW-007", "ROW-019", "ROW-010", "ROW-004"]
    assert as_person(stored_people(batch)[0]) == DOU


def test_a_resident_number_is_not_taken_for_a_passport(batch: BatchOf) -> None:
    assert codes(edit(batch, id_no=resident_id())) == ["IDN-007"]


def test_somebody_under_sixteen_on_the_first_day_of_cover_is_refused(batch: BatchOf) -> None:
    assert codes(edit(batch, birth="2004-04-02")) == ["ROW-016"]
    assert edit(batch, birth="2004-04-01").outcome is Outcome.UPDATED


def test_the_number_of_another_person_of_the_roster_is_refused(batch: BatchOf) -> None:
    done = edit(batch, id_no=LI_LEI.id_no)
    assert (done.outcome, codes(done)) == (Outcome.INVALID, ["ROW-009"])


def test_somebody_who_is_there_twice_is_not_made_one_by_an_edit(batch: BatchOf) -> None:
    done = edit(batch, name=LI_LEI.name, id_no=LI_LEI.id_no, birth="1990-05-06")
    assert (done.outcome, codes(done)) == (Outcome.INVALID, ["ROW-015"])
    assert len(stored_people(batch)) == 3


def test_an_edit_does_not_look_for_the_new_number_in_the_annual_register(batch: BatchOf) -> None:
    rival = a_rival_with([taken := replace(DOU, id_no="H7654321")])
    done = edit(batch, id_no=taken.id_no)
    assert (done.outcome, codes(done)) == (Outcome.UPDATED, [])
    assert (len(claims_of(rival)), claims_of(batch)) == (1, set())


def test_somebody_occupied_can_still_be_edited_under_the_same_number(batch: BatchOf) -> None:
    a_rival_with([DOU])
    assert edit(batch, mobile="13800000001").outcome is Outcome.UPDATED


def test_no_edit_takes_a_claim(batch: BatchOf) -> None:
    edit(batch, id_no="H7654321")
    assert claims_of(batch) == set()


def test_a_resident_is_not_edited(batch: BatchOf) -> None:
    with refused("RST-001"):
        edit(batch, who=2, name="王豆豆豆")


@pytest.mark.parametrize("id_type", ["身份证", "", "passport"])
def test_the_type_never_changes(batch: BatchOf, id_type: str) -> None:
    with refused("RST-002"):
        edit(batch, id_type=id_type, name="王豆芽")
    assert stored_people(batch)[0].id_type == "passport"


def test_the_same_type_may_be_sent_along(batch: BatchOf) -> None:
    assert edit(batch, id_type="护照", name="王豆芽").outcome is Outcome.UPDATED


def test_a_no_does_not_undo_set_in_service(batch: BatchOf) -> None:
    with writing() as session:
        set_in_service(session, batch.viewer, batch.batch_no, [stored_people(batch)[0].id], batch.now)
    done = edit(batch, name="王豆芽", has_si="否")
    assert (done.outcome, codes(done)) == (Outcome.UPDATED, ["ROW-017"])
    assert (stored_people(batch)[0].has_si, stored_people(batch)[0].employment_status) == (True, "in_service")


def test_a_no_makes_the_status_unknown_again(batch: BatchOf) -> None:
    edit(batch, has_si="是")
    edit(batch, has_si="否")
    assert stored_people(batch)[0].employment_status == "unknown"


def test_the_register_is_asked_about_the_new_number(batch: BatchOf) -> None:
    known_to_the_register(replace(DOU, id_no="H7654321"), EmploymentStatus.RETIRED)
    edit(batch, id_no="H7654321", has_si="是")
    dou = stored_people(batch)[0]
    assert (dou.employment_status, dou.has_si) == ("retired", False)
    assert (dou.si_unit_code, dou.personal_si_no) == (SI_UNIT_CODE, PERSONAL_SI_NO)


def test_who_was_retired_under_a_wrong_number_is_not_under_the_right_one(batch: BatchOf) -> None:
    known_to_the_register(replace(DOU, id_no="H7654321"), EmploymentStatus.RETIRED)
    edit(batch, id_no="H7654321")
    edit(batch, id_no=DOU.id_no, has_si="是")
    dou = stored_people(batch)[0]
    assert (dou.employment_status, dou.si_unit_code, dou.personal_si_no) == ("in_service", None, None)


def test_the_registers_word_against_a_no_is_a_hint(batch: BatchOf) -> None:
    known_to_the_register(DOU, EmploymentStatus.IN_SERVICE)
    assert codes(edit(batch, mobile="13800000001")) == ["ROW-018"]


def test_a_stale_page_is_refused(batch: BatchOf) -> None:
    seen = the_batch(batch).version
    edit(batch, version=seen, name="王豆芽")
    with refused("BAT-004"):
        edit(batch, version=seen, name="王豆苗")
    assert stored_people(batch)[0].name == "王豆芽"


def test_while_an_import_waits_nobody_is_edited(batch: BatchOf) -> None:
    an_upload(batch)
    with refused("BAT-007"):
        edit(batch, name="王豆芽")


def test_a_submitted_roster_is_not_edited(batch: BatchOf) -> None:
    submitted(batch)
    with refused("RST-010"):
        edit(batch, name="王豆芽")


def test_an_unknown_person_of_a_submitted_roster_is_not_found_rather_than_in_the_wrong_state(batch: BatchOf) -> None:
    submitted(batch)
    with refused("BAT-005"), writing() as session:
        edit_person(session, batch.viewer, batch.batch_no, 10**6, {}, batch.now)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HANDLER])
def test_only_the_units_own_clerk_edits(batch: BatchOf, role: Role) -> None:
    with refused("AUTH-006"):
        edit(batch, viewer=somebody_of(role, batch), name="王豆芽")


def test_another_unit_edits_nobody(batch: BatchOf) -> None:
    with refused("BAT-005"):
        edit(batch, viewer=a_batch_to_fill("3019BJ").viewer, name="王豆芽")


def test_the_form_shows_the_full_number_which_is_written_down(batch: BatchOf) -> None:
    with writing() as session:
        _, person = take_person_to_edit(session, batch.viewer, batch.batch_no, stored_people(batch)[0].id, batch.now)
    assert person.id_no == DOU.id_no
    assert [(entry.details["why"], entry.details["id_no"]) for entry in audited("view_person")] == [("edit", "H8***2X")]


def test_an_edit_asks_as_often_on_a_long_roster(batch: BatchOf) -> None:
    with statements() as among_three:
        edit(batch, name="王豆芽")
    people_on(batch, [a_person(id_no=resident_id(sequence=number)) for number in range(50)])
    with statements() as among_fifty:
        edit(batch, name="王豆苗")
    assert len(among_fifty) == len(among_three)
