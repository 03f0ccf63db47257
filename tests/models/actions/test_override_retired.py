"""退休核定: for one person and one plan year, with a reason, and taken back when it was wrong (DOMAIN 7.6)."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.actions.override_retired import override_retired, withdraw_override
from models.queries.retired import overrides
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.reference import RetiredOverride
from models.records.sealing import id_digest
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.permissions import Role
from models.rules.person import EmploymentStatus
from tests.at_once import at_once
from tests.builders import a_person, resident_id
from tests.checks import register_says, validated
from tests.people import stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.vouchers import staff

JIA = a_person(name="甲", id_no=resident_id(sequence=1))
RETIRED, UNKNOWN = EmploymentStatus.RETIRED, EmploymentStatus.UNKNOWN


@pytest.fixture
def batch(database: str) -> BatchOf:
    """甲 is on the roster, and the register calls 甲 retired."""
    batch = a_batch_to_fill()
    people_on(batch, [JIA])
    register_says(JIA, RETIRED)
    return batch


@pytest.fixture
def admin(batch: BatchOf) -> Viewer:
    return staff(Role.ADMIN, batch.now)


def decide(
    admin: Viewer,
    batch: BatchOf,
    id_no: str = JIA.id_no,
    *,
    year: str = "2020",
    id_type: str = "resident_id",
    reason: str = "返聘，缴纳社保",
) -> int:
    with writing() as session:
        return override_retired(session, admin, year, id_type, id_no, reason, batch.now).id


def statuses(batch: BatchOf) -> list[str]:
    validated(batch)
    return [person.employment_status for person in stored_people(batch)]


def test_whoever_is_decided_for_is_not_retired_from_the_next_check_on(batch: BatchOf, admin: Viewer) -> None:
    assert statuses(batch) == [RETIRED]
    decide(admin, batch)
    assert statuses(batch) == [UNKNOWN]


def test_what_is_taken_back_does_not_count_any_more(batch: BatchOf, admin: Viewer) -> None:
    assert statuses(batch) == [RETIRED]
    decision = decide(admin, batch)
    assert statuses(batch) == [UNKNOWN]
    with writing() as session:
        withdraw_override(session, admin, decision, batch.now)
    assert statuses(batch) == [RETIRED]


def test_the_number_is_found_however_it_was_typed_and_stored_sealed(batch: BatchOf, admin: Viewer) -> None:
    decide(admin, batch, f" {JIA.id_no[:6]} {JIA.id_no[6:]} ")
    with reading() as session:
        (stored,) = session.query(RetiredOverride).all()
        lines, total = overrides(session, "2020", 1, 20)
    assert stored.id_digest == id_digest(JIA.id_no)
    assert JIA.id_no.encode() not in stored.id_sealed
    assert [(line.masked, line.reason) for line in lines] == [
        (f"{JIA.id_no[:4]}*****{JIA.id_no[-4:]}", "返聘，缴纳社保")
    ]
    assert total == 1


def test_lists_are_of_one_year_or_of_all(batch: BatchOf, admin: Viewer) -> None:
    decide(admin, batch)
    with reading() as session:
        assert [overrides(session, year, 1, 20)[1] for year in ("2020", "2019", "")] == [1, 0, 1]


def test_one_decision_a_person_and_year_is_enough(batch: BatchOf, admin: Viewer) -> None:
    decide(admin, batch)
    with refused("SYS-004", year="2020"):
        decide(admin, batch, reason="再次")


def test_of_two_who_decide_at_once_the_second_is_told(batch: BatchOf, admin: Viewer) -> None:
    def decides(session: Session) -> None:
        override_retired(session, admin, "2020", "resident_id", JIA.id_no, "返聘", batch.now)

    with refused("SYS-004", year="2020"):
        at_once(decides, decides)
    with reading() as session:
        assert overrides(session, "2020", 1, 20)[1] == 1


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"reason": " "}, {"reason": "SYS-002"}),
        ({"reason": "长" * 201}, {"reason": "SYS-003"}),
        ({"id_no": ""}, {"id_no": "SYS-002"}),
        ({"id_no": "110101199003079092"}, {"id_no": "IDN-005"}),
        ({"id_no": JIA.id_no, "id_type": "passport"}, {"id_no": "IDN-007"}),
        ({"id_type": "军官证"}, {"id_type": "SYS-002"}),
        ({"year": "2031"}, {"plan_year": "SYS-003"}),
        ({"year": "", "id_no": "1", "reason": ""}, {"plan_year": "SYS-002", "id_no": "IDN-001", "reason": "SYS-002"}),
    ],
)
def test_wrong_fields_are_named_all_at_once(
    batch: BatchOf, admin: Viewer, typed: dict[str, str], codes: dict[str, str]
) -> None:
    with pytest.raises(FormRefused) as caught:
        decide(admin, batch, **typed)  # type: ignore[arg-type]  # the names are decide's own
    assert {name: no.code for name, no in caught.value.problems.items()} == codes


def test_both_decisions_are_written_down_with_the_masked_number(batch: BatchOf, admin: Viewer) -> None:
    decision = decide(admin, batch)
    with writing() as session:
        withdraw_override(session, admin, decision, batch.now)
    with reading() as session:
        entries = session.query(AuditEntry).where(AuditEntry.action.like("%retired%")).order_by(AuditEntry.id).all()
    assert [entry.action for entry in entries] == ["override_retired", "withdraw_retired_override"]
    for entry in entries:
        assert (entry.account_id, entry.details["reason"]) == (admin.account_id, "返聘，缴纳社保")
        assert JIA.id_no not in str(entry.details)


def test_a_decision_is_taken_back_once(batch: BatchOf, admin: Viewer) -> None:
    decision = decide(admin, batch)
    with writing() as session:
        withdraw_override(session, admin, decision, batch.now)
    with writing() as session, refused("BAT-005"):
        withdraw_override(session, admin, decision, batch.now)


def test_reviewers_do_not_decide(batch: BatchOf) -> None:
    reviewer = staff(Role.REVIEWER, batch.now)
    with refused("AUTH-006"):
        decide(reviewer, batch)
