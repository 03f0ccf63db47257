"""What is not corrected about a person, and why not (DOMAIN 11.6)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from models.actions.correct_person import Corrected, Evidence
from models.records.batch import Batch
from models.records.database import writing
from models.rules.attachment import MAX_FILES
from models.rules.form_fields import FormRefused
from models.rules.lifecycle import CLAIMING, BatchState
from models.rules.permissions import Role
from tests.builders import a_person, resident_id
from tests.imports import the_batch
from tests.people import a_passport, somebody_of, stored_people
from tests.person_corrections import (
    ID_CARD,
    REASON,
    codes_of,
    correct,
    corrections_stored,
    one_person,
    submitted_with,
)
from tests.records import a_batch_to_fill
from tests.refusals import refused

WRONG = a_person()
NAMESAKE = a_person(id_no=resident_id(sequence=9))


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"name": ""}, {"name": "ROW-001"}),
        ({"name": "王豆豆3"}, {"name": "ROW-014"}),
        ({"id_no": ""}, {"id_no": "ROW-003"}),
        ({"id_no": "110101199003079092"}, {"id_no": "IDN-005"}),
        ({"id_no": "H801213602X"}, {"id_no": "IDN-008"}),
        ({"id_no": resident_id(date(2010, 1, 1))}, {"id_no": "ROW-016"}),
        ({"birth": "1990-03-08"}, {"birth": "ROW-011"}),
        ({"sex": "女"}, {"sex": "ROW-012"}),
        ({"name": "", "sex": "x"}, {"name": "ROW-001", "sex": "ROW-019"}),
    ],
)
def test_what_no_row_could_hold_is_refused_field_by_field(
    sqlite: None, cells: dict[str, str], wrong: dict[str, str]
) -> None:
    batch, person = one_person()
    with pytest.raises(FormRefused) as no:
        correct(batch, person.id, cells)
    assert codes_of(no.value) == wrong
    assert stored_people(batch)[0].id_no == WRONG.id_no


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [({"birth": ""}, "ROW-005"), ({"sex": ""}, "ROW-006"), ({"birth": "1998/12/09"}, "ROW-007")],
)
def test_a_passport_needs_birth_and_sex(sqlite: None, cells: dict[str, str], wrong: str) -> None:
    batch = submitted_with([a_passport(), NAMESAKE])
    with pytest.raises(FormRefused) as no:
        correct(batch, stored_people(batch)[0].id, cells)
    assert codes_of(no.value) == {next(iter(cells)): wrong}


@pytest.mark.parametrize(
    ("evidence", "wrong"),
    [
        (Evidence(" ", [ID_CARD]), {"reason": "SYS-002"}),
        (Evidence("长" * 201, [ID_CARD]), {"reason": "SYS-003"}),
        (Evidence(REASON, []), {"file": "SYS-002"}),
        (Evidence(REASON, [ID_CARD] * (MAX_FILES + 1)), {"file": "SYS-003"}),
        (Evidence("", []), {"reason": "SYS-002", "file": "SYS-002"}),
    ],
)
def test_reason_and_evidence_are_required(sqlite: None, evidence: Evidence, wrong: dict[str, str]) -> None:
    batch, person = one_person()
    with pytest.raises(FormRefused) as no:
        correct(batch, person.id, {"name": "王豆芽"}, evidence)
    assert codes_of(no.value) == wrong
    assert corrections_stored() == []


@pytest.mark.parametrize("state", [state for state in BatchState if state not in {BatchState.DELETED}])
def test_only_people_of_batches_with_claims_are_corrected(sqlite: None, state: BatchState) -> None:
    batch, person = one_person()
    with writing() as session:
        session.execute(update(Batch).values(state=state))
    if state in CLAIMING:
        assert isinstance(correct(batch, person.id, {"name": "王豆芽"}), Corrected)
        return
    with refused("BAT-002", status=state.text, action="参保人员信息更正"):
        correct(batch, person.id, {"name": "王豆芽"})


def test_a_correction_of_another_version_is_not_made(sqlite: None) -> None:
    batch, person = one_person()
    with refused("BAT-004"):
        correct(batch, person.id, {"name": "王豆芽"}, version=the_batch(batch).version + 1)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REVIEWER, Role.ADMIN}])
def test_only_the_association_corrects(sqlite: None, role: Role) -> None:
    batch, person = one_person()
    with refused("AUTH-006"):
        correct(batch, person.id, {"name": "王豆芽"}, viewer=somebody_of(role, batch))


@pytest.mark.parametrize("person_id", [0, 99_999, 2**63])
def test_there_is_nobody_of_that_number(sqlite: None, person_id: int) -> None:
    batch = a_batch_to_fill()
    with refused("BAT-005"):
        correct(batch, person_id, {"name": "王豆芽"})
