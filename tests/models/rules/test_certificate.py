from datetime import date

from models.rules.certificate import insured_projects
from models.rules.coverage import coverage
from models.rules.plan import EnrolmentType
from tests.models.rules.plan_years import PLAN_2020

CENTRAL = coverage(PLAN_2020, EnrolmentType.CENTRAL, None)


def test_the_projects_stand_in_the_order_of_the_premium_table_with_who_has_them():
    lines = insured_projects(["C3", "A0", "B0"], PLAN_2020, CENTRAL, 7, 1)
    assert [(line.code, line.people) for line in lines] == [("A0", 7), ("B0", 8), ("C3", 8)]


def test_a_project_that_nobody_can_have_is_not_printed():
    lines = insured_projects(["A0", "B0"], PLAN_2020, CENTRAL, 0, 3)
    assert [line.code for line in lines] == ["B0"]


def test_central_cover_takes_effect_at_once():
    [line] = insured_projects(["B0"], PLAN_2020, CENTRAL, 1, 0)
    assert (line.waiting_until, line.effective_from) == (None, date(2020, 4, 1))


def test_instant_cover_waits_and_spares_accidents_in_enhanced_hospitalisation_only():
    cover = coverage(PLAN_2020, EnrolmentType.INSTANT, date(2020, 9, 30))
    lines = {line.code: line for line in insured_projects(["A0", "A3", "B0", "C0"], PLAN_2020, cover, 1, 0)}
    assert lines["B0"].waiting_until == date(2020, 11, 29)
    assert lines["B0"].effective_from == date(2020, 11, 30)
    assert {code for code, line in lines.items() if line.accidents_excepted} == {"A3"}
    assert lines["C0"].waiting_until is None


def test_a_waiting_period_as_long_as_the_cover_never_takes_effect():
    cover = coverage(PLAN_2020, EnrolmentType.INSTANT, date(2021, 1, 30))
    [line] = insured_projects(["B0"], PLAN_2020, cover, 1, 0)
    assert line.effective_from is None
