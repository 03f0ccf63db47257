import pytest

from models.rules.refusal import Refused
from models.rules.selection import check_selection, in_plan_order
from tests.models.rules.plan_years import PLAN_2020


@pytest.mark.parametrize(
    ("projects", "code", "values"),
    [
        (["A0", "A0", "Z9"], "PRJ-004", {}),
        (["Z9"], "PRJ-005", {"project": "Z9"}),
        ([], "PRJ-001", {}),
        (["A1", "A2"], "PRJ-003", {}),
        (["A0", "B1", "B2", "A1", "A2"], "PRJ-002", {"group": "在职住院"}),
        (["C0", "C1", "C3"], "PRJ-002", {"group": "意外伤害"}),
    ],
)
def test_the_first_broken_rule_is_named(projects, code, values):
    with pytest.raises(Refused) as refused:
        check_selection(projects, PLAN_2020)
    assert (refused.value.code, refused.value.values) == (code, values)


@pytest.mark.parametrize("projects", [["A0"], ["C0", "A1"], ["A0", "B0", "C0", "A3", "B3", "C3"]])
def test_a_basic_and_one_enhanced_of_each_column_may_be_chosen(projects):
    check_selection(projects, PLAN_2020)


def test_basics_come_first_in_tables():
    assert in_plan_order(["C3", "B0", "A1", "A0"], PLAN_2020) == ["A0", "B0", "A1", "C3"]
