"""The seven outcomes of a row, each by name; their counts add up to the file's rows (DOMAIN 7.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from config.messages import text
from models.records.database import reading
from models.records.job import JobState
from models.records.person import BatchPerson
from models.records.roster_import import ImportRow
from models.rules.person import EmploymentStatus, IdType, Person, Sex
from tests.builders import a_person, resident_id
from tests.imports import a_rival_with, an_import, another_batch, roster_of, submitted, the_batch, typed
from tests.records import BatchOf, a_batch_to_fill, a_roster, people_on

JIA, YI, BING, DING = (
    a_person(name=name, id_no=resident_id(sequence=number), mobile="13912345678")
    for number, name in enumerate("甲乙丙丁")
)
A_FOREIGNER = a_person(
    name="Jean Dupont",
    id_type=IdType.PASSPORT,
    id_no="H801213602X",
    birth=date(1998, 12, 9),
    sex=Sex.MALE,
    has_si=False,
)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def own_other_batch_with(batch: BatchOf, *people: Person) -> BatchOf:
    other = another_batch(batch.viewer, "0088D3", now=batch.now)
    people_on(other, people)
    return submitted(other)


def stored(batch: BatchOf, name: str) -> BatchPerson:
    with reading() as session:
        return session.query(BatchPerson).filter_by(batch_id=batch.batch_id, name=name).one()


# added


def test_added_people_are_on_the_roster_with_their_import_and_row(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), (), typed(YI), typed(A_FOREIGNER)])
    assert (done.counts, roster_of(batch)) == ({"added": 3}, [JIA, YI, A_FOREIGNER])
    assert (stored(batch, "乙").import_id, stored(batch, "乙").sheet_row) == (done.upload.id, 4)


def test_an_import_that_adds_people_makes_a_new_version_of_the_roster(batch: BatchOf) -> None:
    before = the_batch(batch)
    an_import(batch, [typed(JIA)])
    after = the_batch(batch)
    assert (after.roster_version, after.version) == (before.roster_version + 1, before.version + 1)


def test_social_insurance_yes_is_in_service_and_no_is_unknown(batch: BatchOf) -> None:
    an_import(batch, [typed(JIA), typed(replace(YI, has_si=False))])
    assert stored(batch, "甲").employment_status == EmploymentStatus.IN_SERVICE
    assert stored(batch, "乙").employment_status == EmploymentStatus.UNKNOWN


# updated and unchanged


def test_the_same_people_again_are_unchanged_and_nothing_happens_to_the_roster(batch: BatchOf) -> None:
    an_import(batch, [typed(JIA), typed(A_FOREIGNER)])
    version = the_batch(batch).roster_version
    again = an_import(batch, [typed(JIA), typed(A_FOREIGNER)], repeat=True)
    assert (again.counts, the_batch(batch).roster_version) == ({"unchanged": 2}, version)


def test_another_mobile_or_social_insurance_updates_a_person(batch: BatchOf) -> None:
    an_import(batch, [typed(JIA), typed(YI), typed(BING)])
    changed = [replace(JIA, mobile="13800000000"), replace(YI, has_si=False), replace(BING, mobile=None)]
    done = an_import(batch, map(typed, changed))
    assert (done.counts, roster_of(batch)) == ({"updated": 3}, changed)


def test_an_update_remembers_what_it_replaced(batch: BatchOf) -> None:
    an_import(batch, [typed(JIA)])
    done = an_import(batch, [typed(replace(JIA, mobile=None))])
    with reading() as session:
        row = session.get_one(ImportRow, (done.upload.id, 2))
    person = stored(batch, "甲")
    assert (row.person_id, row.before) == (
        person.id,
        {"mobile": "13912345678", "has_si": True, "employment_status": "in_service"},
    )


def test_an_updated_person_keeps_the_import_that_added_them(batch: BatchOf) -> None:
    first = an_import(batch, [typed(JIA)])
    an_import(batch, [typed(replace(JIA, mobile=None))])
    assert stored(batch, "甲").import_id == first.upload.id


# already_enrolled


def test_whom_the_account_has_enrolled_elsewhere_is_already_enrolled_and_names_the_batch(batch: BatchOf) -> None:
    other = own_other_batch_with(batch, JIA)
    done = an_import(batch, [typed(JIA), typed(YI)])
    assert (done.counts, done.codes[2], roster_of(batch)) == ({"added": 1, "already_enrolled": 1}, ["REG-004"], [YI])
    assert done.findings[0].values["batch"] == other.batch_no


def test_people_already_enrolled_are_not_in_the_marked_workbook(batch: BatchOf) -> None:
    own_other_batch_with(batch, JIA)
    assert an_import(batch, [typed(JIA)]).upload.report_job_id is None


def test_a_draft_of_the_account_occupies_nobody(batch: BatchOf) -> None:
    people_on(another_batch(batch.viewer, "0088D3", now=batch.now), [JIA])
    assert an_import(batch, [typed(JIA)]).counts == {"added": 1}


# occupied


def test_whom_another_unit_has_enrolled_is_occupied_and_told_by_whom(batch: BatchOf) -> None:
    a_rival_with([JIA])
    done = an_import(batch, [typed(JIA), typed(YI)])
    assert (done.counts, done.codes, roster_of(batch)) == ({"added": 1, "occupied": 1}, {2: ["REG-001"]}, [YI])
    values = done.findings[0].values
    assert (values["unit"], values["handler"], values["phone"]) == (
        "上海第3019BJ号机械有限公司",
        "李小满",
        "14200000001",
    )


def test_an_occupied_number_stands_masked_in_its_finding(batch: BatchOf) -> None:
    a_rival_with([JIA])
    assert an_import(batch, [typed(JIA)]).findings[0].values["id"] == f"{JIA.id_no[:4]}*****{JIA.id_no[-4:]}"


def test_who_does_not_know_the_name_is_not_told_by_whom(batch: BatchOf) -> None:
    a_rival_with([JIA])
    done = an_import(batch, [typed(replace(JIA, name="另有其人"))])
    assert (done.counts, done.codes) == ({"occupied": 1}, {2: ["REG-002"]})
    assert set(done.findings[0].values) == {"id"}


def test_a_passport_of_another_person_is_occupied_until_the_association_decides(batch: BatchOf) -> None:
    a_rival_with([A_FOREIGNER])
    done = an_import(batch, [typed(replace(A_FOREIGNER, sex=Sex.FEMALE))])
    assert (done.counts, done.codes) == ({"occupied": 1}, {2: ["REG-003"]})


def test_a_person_on_the_roster_whom_another_unit_has_enrolled_meanwhile_is_occupied(batch: BatchOf) -> None:
    an_import(batch, [typed(JIA)])
    a_rival_with([JIA])
    done = an_import(batch, [typed(replace(JIA, mobile=None))])
    assert (done.counts, roster_of(batch)) == ({"occupied": 1}, [JIA])


def test_once_the_other_unit_is_a_draft_again_its_people_are_free(batch: BatchOf) -> None:
    people_on(a_batch_to_fill("3019BJ"), [JIA])
    assert an_import(batch, [typed(JIA)]).counts == {"added": 1}


# duplicate


def test_equal_rows_count_once_and_name_the_first(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), typed(YI), typed(JIA), typed(JIA)])
    assert (done.counts, done.codes) == ({"added": 2, "duplicate": 2}, {4: ["ROW-008"], 5: ["ROW-008"]})
    assert [finding.values["other"] for finding in done.findings] == [2, 2]


def test_duplicates_alone_make_no_marked_workbook(batch: BatchOf) -> None:
    assert an_import(batch, [typed(JIA), typed(JIA)]).upload.report_job_id is None


# invalid


def test_rows_with_one_number_that_differ_are_all_invalid(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), typed(replace(JIA, mobile=None)), typed(YI)])
    assert (done.counts, done.codes) == ({"added": 1, "invalid": 2}, {2: ["ROW-008"], 3: ["ROW-008"]})


def test_a_row_against_the_rules_is_invalid_with_all_its_findings(batch: BatchOf) -> None:
    done = an_import(batch, [("", "身份证", "110101199003079092", "", "", "139", "?"), typed(YI)])
    assert (done.counts, done.codes[2]) == ({"added": 1, "invalid": 1}, ["ROW-001", "IDN-005", "ROW-010", "ROW-004"])


def test_a_passport_of_another_person_claimed_by_the_account_itself_is_invalid(batch: BatchOf) -> None:
    own_other_batch_with(batch, A_FOREIGNER)
    done = an_import(batch, [typed(replace(A_FOREIGNER, birth=date(1980, 1, 1)))])
    assert (done.counts, done.codes) == ({"invalid": 1}, {2: ["REG-003"]})


@pytest.mark.parametrize(
    ("person", "changes"),
    [
        (JIA, {"name": "甲甲"}),
        (A_FOREIGNER, {"birth": date(1998, 12, 8)}),
        (A_FOREIGNER, {"sex": Sex.FEMALE}),
    ],
    ids=["name", "birth", "sex"],
)
def test_a_person_on_the_roster_under_another_name_birth_or_sex_is_invalid(
    batch: BatchOf, person: Person, changes: dict[str, Any]
) -> None:
    an_import(batch, [typed(person)])
    done = an_import(batch, [typed(replace(person, **changes))])
    assert (done.counts, done.codes, roster_of(batch)) == ({"invalid": 1}, {2: ["ROW-009"]}, [person])


def test_another_person_than_on_the_roster_is_invalid_also_when_somebody_claims_them(batch: BatchOf) -> None:
    """The first outcome that applies, with all findings in one pass."""
    an_import(batch, [typed(JIA)])
    a_rival_with([JIA])
    done = an_import(batch, [typed(replace(JIA, name="甲甲"))])
    assert (done.counts, done.codes, roster_of(batch)) == ({"invalid": 1}, {2: ["ROW-009", "REG-002"]}, [JIA])


def test_the_same_person_as_on_the_roster_is_occupied_when_somebody_claims_them(batch: BatchOf) -> None:
    an_import(batch, [typed(JIA)])
    a_rival_with([JIA])
    done = an_import(batch, [typed(replace(JIA, mobile=None))])
    assert (done.counts, done.codes, roster_of(batch)) == ({"occupied": 1}, {2: ["REG-001"]}, [JIA])


# all together


def test_the_seven_counts_are_named_in_their_order_and_add_up_to_the_rows(batch: BatchOf) -> None:
    a_rival_with([JIA])
    own_other_batch_with(batch, YI)
    people_on(batch, [BING, DING])
    rows = [JIA, YI, BING, replace(DING, mobile=None), A_FOREIGNER, A_FOREIGNER]
    done = an_import(batch, [*map(typed, rows), ("", "", "x", "", "", "", "")])
    assert done.upload.counts == {
        "added": 1,
        "updated": 1,
        "unchanged": 1,
        "already_enrolled": 1,
        "occupied": 1,
        "duplicate": 1,
        "invalid": 1,
    }
    assert (done.upload.rows_total, done.job.state, done.job.code) == (7, JobState.DONE, "IMP-007")


def test_an_import_ends_with_a_sentence_that_its_job_can_form(batch: BatchOf) -> None:
    people_on(batch, [BING, DING])
    done = an_import(batch, [*map(typed, [JIA, YI, BING, DING]), typed(JIA), ("", "", "x", "", "", "", "")])
    assert text(done.job.code, **done.job.values) == (
        "导入完成：共6行，新增2人，更新0人，未变化2人，本单位已参保0人，已被占用0人，重复1行，有误1行。"
    )


@pytest.mark.parametrize("check_only", [False, True], ids=["import", "check"])
def test_a_sample_of_every_mistake_adds_up(batch: BatchOf, check_only: bool) -> None:
    done = an_import(batch, a_roster(300, 1, "0.3"), check_only=check_only)
    assert sum(done.counts.values()) == done.upload.rows_total == 300
    assert len(roster_of(batch)) == (0 if check_only else done.counts["added"])


# 仅校验


def test_a_check_counts_everything_and_stores_nobody(batch: BatchOf) -> None:
    a_rival_with([JIA])
    people_on(batch, [BING])
    before = the_batch(batch)
    done = an_import(batch, map(typed, [JIA, YI, replace(BING, mobile=None)]), check_only=True)
    assert done.counts == {"added": 1, "updated": 1, "occupied": 1}
    assert (roster_of(batch), the_batch(batch).roster_version) == ([BING], before.roster_version)


def test_a_check_does_not_end_with_the_sentence_of_an_import(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA)], check_only=True)
    assert (done.job.state, done.job.code, done.job.values) == (JobState.DONE, None, {})


def test_a_check_makes_a_marked_workbook_too(batch: BatchOf) -> None:
    a_rival_with([JIA])
    assert an_import(batch, [typed(JIA)], check_only=True).upload.report_job_id is not None
