from datetime import UTC, date, datetime, timedelta

import pytest

from config.clock import SHANGHAI
from config.plans import plan_data
from models.rules.person import Sex
from models.rules.plan import EnrolmentType, PlanYear, window_refusal
from models.rules.plan_fields import AgeMode, PlanInvalid, Tier, halves_exactly, told_by_code
from tests.models.rules.plan_years import EXAMPLES, PLAN_2020, PLANS, a_plan, a_tailored_year

CENTRAL, INSTANT = EnrolmentType.CENTRAL, EnrolmentType.INSTANT


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def refusal(enrolment_type: EnrolmentType, text: str, extension: str | None = None) -> str | None:
    refused = window_refusal(PLAN_2020, enrolment_type, at(text), at(extension) if extension else None)
    return refused.code if refused else None


def test_the_plan_of_2020_reads_the_same_from_the_examples():
    plan = PlanYear.from_data(EXAMPLES["plan_2020"])
    assert plan.prices_fen == PLAN_2020.prices_fen
    assert (plan.coverage_start, plan.central_close_at) == (date(2020, 4, 1), at("2020-05-11T17:00"))
    assert plan.age_rule == PLAN_2020.age_rule
    assert plan.ratio_rule == PLAN_2020.ratio_rule
    assert [project.tier for project in plan.projects.values()] == [
        project.tier for project in PLAN_2020.projects.values()
    ]


def test_projects_know_their_group_tier_price_and_benefits():
    a1 = PLAN_2020.projects["A1"]
    assert (a1.group, a1.tier, a1.price_fen) == ("A", Tier.ENHANCED, 13500)
    assert a1.benefits[0].startswith("天数")
    assert PLAN_2020.groups == {"A": "在职住院", "B": "特种重病", "C": "意外伤害"}
    assert PLAN_2020.basics == {"A0", "B0", "C0"}
    assert PLAN_2020.age_rule.mode is AgeMode.FIXED
    assert PLAN_2020.age_rule.limits == {Sex.MALE: 60, Sex.FEMALE: 55}


@pytest.mark.parametrize("plan", EXAMPLES["half_price_from"])
def test_half_price_begins_six_calendar_months_before_the_end(plan):
    assert PLANS[plan].half_price_from.isoformat() == EXAMPLES["half_price_from"][plan]


@pytest.mark.parametrize("plan", EXAMPLES["instant_close_at"])
def test_instant_enrolment_closes_as_the_last_day_of_cover_begins(plan):
    assert PLANS[plan].instant_close_at == datetime.fromisoformat(EXAMPLES["instant_close_at"][plan])


def test_the_central_window_is_half_open():
    assert refusal(CENTRAL, "2020-03-31T23:59:59") == "WIN-001"
    assert refusal(CENTRAL, "2020-04-01T00:00:00") is None
    assert refusal(CENTRAL, "2020-05-11T16:59:59") is None
    assert refusal(CENTRAL, "2020-05-11T17:00:00") == "WIN-002"


def test_the_instant_window_is_half_open():
    assert refusal(INSTANT, "2020-05-11T23:59:59") == "WIN-003"
    assert refusal(INSTANT, "2020-05-12T00:00:00") is None
    assert refusal(INSTANT, "2021-03-30T23:59:59") is None
    assert refusal(INSTANT, "2021-03-31T00:00:00") == "WIN-004"


def test_an_extension_keeps_the_central_window_open_for_one_unit():
    assert refusal(CENTRAL, "2020-05-19T16:59:59", "2020-05-19T17:00:00") is None
    assert refusal(CENTRAL, "2020-05-19T17:00:00", "2020-05-19T17:00:00") == "WIN-002"


def test_an_extension_before_the_close_takes_nothing_away():
    assert refusal(CENTRAL, "2020-05-11T16:59:59", "2020-05-01T00:00:00") is None


def test_a_moment_in_another_time_zone_is_judged_in_shanghai():
    assert window_refusal(PLAN_2020, CENTRAL, datetime(2020, 5, 11, 8, 59, tzinfo=UTC)) is None
    assert window_refusal(PLAN_2020, CENTRAL, datetime(2020, 5, 11, 9, 0, tzinfo=UTC)) is not None


