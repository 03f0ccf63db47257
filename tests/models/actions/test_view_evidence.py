"""Evidence of a correction is taken, and that is written down."""

from __future__ import annotations

import pytest

from models.actions.view_evidence import view_evidence
from models.records.database import writing
from models.rules.permissions import Role
from tests.people import audited, somebody_of
from tests.person_corrections import ID_CARD, correct, one_person
from tests.refusals import refused
from tests.vouchers import staff


def test_whoever_takes_it_is_written_down(database: str) -> None:
    batch, person = one_person()
    correct(batch, person.id, {"name": "王豆芽"})
    reviewer = staff(Role.REVIEWER, batch.now)
    with writing() as session:
        file = view_evidence(session, reviewer, person.id, 1, batch.now)
    assert (file.name, file.content) == (ID_CARD.name, ID_CARD.content)
    [entry] = audited("view_person")
    assert (entry.account_id, entry.batch_id, entry.at) == (reviewer.account_id, batch.batch_id, batch.now)
    assert entry.details == {
        "why": "evidence", "person_id": person.id, "name": "王豆芽", "id_no": "1101*****9091",
    }  # fmt: skip


@pytest.mark.parametrize("number", [1, 2**40])
def test_a_file_that_there_is_not_is_not_found_and_not_written_down(sqlite: None, number: int) -> None:
    batch, person = one_person()
    reviewer = staff(Role.REVIEWER, batch.now)
    with refused("BAT-005"), writing() as session:
        view_evidence(session, reviewer, person.id, number, batch.now)
    assert audited("view_person") == []


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REVIEWER, Role.ADMIN}])
def test_only_the_association_takes_it(sqlite: None, role: Role) -> None:
    batch, person = one_person()
    correct(batch, person.id, {"name": "王豆芽"})
    with refused("AUTH-006"), writing() as session:
        view_evidence(session, somebody_of(role, batch), person.id, 1, batch.now)
