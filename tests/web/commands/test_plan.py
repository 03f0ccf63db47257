"""`canbao plan`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.commands.told import tell


def test_without_plans_the_list_is_empty(database: str) -> None:
    assert (tell("plan", "list").said, tell("plan", "list", "--json").data) == ("No plan year is loaded.\n", [])


def test_a_shipped_plan_is_loaded_as_a_draft_and_then_published(database: str) -> None:
    assert tell("plan", "load", "2020", "--json").data == {"year": "2020", "state": "draft"}
    assert tell("plan", "list", "--json").data == [
        {"year": "2020", "state": "draft", "coverage_start": "2020-04-01", "coverage_end": "2021-03-31"}
    ]
    assert tell("plan", "publish", "2020", "--json").data == {"year": "2020", "state": "published"}
    assert tell("plan", "list", "--json").data[0]["state"] == "published"


def test_a_plan_is_shown_as_data(database: str) -> None:
    tell("plan", "load", "2020")
    assert tell("plan", "show", "2020").data["prices_fen"]["A0"] == 12000
    assert tell("plan", "show", "2020", "--json").data == tell("plan", "show", "2020").data


def test_a_published_plan_is_not_loaded_over(database: str) -> None:
    tell("plan", "load", "2020")
    tell("plan", "publish", "2020")
    told = tell("plan", "load", "2020")
    assert (told.status, told.complained) == (1, "Error: plan year 2020 is published: only a draft is replaced\n")


@pytest.mark.usefixtures("sqlite")
def test_a_file_that_is_no_plan_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text('plan_year = "2020"\n')
    assert tell("plan", "load", str(tmp_path / "plan.toml")).status == 2
    assert tell("plan", "load", str(tmp_path / "nowhere.toml")).status == 2


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("command", ["show", "publish"])
def test_a_year_that_is_not_loaded_is_named(command: str) -> None:
    told = tell("plan", command, "2031")
    assert (told.status, "2031" in told.complained) == (1, True)
