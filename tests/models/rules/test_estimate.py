from collections import Counter
from datetime import date

import pytest

from models.rules.estimate import Basis, CountedAs, Headcount, choose_basis, counts_as, form_estimate
from models.rules.person import EmploymentStatus
from models.rules.plan import EnrolmentType
from tests.models.rules.plan_years import PLAN_2020

CENTRAL, INSTANT = EnrolmentType.CENTRAL, EnrolmentType.INSTANT
BASICS = Basis(["A0", "B0", "C0"], "default")
COMBO_FEN, B0_C0_FEN = 18000, 5500 + 1500


@pytest.mark.parametrize(
    ("status", "over_age", "counted"),
    [
        ("in_service", False, CountedAs.INSURED),
        ("in_service", True, CountedAs.INSURED),
        ("unknown", False, CountedAs.OTHER),
        ("unknown", True, CountedAs.WAITING),
        ("retired", False, CountedAs.RETIRED),
        ("retired", True, CountedAs.RETIRED),
    ],
)
def test_age_makes_a_difference_only_for_those_without_social_insurance_who_are_not_retired(status, over_age, counted):
    assert counts_as(EmploymentStatus(status), over_age) is counted


def test_people_over_age_without_social_insurance_are_among_the_others():
    counted = Counter({CountedAs.INSURED: 7, CountedAs.OTHER: 3, CountedAs.WAITING: 2, CountedAs.RETIRED: 1})
    assert Headcount.of(counted) == Headcount(insured=7, others=5, waiting=2, retired=1)


def test_nobody_is_nothing_of_everything():
    assert Headcount.of(Counter()) == Headcount(0, 0, 0, 0)


def test_what_the_unit_took_in_central_enrolment_goes_before_what_is_ticked():
    assert choose_basis(["B0", "C0"], ["A0"], PLAN_2020) == Basis(["B0", "C0"], "locked")


def test_what_is_ticked_goes_before_the_three_basics():
    assert choose_basis(None, ["C0"], PLAN_2020) == Basis(["C0"], "chosen")


@pytest.mark.parametrize("nothing", [None, []])
def test_without_either_the_three_basics_are_the_basis(nothing):
    assert choose_basis(nothing, nothing, PLAN_2020) == BASICS


def test_everybody_but_the_retired_is_priced():
    estimate = form_estimate(BASICS, Headcount(3, 2, 1, 4), CENTRAL, PLAN_2020, date(2020, 4, 20))
    assert estimate == {
        "projects": ["A0", "B0", "C0"],
        "basis": "default",
        "si_people": 3,
        "other_people": 2,
        "over_age_without_si": 1,
        "retired": 4,
        "total_fen": 3 * COMBO_FEN + 2 * B0_C0_FEN,
        "half_price": False,
    }


def test_instant_enrolment_received_on_30_september_costs_half():
    estimate = form_estimate(BASICS, Headcount(3, 0, 0, 0), INSTANT, PLAN_2020, date(2020, 9, 30))
    assert (estimate["total_fen"], estimate["half_price"]) == (3 * COMBO_FEN // 2, True)


@pytest.mark.parametrize(("origin", "code"), [("chosen", "PRJ-006"), ("locked", "PRJ-011")])
def test_where_somebody_is_left_without_a_basic_there_is_a_code_instead_of_a_total(origin, code):
    estimate = form_estimate(Basis(["A0"], origin), Headcount(3, 2, 0, 0), CENTRAL, PLAN_2020, date(2020, 4, 20))
    assert (estimate["code"], estimate["values"]) == (code, {"n": 2})
    assert "total_fen" not in estimate


def test_outside_the_instant_window_there_is_a_code_instead_of_a_total():
    estimate = form_estimate(BASICS, Headcount(3, 0, 0, 0), INSTANT, PLAN_2020, date(2020, 5, 11))
    assert estimate["code"] == "WIN-003"
    assert "total_fen" not in estimate
