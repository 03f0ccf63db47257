"""`canbao sample` and `canbao template` as a user runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tasks.workbook.reader import read_roster
from tasks.workbook.template import template_workbook
from web.commands.main import canbao


def run(*arguments: object) -> Result:
    return CliRunner().invoke(canbao, [str(argument) for argument in arguments])


def test_a_sample_has_the_people_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    assert run("sample", out, "--people", 30).exit_code == 0
    assert len(read_roster(out.read_bytes(), 5000).rows) == 30


def test_the_answers_are_what_check_finds(tmp_path: Path) -> None:
    out, answers = tmp_path / "a.xlsx", tmp_path / "a.json"
    run("sample", out, "--people", 400, "--seed", 7, "--wrong", "0.2", "--answers", answers)
    expected = json.loads(answers.read_text(encoding="utf-8"))
    checked = run("check", out, "--plan", 2020, "--type", "central", "--projects", "A0,B0,C0", "--json")
    report = json.loads(checked.stdout)
    assert report["counts"] == expected["counts"]
    assert report["premium"]["total_fen"] == expected["premium"]["total_fen"]
    found = {(finding["row"], finding["column"], finding["code"]) for finding in report["findings"]}
    assert found == {(each["row"], each["column"], each["code"]) for each in expected["findings"]}


def test_over_age_people_are_in_the_answers(tmp_path: Path) -> None:
    out, answers = tmp_path / "a.xlsx", tmp_path / "a.json"
    run("sample", out, "--people", 20, "--over-age", 4, "--answers", answers)
    assert json.loads(answers.read_text(encoding="utf-8"))["over_age_without_si"] == 2


@pytest.mark.parametrize("share", ["1.5", "-0.1", "some", "NaN"])
def test_a_share_that_is_none_is_refused(tmp_path: Path, share: str) -> None:
    result = run("sample", tmp_path / "a.xlsx", "--people", 5, "--wrong", share)
    assert result.exit_code == 2
    assert "--wrong" in result.stderr


@pytest.mark.parametrize("arguments", [["sample", "--people", "3"], ["template"]], ids=["sample", "template"])
def test_a_folder_that_is_not_there_is_an_unusable_argument(tmp_path: Path, arguments: list[str]) -> None:
    result = run(arguments[0], tmp_path / "missing" / "a.xlsx", *arguments[1:])
    assert result.exit_code == 2
    assert "cannot write" in result.stderr


def test_the_template_is_written(tmp_path: Path) -> None:
    out = tmp_path / "template.xlsx"
    assert run("template", out).exit_code == 0
    assert out.read_bytes() == template_workbook()
