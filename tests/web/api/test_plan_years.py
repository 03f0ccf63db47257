"""保障年度 as programs read it."""

from __future__ import annotations

from models.records.database import writing
from models.records.plan_year import PlanYearRecord
from tests.models.rules.plan_years import a_tailored_year
from tests.web.api.conftest import Program, code_of
from tests.web.conftest import Town
from tests.workbooks import WANG_DOUDOU, a_workbook


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


def test_what_was_agreed_with_one_unit_is_told_to_it_and_to_the_association(
    li: Program, zhou: Program, reviewer: Program
) -> None:
    with writing() as records:
        records.get_one(PlanYearRecord, "2020").data = a_tailored_year(["0088D2"])
    told = {
        who: [project["code"] for project in program.get("/plan-years/2020").json["projects"]]
        for who, program in {"li": li, "zhou": zhou, "reviewer": reviewer}.items()
    }
    assert {who: "X1" in codes for who, codes in told.items()} == {"li": True, "zhou": False, "reviewer": True}


def test_what_was_agreed_with_one_unit_is_estimated_for_it_alone(li: Program, zhou: Program, town: Town) -> None:
    with writing() as records:
        records.get_one(PlanYearRecord, "2020").data = a_tailored_year(["0088D2"])
    own, foreign = li.open_batch(town.li.code), zhou.open_batch(town.zhou.code)
    assert li.imported(own, [WANG_DOUDOU], projects="B0,X1")["estimate"]["total_fen"] == 10500
    assert code_of(zhou.upload(foreign, a_workbook([WANG_DOUDOU]), projects="B0,X1")) == (422, "PRJ-005")
