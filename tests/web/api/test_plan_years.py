"""保障年度 as programs read it."""

from __future__ import annotations

from tests.web.api.conftest import Program, code_of


def test_a_plan_year_says_its_windows_with_their_offset(li: Program) -> None:
    (plan,) = li.get("/plan-years").json["items"]
    assert plan["plan_year"] == "2020"
    assert plan["central_close_at"] == "2020-05-11T17:00:00+08:00"
    assert plan["half_price_from"] == "2020-10-01"


def test_a_plan_year_in_full_has_prices_in_fen_and_the_pledge(li: Program) -> None:
    plan = li.get("/plan-years/2020").json
    prices = {project["code"]: project["price_fen"] for project in plan["projects"]}
    assert (prices["A0"], prices["B3"], plan["combo"]["price_fen"]) == (12000, 46000, 18000)
    assert [project["code"] for project in plan["projects"] if project["si_only"]] == ["A0"]
    assert plan["waiting_days"]["instant"] == {"A": 30, "B": 60, "C": 0}
    assert plan["pledge"]["version"]
    assert "同一人员在一个参保年度内只参保一次" in plan["pledge"]["text"]


def test_an_unknown_year_is_not_there(li: Program) -> None:
    assert code_of(li.get("/plan-years/1999")) == (404, "BAT-005")


def test_chinese_is_not_escaped(li: Program) -> None:
    assert "上海职工互助保障项目2020" in li.get("/plan-years").get_data(as_text=True)
