from dataclasses import replace
from datetime import date

import pytest

from config.messages import text
from models.rules.findings import Column, Outcome
from models.rules.person import EmploymentStatus, IdType, Sex
from models.rules.register import (
    ClaimSeen,
    Holder,
    Merge,
    RosterSeen,
    claim_in_the_way,
    hint_finding,
    judge_claim,
    merge,
    status_for,
)
from tests.builders import a_person

OTHER_UNIT = Holder(7, "SZSH202004170003", "上海豆苗仪表有限公司", "陈谷雨", "02155500142", "2020", date(2020, 4, 17))
ME, IN_SERVICE, RETIRED, UNKNOWN = 1, EmploymentStatus.IN_SERVICE, EmploymentStatus.RETIRED, EmploymentStatus.UNKNOWN
A_PASSPORT = a_person(id_type=IdType.PASSPORT, id_no="H801213602X")


def a_claim(holder: Holder = OTHER_UNIT, **changes: object) -> ClaimSeen:
    claim = ClaimSeen(holder, "王豆豆", date(1990, 3, 7), Sex.MALE)
    return replace(claim, **changes)  # type: ignore[arg-type]  # the names are ClaimSeen's own, checked by replace


MINE = a_claim(replace(OTHER_UNIT, account_id=ME))


def on_the_roster(**changes: object) -> RosterSeen:
    seen = RosterSeen(
        11, "王豆豆", IdType.RESIDENT_ID, date(1990, 3, 7), Sex.MALE, "13912345678", True, IN_SERVICE, False
    )
    return replace(seen, **changes)  # type: ignore[arg-type]  # the names are RosterSeen's own, checked by replace


def test_somebody_claimed_by_another_unit_is_occupied_and_the_holder_is_named():
    outcome, finding = judge_claim(316, a_person(), a_claim(), ME)
    assert outcome is Outcome.OCCUPIED
    assert text(finding.code, row=finding.row, **finding.values) == (
        "王豆豆（1101*****9091）已被【上海豆苗仪表有限公司】占用，该单位已为其参加2020年度互助保障项目，"
        "同一保障年度内不能重复参保。对方经办人：陈谷雨，联系电话：02155500142。"
    )
    assert finding.values["enrolled_on"] == "2020-04-17"


def test_whoever_does_not_know_the_name_learns_nothing_about_the_holder():
    outcome, finding = judge_claim(316, a_person(name="王豆"), a_claim(), ME)
    assert (outcome, finding.code) == (Outcome.OCCUPIED, "REG-002")
    assert finding.values == {"id": "1101*****9091"}


def test_somebody_in_another_batch_of_the_same_account_is_already_enrolled():
    outcome, finding = judge_claim(316, a_person(name="王豆"), MINE, ME)
    assert outcome is Outcome.ALREADY_ENROLLED
    assert text(finding.code, **finding.values) == "王豆（1101*****9091）已在本单位批次SZSH202004170003中参保。"


@pytest.mark.parametrize("difference", [{"birth": date(1990, 3, 8)}, {"sex": Sex.FEMALE}])
def test_a_passport_of_another_person_must_be_decided_by_the_association(difference):
    outcome, finding = judge_claim(5, A_PASSPORT, a_claim(**difference), ME)
    assert (outcome, finding.code, finding.values) == (Outcome.OCCUPIED, "REG-003", {"id": "H8***2X"})


def test_a_passport_of_another_person_on_the_accounts_own_claim_is_an_error_of_the_row():
    outcome, finding = judge_claim(5, A_PASSPORT, replace(MINE, sex=Sex.FEMALE), ME)
    assert (outcome, finding.code) == (Outcome.INVALID, "REG-003")


def test_the_same_passport_with_the_name_spelled_differently_is_the_same_person():
    outcome, finding = judge_claim(5, A_PASSPORT, a_claim(name="WANG DOUDOU"), ME)
    assert (outcome, finding.code) == (Outcome.OCCUPIED, "REG-002")


@pytest.mark.parametrize(
    ("has_si", "register", "expected"),
    [
        (True, None, (True, IN_SERVICE, None)),
        (False, None, (False, UNKNOWN, None)),
        (True, IN_SERVICE, (True, IN_SERVICE, None)),
        (False, IN_SERVICE, (False, UNKNOWN, "ROW-018")),
        (True, RETIRED, (False, RETIRED, None)),
        (False, RETIRED, (False, RETIRED, None)),
        (False, UNKNOWN, (False, UNKNOWN, None)),
    ],
)
def test_the_register_overrides_the_file_only_towards_retirement(has_si, register, expected):
    assert status_for(a_person(has_si=has_si), register) == expected


def test_a_hint_stands_at_the_column_that_it_is_about():
    finding = hint_finding(9, "ROW-018", a_person(has_si=False))
    assert (finding.column, finding.typed, finding.is_hint) == (Column.HAS_SI, "否", True)