def test_a_refusal_says_when_the_window_opens_and_closes():
    refused = window_refusal(PLAN_2020, CENTRAL, PLAN_2020.central_open_at - timedelta(seconds=1))
    assert refused is not None
    assert refused.values == {"open": "2020-04-01 00:00", "close": "2020-05-11 17:00"}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"prices_fen": {"A0": 12001}, "si_only": [], "projects": None}, "prices_fen.A0"),
        ({"combo": {"items": ["A0", "B0", "C0"], "price_fen": 18001}}, "combo.price_fen"),
        ({"combo": {"items": ["A0", "B0", "C0"], "price_fen": 19002}}, "combo.price_fen"),
        ({"combo": {"items": ["A0", "Z0"], "price_fen": 18000}}, "Z0"),
        ({"si_only": ["Z9"]}, "Z9"),
        ({"coverage_end": "2020-03-31"}, "coverage_end"),
        ({"coverage_end": None}, "coverage_end is missing"),
        ({"coverage_start": "1 April"}, "coverage_start"),
        ({"coverage_start": 20200401}, "coverage_start"),
        ({"coverage_start": "2020-04-01T00:00:00+08:00"}, "coverage_start"),
        ({"central_open_at": "2020-04-01T00:00:00"}, "central_open_at needs an offset"),
        ({"central_open_at": "soon"}, "central_open_at"),
        ({"central_close_at": "2020-04-01T00:00:00+08:00"}, "central_close_at"),
        ({"instant_open_at": "2021-03-31T00:00:00+08:00"}, "instant_open_at"),
        ({"payment_days": -1}, "payment_days"),
        ({"payment_days": True}, "payment_days"),
        ({"payment_days": 1.5}, "payment_days"),
        ({"time_zone": "Europe/Berlin"}, "time_zone"),
        ({"name": " "}, "name is empty"),
        (
            {"waiting_days": {"central": {"A": 0, "B": 0, "C": 0}, "instant": {"A": 30, "B": 60}}},
            "waiting_days.instant.C",
        ),
        ({"age_rule": {"mode": "guess", "male": 60, "female": 55, "min_age": 16}}, "age_rule.mode"),
        ({"age_rule": 60}, "age_rule"),
        ({"si_only": [1]}, "si_only"),
        ({"reminders": plan_data("2020")["reminders"] | {"payment_due_days": ["5"]}}, "reminders.payment_due_days"),
    ],
)
def test_data_that_make_no_plan_year_are_refused_by_the_name_of_the_field(changes, named):
    with pytest.raises(PlanInvalid, match=named):
        a_plan(**changes)


@pytest.mark.parametrize(("fen", "halves"), [(0, False), (1, False), (2, True), (12_001, False), (-2, False)])
def test_a_price_is_above_nought_and_its_half_is_whole_fen(fen, halves):
    assert halves_exactly(fen) is halves


def test_what_is_wrong_with_an_odd_price_is_that_it_is_not_even():
    with pytest.raises(PlanInvalid) as invalid:
        a_plan(prices_fen={"A0": 12001}, si_only=[], projects=None)
    assert (invalid.value.field, invalid.value.reason) == ("prices_fen.A0", "even")


@pytest.mark.parametrize(
    ("code", "told"), [("B0", ("B", Tier.BASIC)), ("B1", ("B", Tier.ENHANCED)), ("C00", ("C", Tier.ENHANCED))]
)
def test_a_code_tells_group_and_tier(code, told):
    assert told_by_code(code) == told


def test_a_plan_is_a_table():
    with pytest.raises(PlanInvalid, match="must be a table"):
        PlanYear.from_data([])  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize(
    ("codes", "offered"), [(["0088D2"], True), (["3019BJ", "0088D2"], True), (["3019BJ"], False), ([], False)]
)
def test_a_custom_project_is_offered_to_the_units_that_it_names(codes, offered):
    plan = PlanYear.from_data(a_tailored_year(["0088D2", "0088D3"]))
    seen = plan.as_offered_to(codes)
    assert ("X1" in seen.projects) is offered
    assert set(seen.projects) - {"X1"} == set(PLAN_2020.projects)
    assert seen.basics == PLAN_2020.basics


def test_a_custom_project_that_names_nobody_is_offered_to_nobody():
    assert "X1" not in PlanYear.from_data(a_tailored_year([])).as_offered_to(["0088D2"]).projects


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (a_tailored_year(["0088D2"], tier="enhanced"), "projects.X1.only_for"),
        (a_tailored_year(["0088"]), "projects.X1.only_for must be a list of enrolment codes"),
        (a_tailored_year([88]), "projects.X1.only_for"),
    ],
)
def test_units_are_named_by_codes_and_for_custom_projects_alone(data, named):
    with pytest.raises(PlanInvalid, match=named):
        PlanYear.from_data(data)
