from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.coverage import coverage
from models.rules.plan import EnrolmentType
from models.rules.pricing import Notice, PersonalPremium, charge_fen, personal_premium, quote
from models.rules.refusal import Refused
from tests.models.rules.plan_years import EXAMPLES, PLAN_2020, PLANS, a_plan

BASICS = ["A0", "B0", "C0"]


def price_example(given_input):
    """The premium of one example, with dates decided before everything else (DOMAIN 5.1)."""
    plan = PLANS[given_input["plan"]]
    submitted_on = given_input["roster_submitted_on"]
    cover = coverage(
        plan,
        EnrolmentType(given_input["enrolment_type"]),
        date.fromisoformat(submitted_on) if submitted_on else None,
    )
    premium = quote(
        given_input["projects"],
        given_input["si_count"],
        given_input["non_si_count"],
        plan,
        cover.half_price,
        cover=cover,
    )
    return plan, cover, premium


@pytest.mark.parametrize("example", EXAMPLES["premium"], ids=lambda each: each["id"])
def test_premiums_are_those_of_the_examples(example):
    expected = example["expected"]
    if "error" in expected:
        with pytest.raises(Refused) as refused:
            price_example(example["input"])
        assert refused.value.code == expected["error"]
        return
    plan, cover, premium = price_example(example["input"])
    assert (cover.start.isoformat(), cover.end.isoformat()) == (expected["coverage_start"], expected["coverage_end"])
    assert cover.half_price == expected["half_price"]
    assert premium.total_fen == expected["total_fen"]
    assert [
        {
            "items": list(line.projects),
            "list_price_fen": line.price_fen,
            "discount_fen": line.discount_fen,
            "unit_charge_fen": (line.price_fen - line.discount_fen) * line.ratio_percent // 100,
            "si_count": line.si_people,
            "si_fen": line.si_fen,
            "non_si_count": line.other_people,
            "non_si_fen": line.other_fen,
            "line_total_fen": line.total_fen,
        }
        for line in premium.lines
    ] == expected["lines"]
    for has_si, per_person in ((True, "per_si_person_fen"), (False, "per_non_si_person_fen")):
        if expected[per_person] is not None:
            assert charge_fen(example["input"]["projects"], has_si, plan, cover.half_price) == expected[per_person]


def test_a_premium_as_data_has_the_shape_of_the_check_command():
    premium = quote(["C0", "B0", "A0"], 800, 0, PLAN_2020, True)
    assert premium.as_data() == {
        "total_fen": 7200000,
        "lines": [
            {
                "projects": ["A0", "B0", "C0"],
                "price_fen": 19000,
                "discount_fen": 1000,
                "ratio_percent": 50,
                "si_people": 800,
                "si_fen": 7200000,
                "other_people": 0,
                "other_fen": 0,
                "total_fen": 7200000,
            }
        ],
        "notices": [],
    }


def test_a0_is_charged_for_nobody_and_noticed_where_nobody_has_social_insurance():
    premium = quote(BASICS, 0, 10, PLAN_2020, False)
    assert premium.total_fen == 70000
    assert premium.notices == [Notice("PRJ-009")]
    assert premium.as_data()["notices"] == [{"code": "PRJ-009"}]


def test_whoever_is_left_without_a_basic_is_counted():
    with pytest.raises(Refused) as refused:
        quote(["A0", "A1"], 5, 3, PLAN_2020, False)
    assert (refused.value.code, refused.value.values) == ("PRJ-006", {"n": 3})


def test_with_locked_projects_the_clerk_is_not_told_to_add_one():
    with pytest.raises(Refused, match="PRJ-011"):
        quote(["A0"], 5, 1, PLAN_2020, False, locked=True)


def test_a_wrong_selection_is_named_before_an_empty_roster():
    with pytest.raises(Refused, match="PRJ-001"):
        quote([], 0, 0, PLAN_2020, False)


def notices(submitted_on: date, projects: list[str], si_people: int = 1, other_people: int = 0) -> list[Notice]:
    cover = coverage(PLAN_2020, EnrolmentType.INSTANT, submitted_on)
    return quote(projects, si_people, other_people, PLAN_2020, cover.half_price, cover=cover).notices


