"""在线修改: what a corrected row becomes, and a number that the file has already (ROW-008)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from config.clock import local_date
from models.queries.imports import finding_page, rows_to_mend
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.reference import SiPerson
from models.records.sealing import id_digest
from models.rules.findings import Outcome
from models.rules.lifecycle import BatchState
from models.rules.person import EmploymentStatus
from tests.builders import resident_id
from tests.corrections import BING, JIA, YI, counts, person_named, row_of, wrong
from tests.imports import (
    a_rival_with,
    an_import,
    another_batch,
    corrected,
    imported,
    roster_of,
    submitted,
    the_batch,
    typed,
)
from tests.people import known_to_the_register
from tests.records import BatchOf, a_batch_to_fill, people_on


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


# what a corrected row becomes


def test_a_corrected_row_adds_its_person_through_its_import(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), wrong(YI)])
    result = corrected(batch, done, {3: typed(YI)})
    assert (result.outcomes, result.findings) == ({3: Outcome.ADDED}, {3: []})
    assert (roster_of(batch), counts(done)) == ([JIA, YI], {"added": 2})
    person = person_named(batch, "乙")
    assert (person.import_id, person.sheet_row) == (done.upload.id, 3)


def test_its_findings_are_gone_and_its_cells_are_those_of_the_correction(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(YI)])
    corrected(batch, done, {2: typed(replace(YI, name="乙乙"))})
    with reading() as session:
        assert finding_page(session, done.upload.id).total == 0
        assert rows_to_mend(session, done.upload.id) == []
    assert (row_of(done, 2).name, row_of(done, 2).outcome) == ("乙乙", "added")


def test_a_correction_is_a_new_version_of_the_roster_and_its_row_says_which(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(YI)])
    before = the_batch(batch)
    corrected(batch, done, {2: typed(YI)})
    after = the_batch(batch)
    assert (after.roster_version, after.version) == (before.roster_version + 1, before.version + 1)
    assert row_of(done, 2).corrected_version == after.roster_version


def test_a_row_that_is_still_wrong_stays_with_its_new_findings(batch: BatchOf) -> None:
    done = an_import(batch, [("", "身份证", JIA.id_no, "", "", "139", "是")])
    result = corrected(batch, done, {2: ("甲", "身份证", JIA.id_no, "", "", "138", "是")})
    assert [finding.code for finding in result.findings[2]] == ["ROW-010"]
    assert (counts(done), imported(done.upload.id).codes) == ({"invalid": 1}, {2: ["ROW-010"]})
    assert the_batch(batch).roster_version == 0


def test_a_row_without_any_effect_leaves_a_failed_roster_failed(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA)])
    with writing() as session:
        session.execute(update(Batch).values(state=BatchState.ROSTER_FAILED))
    corrected(batch, done, {2: wrong(YI)})
    assert the_batch(batch).state == BatchState.ROSTER_FAILED
    corrected(batch, done, {2: typed(YI)})
    assert the_batch(batch).state == BatchState.ROSTER_DRAFT


def test_a_corrected_row_may_meet_somebody_and_change_nothing(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, [wrong(JIA)])
    assert corrected(batch, done, {2: typed(JIA)}).outcomes == {2: Outcome.UNCHANGED}
    assert (counts(done), row_of(done, 2).person_id) == ({"unchanged": 1}, person_named(batch, "甲").id)
    assert row_of(done, 2).corrected_version == the_batch(batch).roster_version == 0


def test_a_corrected_row_may_update_somebody_and_remembers_what_it_replaced(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, [wrong(JIA)])
    changed = replace(JIA, mobile=None, has_si=False)
    assert corrected(batch, done, {2: typed(changed)}).outcomes == {2: Outcome.UPDATED}
    assert (roster_of(batch), counts(done)) == ([changed], {"updated": 1})
    before = row_of(done, 2).before
    assert before is not None
    assert (before["mobile"], before["has_si"], before["employment_status"]) == ("13912345678", True, "in_service")


def test_a_corrected_row_may_turn_out_to_be_enrolled_by_the_account_itself(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D3", now=batch.now)
    people_on(other, [JIA])
    submitted(other)
    done = an_import(batch, [wrong(JIA)])
    result = corrected(batch, done, {2: typed(JIA)})
    assert (counts(done), [finding.code for finding in result.findings[2]]) == ({"already_enrolled": 1}, ["REG-004"])


def test_an_occupied_row_gets_another_number(batch: BatchOf) -> None:
    a_rival_with([JIA])
    done = an_import(batch, [typed(JIA)])
    right = replace(JIA, id_no=resident_id(sequence=7))
    assert corrected(batch, done, {2: typed(right)}).outcomes == {2: Outcome.ADDED}
    assert (roster_of(batch), counts(done)) == ([right], {"added": 1})


def test_an_occupied_row_may_be_tried_again_as_it_is_once_its_person_is_free(batch: BatchOf) -> None:
    rival = a_rival_with([JIA])
    done = an_import(batch, [typed(JIA)])
    assert corrected(batch, done, {2: typed(JIA)}).outcomes == {2: Outcome.OCCUPIED}
    with writing() as session:
        session.execute(delete(Claim).where(Claim.batch_id == rival.batch_id))
    assert corrected(batch, done, {2: typed(JIA)}).outcomes == {2: Outcome.ADDED}


def test_a_wrong_row_may_turn_out_to_be_occupied_and_says_so_masked(batch: BatchOf) -> None:
    a_rival_with([JIA])
    done = an_import(batch, [wrong(JIA)])
    corrected(batch, done, {2: typed(JIA)})
    again = imported(done.upload.id)
    assert (counts(done), again.codes) == ({"occupied": 1}, {2: ["REG-001"]})
    assert again.findings[0].values["id"] == f"{JIA.id_no[:4]}*****{JIA.id_no[-4:]}"


def test_the_social_insurance_register_is_asked_as_for_an_imported_row(batch: BatchOf) -> None:
    with writing() as session:
        session.add(
            SiPerson(
                id_digest=id_digest(JIA.id_no),
                name="甲",
                personal_si_no="310100000000001",
                si_unit_code="31018801",
                status=EmploymentStatus.IN_SERVICE,
                as_of=local_date(batch.now),
            )
        )
    done = an_import(batch, [wrong(JIA)])
    corrected(batch, done, {2: typed(replace(JIA, has_si=False))})
    assert (person_named(batch, "甲").si_unit_code, imported(done.upload.id).codes) == ("31018801", {2: ["ROW-018"]})


# ROW-008


def test_a_number_that_the_file_has_added_already_is_a_duplicate_of_that_row(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), wrong(YI)])
    result = corrected(batch, done, {3: typed(JIA)})
    assert (counts(done), roster_of(batch)) == ({"added": 1, "duplicate": 1}, [JIA])
    assert [(finding.code, finding.values) for finding in result.findings[3]] == [("ROW-008", {"other": 2})]


@pytest.mark.parametrize("changes", [{"name": "甲甲"}, {"mobile": None}, {"has_si": False}])
def test_with_anything_different_it_stays_invalid(batch: BatchOf, changes: dict[str, object]) -> None:
    done = an_import(batch, [typed(JIA), wrong(YI)])
    result = corrected(batch, done, {3: typed(replace(JIA, **changes))})  # type: ignore[arg-type]  # Person's own fields
    assert (counts(done), roster_of(batch)) == ({"added": 1, "invalid": 1}, [JIA])
    assert [(finding.code, finding.values) for finding in result.findings[3]] == [("ROW-008", {"other": 2})]


def test_the_same_holds_for_a_number_that_the_file_met_on_the_roster(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, [typed(JIA), wrong(YI)])
    assert corrected(batch, done, {3: typed(replace(JIA, mobile=None))}).outcomes == {3: Outcome.INVALID}
    assert corrected(batch, done, {3: typed(JIA)}).outcomes == {3: Outcome.DUPLICATE}
    assert (counts(done), row_of(done, 3).person_id) == ({"unchanged": 1, "duplicate": 1}, None)


def test_a_duplicate_is_one_also_when_the_register_has_learned_something_since(batch: BatchOf) -> None:
    without = replace(JIA, has_si=False)
    done = an_import(batch, [typed(without), wrong(YI)])
    known_to_the_register(JIA, EmploymentStatus.RETIRED)
    assert corrected(batch, done, {3: typed(without)}).outcomes == {3: Outcome.DUPLICATE}


def test_a_number_that_another_file_has_added_is_met_on_the_roster_instead(batch: BatchOf) -> None:
    an_import(batch, [typed(JIA)])
    done = an_import(batch, [wrong(JIA)])
    assert corrected(batch, done, {2: typed(replace(JIA, mobile=None))}).outcomes == {2: Outcome.UPDATED}


def test_of_rows_that_differ_the_corrected_one_counts_and_the_other_repeats_it(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), typed(replace(JIA, mobile=None))])
    assert corrected(batch, done, {2: typed(JIA)}).outcomes == {2: Outcome.ADDED}
    assert corrected(batch, done, {3: typed(JIA)}).outcomes == {3: Outcome.DUPLICATE}
    assert (counts(done), roster_of(batch)) == ({"added": 1, "duplicate": 1}, [JIA])


def test_two_corrected_rows_with_one_number_are_judged_one_after_another(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA), wrong(YI), wrong(BING)])
    result = corrected(batch, done, {4: typed(replace(JIA, mobile=None)), 3: typed(JIA), 2: typed(JIA)})
    assert result.outcomes == {2: Outcome.ADDED, 3: Outcome.DUPLICATE, 4: Outcome.INVALID}
    assert [finding.values["other"] for row in (3, 4) for finding in result.findings[row]] == [2, 2]
    assert (counts(done), roster_of(batch)) == ({"added": 1, "duplicate": 1, "invalid": 1}, [JIA])


def test_somebody_whom_the_file_added_and_who_was_removed_may_come_back_by_a_correction(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), wrong(YI)])
    with writing() as session:
        session.execute(delete(BatchPerson))
    assert corrected(batch, done, {3: typed(JIA)}).outcomes == {3: Outcome.ADDED}
