"""Charts of 工作台: bars add up to their totals, and the many stand together."""

from __future__ import annotations

import pytest

from models.queries.dashboard_units import UnionProgress
from models.rules.progress import UnitStage
from web.dashboard_chart import MOST_BARS, hour_chart, union_chart


def a_union(name: str, **stages: int) -> UnionProgress:
    return UnionProgress(name, {UnitStage(stage): units for stage, units in stages.items()})


def test_parts_of_a_bar_stand_beside_each_other_in_the_order_of_the_work() -> None:
    (bar,) = union_chart([a_union("机电", no_batch=2, roster_draft=1, payment_review=1, enrolled=9)]).bars
    assert (bar.name, bar.total) == ("机电", 4)
    first, second, third = bar.parts
    assert first.x + first.width < second.x < second.x + second.width < third.x
    assert first.width == pytest.approx(2 * second.width, rel=0.01)


def test_a_union_that_has_finished_has_no_bar() -> None:
    chart = union_chart([a_union("机电", enrolled=3)])
    assert (list(chart.bars), [total for _, _, total in chart.legend]) == ([], [0, 0, 0])


def test_more_unions_than_fit_stand_together_in_the_last_bar() -> None:
    unions = [a_union(f"工委{number}", no_batch=100 - number) for number in range(MOST_BARS + 3)]
    chart = union_chart(unions)
    assert len(chart.bars) == MOST_BARS + 1
    assert (chart.bars[-1].name, chart.bars[-1].total) == ("其他 3 个工委", 88 + 87 + 86)
    assert sum(bar.total for bar in chart.bars) == sum(union.unfinished for union in unions)


def test_a_long_name_is_cut_and_kept_whole_beside() -> None:
    (bar,) = union_chart([a_union("中国（上海）自由贸易试验区临港新片区", no_batch=1)]).bars
    assert (len(bar.name), bar.whole_name) == (12, "中国（上海）自由贸易试验区临港新片区")


def test_hours_are_stacked_under_a_scale_that_holds_the_highest() -> None:
    chart = hour_chart({(9, "done"): 214, (9, "failed"): 1, (3, "cancelled"): 2}, hour_now=10)
    assert [bar.name for bar in chart.bars][:2] == ["3时", "4时"]
    assert chart.bars[-1].name == "17时"
    nine = next(bar for bar in chart.bars if bar.name == "9时")
    assert nine.total == 215
    assert [number for _, number in chart.steps] == [0, 100, 200, 300]
    assert all(part.y >= 26 for part in nine.parts)


@pytest.mark.parametrize("most", [0, 1, 5, 7, 11, 99, 100, 101, 12_345])
def test_every_height_has_a_scale(most: int) -> None:
    chart = hour_chart({(9, "done"): most} if most else {}, hour_now=9)
    assert chart.steps[-1][1] >= max(most, 1)


def test_the_sentence_says_it_to_who_does_not_see_it() -> None:
    assert union_chart([a_union("机电", no_batch=2)]).sentence == "各工委尚未完成参保的单位，共 2 家，机电最多，2 家"