def test_critical_illness_never_takes_effect_from_30_january_on():
    assert notices(date(2021, 1, 29), ["B0", "B3"]) == []
    assert notices(date(2021, 1, 30), ["B0", "B3"]) == [Notice("PRJ-008", ("B0", "B3"), date(2021, 3, 31))]


def test_hospital_projects_that_spare_accidents_have_a_text_of_their_own_from_1_march_on():
    assert notices(date(2021, 2, 28), ["A0", "A1"]) == []
    assert notices(date(2021, 3, 1), ["A0", "A1", "B0", "C0", "C1"]) == [
        Notice("PRJ-008", ("A0",), date(2021, 3, 31)),
        Notice("PRJ-008", ("B0",), date(2021, 4, 30)),
        Notice("PRJ-010", ("A1",), date(2021, 3, 31)),
    ]


def test_a_project_that_nobody_takes_is_not_warned_about():
    assert notices(date(2021, 3, 1), ["A0", "C0"], si_people=0, other_people=2) == [Notice("PRJ-009")]


def test_a_notice_has_data_for_json_and_values_for_its_text():
    notice = Notice("PRJ-008", ("B0", "B3"), date(2021, 3, 31))
    assert notice.as_data() == {"code": "PRJ-008", "projects": ["B0", "B3"], "date": "2021-03-31"}
    assert notice.values == {"projects": "B0、B3", "date": "2021-03-31"}
    assert Notice("VAL-005", people=3).as_data() == {"code": "VAL-005", "people": 3}


@pytest.mark.parametrize(
    "notice", [Notice("PRJ-009"), Notice("PRJ-010", ("A1",), date(2021, 3, 31)), Notice("VAL-005", people=3)]
)
def test_a_notice_is_read_back_from_its_data(notice):
    assert Notice.from_data(notice.as_data()) == notice


def test_a_waiting_period_that_takes_up_all_the_cover_is_a_warning_and_a0_without_cost_is_none():
    assert [Notice(code).is_warning for code in ("PRJ-008", "PRJ-010", "PRJ-009")] == [True, True, False]


def test_one_person_is_told_list_price_discount_and_ratio_beside_the_charge():
    projects = ["C1", *BASICS]
    assert personal_premium(projects, True, PLAN_2020, True) == PersonalPremium(
        ("A0", "B0", "C0", "C1"), price_fen=23000, discount_fen=1000, ratio_percent=50, charge_fen=11000
    )
    assert personal_premium(projects, False, PLAN_2020, False) == PersonalPremium(
        ("B0", "C0", "C1"), price_fen=11000, discount_fen=0, ratio_percent=100, charge_fen=11000
    )


def test_prices_and_combo_are_the_plans_own():
    cheaper = a_plan(combo={"items": ["B0", "C0"], "price_fen": 6000}, si_only=[])
    assert charge_fen(BASICS, False, cheaper, False) == 18000
    premium = quote(BASICS, 1, 1, cheaper, False)
    assert [(line.projects, line.si_people, line.other_people) for line in premium.lines] == [
        (("A0",), 1, 1),
        (("B0", "C0"), 1, 1),
    ]


@given(
    st.sets(st.sampled_from(BASICS), min_size=1).filter(lambda basics: basics != {"A0"}),
    st.tuples(st.sampled_from(["", "A1", "A3"]), st.sampled_from(["", "B2"]), st.sampled_from(["", "C1", "C2"])),
    st.tuples(st.integers(0, 5000), st.integers(0, 5000)).filter(any),
    st.booleans(),
)
def test_the_lines_add_up_to_what_each_person_pays(basics, enhanced, people, half_price):
    projects = [*basics, *filter(None, enhanced)]
    si_people, other_people = people
    premium = quote(projects, si_people, other_people, PLAN_2020, half_price)
    si_fen, other_fen = (charge_fen(projects, has_si, PLAN_2020, half_price) for has_si in (True, False))
    assert premium.total_fen == si_people * si_fen + other_people * other_fen
    assert premium.total_fen == sum(line.si_fen + line.other_fen for line in premium.lines)
    assert all(line.si_people + line.other_people for line in premium.lines)
