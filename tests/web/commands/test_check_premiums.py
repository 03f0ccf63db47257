"""`canbao check` against the worked examples and against random rosters: dates and premiums to the fen."""

import json
import random
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from config.plans import FOLDER
from tasks.sample_roster import sample_workbook
from tests.web.commands.checking import roster, run

EXAMPLES = json.loads((Path(__file__).parents[2] / "examples.json").read_text(encoding="utf-8"))
PREMIUM_CASES = [case for case in EXAMPLES["premium"] if case["id"] != "P30"]  # P30 is an empty file: IMP-004


def plan_file(folder: Path, name: str) -> str:
    """The year 2020 itself, or its data moved to the years of the examples, as a TOML file."""
    if name == "2020":
        return name
    moved = {
        "2023(test)": {
            "coverage_start": "2023-04-01",
            "coverage_end": "2024-03-31",
            "central_open_at": "2023-04-01T00:00:00+08:00",
            "central_close_at": "2023-05-11T17:00:00+08:00",
            "instant_open_at": "2023-05-12T00:00:00+08:00",
            "central_payment_close_on": "2023-05-26",
        },
        "2024(test)": {
            "coverage_start": "2024-07-01",
            "coverage_end": "2025-06-30",
            "central_open_at": "2024-05-01T00:00:00+08:00",
            "central_close_at": "2024-06-15T17:00:00+08:00",
            "instant_open_at": "2024-07-01T00:00:00+08:00",
            "central_payment_close_on": "2024-06-30",
        },
    }[name]
    text = (FOLDER / "2020.toml").read_text(encoding="utf-8").replace('plan_year = "2020"', f'plan_year = "{name[:4]}"')
    for key, value in moved.items():
        text = re.sub(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def arguments_of(case: dict[str, Any], folder: Path) -> list[str]:
    """What a user types for one of the worked examples."""
    given = case["input"]
    path = roster(folder, given["si_count"], given["non_si_count"])
    arguments = [str(path), "--plan", plan_file(folder, given["plan"]), "--type", given["enrolment_type"]]
    arguments += ["--projects", ",".join(given["projects"])]
    day = given["roster_submitted_on"]
    return [*arguments, "--submitted-on", day] if day else arguments


def premium_of(case: dict[str, Any]) -> dict[str, Any]:
    """The example's premium in the words of INTERFACES 2."""
    expected = case["expected"]
    ratio = 50 if expected["half_price"] else 100
    lines = [
        {
            "projects": line["items"],
            "price_fen": line["list_price_fen"],
            "discount_fen": line["discount_fen"],
            "ratio_percent": ratio,
            "si_people": line["si_count"],
            "si_fen": line["si_fen"],
            "other_people": line["non_si_count"],
            "other_fen": line["non_si_fen"],
            "total_fen": line["line_total_fen"],
        }
        for line in expected["lines"]
    ]
    return {"total_fen": expected["total_fen"], "lines": lines}


def assert_as_in_the_example(case: dict[str, Any], status: int, report: dict[str, Any]) -> None:
    expected, premium = case["expected"], report["premium"]
    if "error" in expected:
        assert (status, premium["code"]) == (1, expected["error"])
        assert premium["message"]
        return
    assert {key: premium[key] for key in ("total_fen", "lines")} == premium_of(case)
    for key in ("coverage_start", "coverage_end", "half_price"):
        assert report[key] == expected[key]
    charges = {person["has_si"]: person["charge_fen"] for person in report["people"]}
    for has_si, key in ((True, "per_si_person_fen"), (False, "per_non_si_person_fen")):
        assert charges.get(has_si) == expected[key]
    assert status == 0


@pytest.mark.parametrize("case", PREMIUM_CASES, ids=lambda case: case["id"])
def test_the_premium_is_that_of_the_worked_example(case: dict[str, Any], tmp_path: Path) -> None:
    result = run(*arguments_of(case, tmp_path), "--json")
    assert_as_in_the_example(case, result.exit_code, json.loads(result.stdout))


@pytest.mark.parametrize("name", ["P01", "P12", "P18", "P25", "P29"])
def test_the_command_of_a_shell_says_the_same(name: str, tmp_path: Path) -> None:
    case = next(case for case in PREMIUM_CASES if case["id"] == name)
    command = [sys.executable, "-m", "web.commands", "check", *arguments_of(case, tmp_path), "--json"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert_as_in_the_example(case, done.returncode, json.loads(done.stdout))


PRICES_FEN = {"A0": 12_000, "A2": 23_000, "B0": 5_500, "B1": 10_000, "C0": 1_500, "C3": 22_500}


def charged_fen(projects: list[str], has_si: bool, half: bool) -> int:
    """One person's charge, written once more from DOMAIN 5.3."""
    mine = [project for project in projects if has_si or project != "A0"]
    annual_fen = sum(PRICES_FEN[project] for project in mine)
    if {"A0", "B0", "C0"} <= set(mine):
        annual_fen -= 1_000
    return annual_fen // 2 if half else annual_fen


@pytest.mark.parametrize("seed", range(25))
def test_random_rosters_come_out_right_to_the_row_the_code_and_the_fen(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "sample.xlsx"
    wrong = chance.choice([Decimal(0), Decimal("0.1"), Decimal("0.5"), Decimal("0.8"), Decimal(1)])
    answers = sample_workbook(path, chance.randint(1, 250), seed, wrong, over_age=chance.choice([0, 5]))
    projects = chance.choice([["B0"], ["B0", "C0"], ["A0", "B0", "C0"], ["C0", "A2"], ["A0", "B0", "C0", "B1", "C3"]])
    timing = chance.choice([["central"], ["instant", "2020-09-29"], ["instant", "2020-09-30"]])
    arguments = ["--plan", "2020", "--type", timing[0], "--projects", ",".join(projects)]
    half = timing[-1] == "2020-09-30"

    result = run(path, *arguments, *(["--submitted-on", timing[1]] if timing[1:] else []), "--json")

    report = json.loads(result.stdout)
    found = [(finding["row"], finding["column"], finding["code"]) for finding in report["findings"]]
    assert sorted(found) == sorted((each.row, each.column, each.code) for each in answers.findings)
    assert report["counts"] == answers.as_json()["counts"]
    assert sum(report["counts"].values()) == report["file"]["rows"]
    if answers.accepted:
        expected_fen = answers.si_people * charged_fen(projects, True, half)
        expected_fen += answers.other_people * charged_fen(projects, False, half)
        assert report["premium"]["total_fen"] == sum(each["charge_fen"] for each in report["people"]) == expected_fen
    else:
        assert report["premium"]["code"] == "VAL-001"
    assert result.exit_code == (1 if answers.findings else 0)