def test_the_same_row_again_changes_nothing():
    merged = merge(2, a_person(mobile="13912345678"), on_the_roster())
    assert merged == Merge(Outcome.UNCHANGED, "13912345678", True, IN_SERVICE, [])


@pytest.mark.parametrize("mobile", ["13800000000", None])
def test_the_mobile_is_taken_from_the_file_also_when_it_is_empty_there(mobile):
    assert merge(2, a_person(mobile=mobile), on_the_roster()) == Merge(Outcome.UPDATED, mobile, True, IN_SERVICE, [])


def test_has_si_is_taken_from_the_file_and_the_status_with_it():
    merged = merge(2, a_person(mobile="13912345678", has_si=False), on_the_roster())
    assert merged == Merge(Outcome.UPDATED, "13912345678", False, UNKNOWN, [])


@pytest.mark.parametrize(("mobile", "outcome"), [("13912345678", Outcome.UNCHANGED), ("13800000000", Outcome.UPDATED)])
def test_an_imported_no_does_not_undo_set_in_service(mobile, outcome):
    merged = merge(2, a_person(mobile=mobile, has_si=False), on_the_roster(set_in_service=True), IN_SERVICE)
    assert (merged.outcome, merged.has_si, merged.employment_status) == (outcome, True, IN_SERVICE)
    assert [finding.code for finding in merged.findings] == ["ROW-017"]


def test_a_person_known_as_retired_stays_retired_whatever_the_file_says():
    seen = on_the_roster(has_si=False, employment_status=RETIRED)
    assert merge(2, a_person(mobile="13912345678"), seen).outcome is Outcome.UNCHANGED
    merged = merge(2, a_person(mobile=None), seen)
    assert (merged.outcome, merged.has_si, merged.employment_status) == (Outcome.UPDATED, False, RETIRED)


def test_a_status_that_the_register_has_learned_since_is_a_change_by_itself():
    seen = on_the_roster(has_si=False, employment_status=EmploymentStatus.UNKNOWN)
    merged = merge(2, a_person(mobile=seen.mobile, has_si=False), seen, RETIRED)
    assert (merged.outcome, merged.has_si, merged.employment_status) == (Outcome.UPDATED, False, RETIRED)


def test_a_register_loaded_since_makes_a_person_on_the_roster_retired():
    merged = merge(2, a_person(mobile="13912345678"), on_the_roster(set_in_service=True), RETIRED)
    assert (merged.outcome, merged.has_si, merged.employment_status) == (Outcome.UPDATED, False, RETIRED)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"name": "王豆"}, Column.NAME),
        ({"birth": date(1990, 3, 8)}, Column.BIRTH),
        ({"sex": Sex.FEMALE}, Column.SEX),
    ],
)
def test_a_number_of_another_person_on_the_roster_refuses_the_row(change, column):
    seen = on_the_roster()
    merged = merge(2, a_person(mobile=None, **change), seen)
    assert (merged.outcome, merged.mobile, merged.has_si) == (Outcome.INVALID, seen.mobile, seen.has_si)
    assert [(finding.column, finding.code) for finding in merged.findings] == [(column, "ROW-009")]


def test_the_certificate_type_on_the_roster_cannot_change():
    merged = merge(2, a_person(), on_the_roster(id_type=IdType.PASSPORT))
    (finding,) = merged.findings
    assert merged.outcome is Outcome.INVALID
    assert text(finding.code, row=finding.row, **finding.values) == (
        "第2行：该证件号码已在名单中，证件类型为“护照”，证件类型不可变更。"
    )


JOHN = a_person(id_type=IdType.PASSPORT, id_no="H801213602X", birth=date(1990, 3, 7), sex=Sex.MALE)
HIS, ANOTHERS = a_claim(variant=1), a_claim(birth=date(1980, 1, 1))


@pytest.mark.parametrize(
    ("seen", "in_the_way"),
    [
        ([], None),
        ([ANOTHERS], ANOTHERS),
        ([ANOTHERS, HIS], HIS),
        ([replace(ANOTHERS, permitted={(JOHN.birth, JOHN.sex): 1})], None),
        ([replace(ANOTHERS, permitted={(JOHN.birth, Sex.FEMALE): 1})], replace(ANOTHERS, permitted={})),
        ([replace(ANOTHERS, variant=1, permitted={(JOHN.birth, JOHN.sex): 1})], ANOTHERS),
        ([replace(one, permitted={(JOHN.birth, JOHN.sex): 1}) for one in (ANOTHERS, HIS)], HIS),
    ],
    ids=["nobody", "another", "himself", "permitted", "another is permitted", "his variant is taken", "himself again"],
)
def test_of_the_claims_on_a_passport_number_one_may_keep_a_person_out(seen, in_the_way):
    found = claim_in_the_way(JOHN, seen)
    assert (found and found.birth) == (in_the_way and in_the_way.birth)
