"""Fictitious people and sample rosters: the same every time, nobody twice, and wrong exactly where they say."""

import io
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from config.plans import plan_data
from models.rules.eligibility import over_age, under_age
from models.rules.findings import Outcome
from models.rules.identity import check_passport, check_resident_id
from models.rules.person import IdType
from models.rules.plan import PlanYear
from models.rules.roster import CheckedRow, check_rows, mark_duplicates
from tasks.sample_mistakes import COPIES, DIFFERENT_COPY, MISTAKES
from tasks.sample_people import PROVINCES, fictitious_people
from tasks.sample_roster import Answers, SampleRoster, sample_workbook
from tasks.workbook.reader import read_roster

PLAN = PlanYear.from_data(plan_data("2020"))
TODAY = PLAN.coverage_start
CODES_OF_A_FILE_ALONE = {
    *("ROW-001", "ROW-002", "ROW-003", "ROW-004", "ROW-005", "ROW-006", "ROW-007", "ROW-008", "ROW-010"),
    *("ROW-011", "ROW-012", "ROW-013", "ROW-014", "ROW-016", "ROW-019"),
    *("IDN-001", "IDN-002", "IDN-003", "IDN-004", "IDN-005", "IDN-006", "IDN-007", "IDN-008"),
}
"""All row codes but those that need a roster or a register to compare with: ROW-009, 015, 017, 018."""


def checked(people: int, seed: int, wrong: str, over_age: int = 0) -> tuple[list[CheckedRow], Answers]:
    """A sample written, read and checked, beside its answers."""
    stream = io.BytesIO()
    answers = sample_workbook(stream, people, seed, Decimal(wrong), over_age)
    rows = list(check_rows(read_roster(stream.getvalue(), 10_000).rows, PLAN, TODAY, TODAY))
    mark_duplicates(rows)
    return rows, answers


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    sample_workbook(first, 50, 3, Decimal("0.1"))
    sample_workbook(second, 50, 3, Decimal("0.1"))
    assert first.getvalue() == second.getvalue()


def test_a_short_list_is_the_beginning_of_a_long_one() -> None:
    assert list(fictitious_people(10, 4)) == list(fictitious_people(100, 4))[:10]


def test_nobody_has_the_number_of_anybody_else_in_any_seed() -> None:
    numbers = [
        person.id_no for seed in (0, 1, 2, 999, 14_999) for person in fictitious_people(2_000, seed, over_age=200)
    ]
    assert len(set(numbers)) == len(numbers)


def test_every_number_is_valid_and_says_the_persons_birth_date_and_sex() -> None:
    for person in fictitious_people(2_000, 5, over_age=20):
        if person.id_type is IdType.PASSPORT:
            assert check_passport(person.id_no) == person.id_no
        else:
            assert check_resident_id(person.id_no, TODAY) == (person.id_no, person.birth, person.sex)


def test_all_provinces_and_residence_permits_occur() -> None:
    residents = [person for person in fictitious_people(2_000, 6) if person.id_type is IdType.RESIDENT_ID]
    assert {int(person.id_no[:2]) for person in residents} == set(PROVINCES)


def test_names_with_surrogate_pairs_and_middle_dots_occur() -> None:
    names = [person.name for person in fictitious_people(2_000, 7)]
    assert any(ord(character) > 0xFFFF for name in names for character in name)
    assert any("·" in name for name in names)


@pytest.mark.parametrize("day", [date(2018, 1, 1), date(2020, 4, 1), date(2030, 12, 31)])
def test_nobody_is_over_or_under_age_by_accident(day: date) -> None:
    people = list(fictitious_people(2_000, 8))
    assert not any(over_age(each.birth, each.sex, day, PLAN) or under_age(each.birth, day, PLAN) for each in people)


def test_over_age_people_are_the_first_ones_with_and_without_social_insurance_in_turn() -> None:
    people = list(fictitious_people(10, 9, over_age=4))
    assert [over_age(each.birth, each.sex, TODAY, PLAN) for each in people] == [True] * 4 + [False] * 6
    assert [each.has_si for each in people[:4]] == [True, False, True, False]


def test_mistakes_spare_the_people_over_age() -> None:
    _, answers = checked(100, 9, "0.4", over_age=20)
    assert answers.over_age_without_si == 10


def test_a_sample_without_mistakes_is_accepted_whole() -> None:
    rows, answers = checked(500, 10, "0")
    assert [row.findings for row in rows] == [[]] * 500
    assert answers.findings == []
    assert answers.accepted == 500


def test_the_planted_mistakes_know_every_code_that_a_file_alone_can_produce() -> None:
    assert {code for mistake in MISTAKES for _, code in mistake.findings} | {"ROW-008"} == CODES_OF_A_FILE_ALONE


def test_a_large_sample_has_every_kind_of_mistake() -> None:
    _, answers = checked(5_000, 11, "0.02")
    assert {finding.kind for finding in answers.findings} == {each.kind for each in MISTAKES} | set(COPIES)


@pytest.mark.parametrize(
    ("people", "seed", "wrong"),
    [(1, 1, "1"), (2, 1, "0.1"), (4, 4, "0.5"), (60, 2, "1"), (200, 9, "0.77"), (300, 7, "0.3"), (2_000, 5, "0.5")],
)
def test_the_rules_find_what_the_answers_say_and_nothing_else(people: int, seed: int, wrong: str) -> None:
    rows, answers = checked(people, seed, wrong)
    found = Counter((finding.row, finding.column, finding.code) for row in rows for finding in row.findings)
    assert found == Counter((each.row, each.column, each.code) for each in answers.findings)
    outcomes = Counter(row.outcome for row in rows)
    assert (outcomes[None], outcomes[Outcome.INVALID], outcomes[Outcome.DUPLICATE]) == (
        answers.accepted,
        answers.invalid,
        answers.duplicate,
    )


@pytest.mark.parametrize(
    ("people", "wrong", "planted"),
    [(5_000, "0.02", 100), (101, "0.02", 3), (100, "0.07", 7), (1, "0.0001", 1), (10, "0.5", 5), (10, "1", 10)],
    ids=["even", "rounded up", "no error of binary fractions", "at least one", "half", "everybody"],
)
def test_the_share_of_wrong_rows_is_exact_and_rounded_up(people: int, wrong: str, planted: int) -> None:
    _, answers = checked(people, 12, wrong)
    assert answers.invalid + answers.duplicate == planted


def test_both_rows_of_two_that_differ_are_in_the_answers() -> None:
    _, answers = checked(5_000, 13, "0.1")
    different = [finding.row for finding in answers.findings if finding.kind == DIFFERENT_COPY]
    assert different
    assert all(second == first + 1 for first, second in zip(different[1::2], different[::2], strict=True))


def test_the_answers_premium_is_for_the_accepted_people() -> None:
    _, answers = checked(100, 14, "0.1")
    charged_fen = answers.si_people * 18_000 + answers.other_people * 7_000
    assert answers.as_json()["premium"] == {
        "plan": "2020",
        "type": "central",
        "projects": ["A0", "B0", "C0"],
        "total_fen": charged_fen,
    }


def test_nobody_accepted_has_no_premium() -> None:
    _, answers = checked(5, 15, "1")
    assert answers.as_json()["premium"]["total_fen"] is None


def test_a_sample_may_have_more_people_than_one_file_may() -> None:
    sample = SampleRoster(5_001)
    assert sum(1 for _ in sample.rows()) == 5_001
