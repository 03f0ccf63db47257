"""更正 of a submitted or enrolled person (DOMAIN 11.6)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update

from models.actions.correct_person import Corrected, Evidence, take_person_to_correct
from models.actions.remove_people import remove_people
from models.actions.withdraw_batch import withdraw_batch
from models.queries.certificate import certificate_of, insured_names
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.sealing import id_digest
from models.records.validation import PledgeAcceptance, ValidationReport
from models.rules.findings import Outcome
from models.rules.form_fields import FormRefused
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.permissions import Role
from models.rules.person import Sex
from tests.builders import a_person, resident_id
from tests.claims import broken_claims
from tests.imports import an_import, submitted, the_batch, undone
from tests.passports import JEAN, WANG, decided, variants
from tests.people import a_passport, audited, stored_people
from tests.person_corrections import (
    EVIDENCE,
    ID_CARD,
    REASON,
    claims_on,
    codes_of,
    correct,
    corrections_stored,
    one_person,
    submitted_with,
)
from tests.records import a_batch_to_fill, people_on
from tests.refusals import refused
from tests.vouchers import a_batch_to_pay, staff, told
from tests.workbooks import WANG_DOUDOU

RIGHT = resident_id(date(1990, 3, 7), sequence=77)
WRONG = a_person()
NAMESAKE = a_person(id_no=resident_id(sequence=9))


def test_a_corrected_number_is_claimed_and_the_wrong_one_is_free(database: str) -> None:
    batch, person = one_person()
    done = correct(batch, person.id, {"id_no": RIGHT})
    assert isinstance(done, Corrected)
    assert (done.outcome, done.over_age_differs) == (Outcome.UPDATED, False)
    (now,) = stored_people(batch)
    assert (now.id, now.id_no, now.name, now.birth, now.sex) == (
        person.id, RIGHT, WRONG.name, date(1990, 3, 7), "male",
    )  # fmt: skip
    assert claims_on(id_digest(RIGHT)) == [person.id]
    assert claims_on(person.id_digest) == []
    assert broken_claims() == []


def test_the_wrong_number_can_be_enrolled_by_another_unit_then(database: str) -> None:
    batch, person = one_person()
    correct(batch, person.id, {"id_no": RIGHT})
    submitted_with([WRONG], "0088D3")
    assert broken_claims() == []


def test_birth_and_sex_of_a_resident_follow_from_the_number(sqlite: None) -> None:
    batch, person = one_person()
    correct(batch, person.id, {"id_no": resident_id(date(1985, 12, 24), Sex.FEMALE)})
    (now,) = stored_people(batch)
    assert (now.birth, now.sex) == (date(1985, 12, 24), "female")


def test_of_a_passport_everything_but_its_type_can_be_corrected(database: str) -> None:
    batch = submitted_with([a_passport(), NAMESAKE])
    person = stored_people(batch)[0]
    cells = {"name": "王豆芽", "id_no": "h-8012136 03", "birth": "1998-12-08", "sex": "女"}
    done = correct(batch, person.id, cells)
    assert isinstance(done, Corrected)
    now = stored_people(batch)[0]
    assert (now.name, now.id_no, now.birth, now.sex) == ("王豆芽", "H801213603", date(1998, 12, 8), "female")
    assert broken_claims() == []
    with refused("RST-002"):
        correct(batch, person.id, {"id_type": "身份证"})


def test_nothing_that_was_decided_at_the_submission_changes(sqlite: None) -> None:
    batch = a_batch_to_pay()
    before, before_batch = stored_people(batch), the_batch(batch)
    with reading() as session:
        report, pledge = session.get(ValidationReport, batch.batch_id), session.get(PledgeAcceptance, batch.batch_id)
    old = resident_id(date(1950, 1, 1), sequence=3)
    done = correct(batch, before[0].id, {"id_no": old, "name": "王老豆"})
    assert isinstance(done, Corrected)
    assert done.over_age_differs
    now, now_batch = stored_people(batch)[0], the_batch(batch)
    kept = ("over_age", "charge_fen", "has_si", "employment_status", "si_unit_code", "personal_si_no", "promised_at")
    assert [getattr(now, name) for name in kept] == [getattr(before[0], name) for name in kept]
    assert (now_batch.state, now_batch.total_fen, now_batch.roster_version) == (
        before_batch.state, before_batch.total_fen, before_batch.roster_version,
    )  # fmt: skip
    assert now_batch.version == before_batch.version + 1
    with reading() as session:
        after = session.get(ValidationReport, batch.batch_id), session.get(PledgeAcceptance, batch.batch_id)
    assert report is not None
    assert pledge is not None
    assert after[0] is not None
    assert after[1] is not None
    assert after[0].roster_version == report.roster_version
    assert after[1].roster_sha256 == pledge.roster_sha256


def test_the_certificate_shows_the_corrected_name(sqlite: None) -> None:
    batch = a_batch_to_pay()
    with writing() as session:
        session.execute(update(Batch).values(state=BatchState.ENROLLED))
    correct(batch, stored_people(batch)[0].id, {"name": "王豆芽"})
    with reading() as session:
        enrolled = session.get_one(Batch, batch.batch_id)
        assert certificate_of(session, enrolled).si_people == 2
        assert [name for name, _ in insured_names(session, enrolled)] == ["王豆芽", "王豆豆"]


def test_before_and_after_are_written_down_without_a_number_in_clear(database: str) -> None:
    batch, person = one_person()
    correct(batch, person.id, {"id_no": RIGHT, "name": "王豆芽"}, Evidence(f"原号码 {WRONG.id_no} 有误", [ID_CARD]))
    (entry,) = audited("correct_person")
    assert entry.details["before"] == {"name": "王豆豆", "id_no": "1101*****9091"}
    assert entry.details["after"] == {"name": "王豆芽", "id_no": f"3100*****{RIGHT[-4:]}"}
    assert entry.batch_id == batch.batch_id
    assert WRONG.id_no not in str(entry.details)
    (correction,) = corrections_stored()
    assert correction.changes()["before"]["id_no"] == WRONG.id_no
    assert correction.changes()["after"]["id_no"] == RIGHT
    assert RIGHT.encode() not in correction.changes_sealed
    assert [(file.number, file.name) for file in correction.files] == [(1, ID_CARD.name)]


def test_the_unit_is_told(sqlite: None) -> None:
    batch, person = one_person()
    correct(batch, person.id, {"name": "王豆芽"})
    correct(batch, person.id, {"name": "王豆苗"}, Evidence("仍有误。", [ID_CARD]))
    assert told("NTF-15") == [
        {"batch": batch.batch_no, "what": "参保人员信息更正", "reason": reason} for reason in (REASON, "仍有误")
    ]
    assert [[file.number for file in one.files] for one in corrections_stored()] == [[1], [2]]


def test_what_is_right_already_is_not_corrected(sqlite: None) -> None:
    batch, person = one_person()
    done = correct(batch, person.id, {"name": " 王豆豆 ", "id_no": WRONG.id_no})
    assert isinstance(done, Corrected)
    assert done.outcome is Outcome.UNCHANGED
    assert corrections_stored() == []
    assert told("NTF-15") == []
    assert audited("correct_person") == []


def test_a_number_that_another_unit_holds_changes_nothing(database: str) -> None:
    batch, person = one_person()
    other = submitted_with([a_person(id_no=RIGHT)], "0088D3")
    done = correct(batch, person.id, {"id_no": RIGHT})
    assert isinstance(done, FormRefused)
    (problem,) = done.problems.values()
    assert (problem.code, problem.values["unit"]) == ("REG-001", "上海第0088D3号机械有限公司")
    assert codes_of(done) == {"id_no": "REG-001"}
    assert stored_people(batch)[0].id_no == WRONG.id_no
    assert claims_on(id_digest(RIGHT)) == [stored_people(other)[0].id]
    assert corrections_stored() == []
    (entry,) = audited("correct_person")
    assert entry.details["refused"] == "REG-001"
    assert broken_claims() == []


def test_another_persons_number_is_told_without_the_holder(sqlite: None) -> None:
    batch, person = one_person()
    submitted_with([a_person(name="陈一", id_no=RIGHT)], "0088D3")
    done = correct(batch, person.id, {"id_no": RIGHT})
    assert isinstance(done, FormRefused)
    assert codes_of(done) == {"id_no": "REG-002"}


def test_a_number_of_the_same_roster_is_named_with_its_batch(database: str) -> None:
    batch = submitted_with([WRONG, NAMESAKE])
    done = correct(batch, stored_people(batch)[0].id, {"id_no": NAMESAKE.id_no})
    assert isinstance(done, FormRefused)
    assert codes_of(done) == {"id_no": "REG-004"}
    assert broken_claims() == []


def test_a_passport_does_not_become_another_persons_by_its_number(sqlite: None) -> None:
    batch = submitted_with([a_passport(id_no="H801213603"), NAMESAKE])
    submitted_with([a_passport(birth=date(1990, 1, 1))], "0088D3")
    done = correct(batch, stored_people(batch)[0].id, {"id_no": "H801213602X"})
    assert isinstance(done, FormRefused)
    assert codes_of(done) == {"id_no": "REG-003"}


def test_a_passport_number_that_two_people_may_share_is_claimed_beside_the_other(database: str) -> None:
    holder = submitted_with([WANG], "0088D3")
    batch = submitted_with([a_passport(name=JEAN.name, id_no="H801213603", birth=JEAN.birth), NAMESAKE])
    person = stored_people(batch)[0]
    wanted = {"id_no": JEAN.id_no}
    no = correct(batch, person.id, wanted)
    assert isinstance(no, FormRefused)
    assert codes_of(no) == {"id_no": "REG-003"}
    decided(JEAN)
    assert isinstance(correct(batch, person.id, wanted), Corrected)
    assert variants() == {WANG.name: 0, JEAN.name: 1, NAMESAKE.name: 0}
    no = correct(batch, person.id, {"birth": WANG.birth.isoformat()})
    assert isinstance(no, FormRefused)
    assert codes_of(no) == {"id_no": "REG-002"}
    assert stored_people(holder)[0].name == WANG.name
    assert broken_claims() == []


def test_a_name_is_corrected_without_touching_the_claim(sqlite: None) -> None:
    batch, person = one_person()
    with reading() as session:
        before = session.scalars(select(Claim.id)).all()
    correct(batch, person.id, {"name": "王豆芽"})
    with reading() as session:
        assert session.scalars(select(Claim.id)).all() == before


def test_the_form_shows_the_whole_number_and_that_is_written_down(sqlite: None) -> None:
    batch, person = one_person()
    reviewer = staff(Role.REVIEWER, batch.now)
    with writing() as session:
        found = take_person_to_correct(session, reviewer, person.id, batch.now)
    assert found.person.id_no == WRONG.id_no
    (entry,) = audited("view_person")
    assert (entry.details["why"], entry.details["id_no"]) == ("correct", "1101*****9091")


def test_a_corrected_person_takes_the_evidence_along(database: str) -> None:
    batch = submitted_with([WRONG, NAMESAKE])
    person = stored_people(batch)[0]
    correct(batch, person.id, {"name": "王豆芽"})
    with writing() as session:
        withdraw_batch(session, batch.viewer, batch.batch_no, BatchAction.WITHDRAW_TO_ROSTER, "名单有误", batch.now)
    with writing() as session:
        remove_people(session, batch.viewer, batch.batch_no, [person.id], batch.now)
    assert corrections_stored() == []


def test_an_undo_keeps_who_was_corrected_since(sqlite: None) -> None:
    batch = a_batch_to_fill()
    people_on(batch, [NAMESAKE])
    done = an_import(batch, [WANG_DOUDOU])
    submitted(batch)
    person = stored_people(batch)[1]
    correct(batch, person.id, {"name": "王豆芽"}, EVIDENCE)
    with writing() as session:
        withdraw_batch(session, batch.viewer, batch.batch_no, BatchAction.WITHDRAW_TO_ROSTER, "名单有误", batch.now)
    undone(batch, done)
    assert [one.name for one in stored_people(batch)] == ["王豆豆", "王豆芽"]
