import json
from pathlib import Path

import pytest

from config.plans import PlanUnreadable, plan_data

EXAMPLES = json.loads((Path(__file__).parents[1] / "examples.json").read_text(encoding="utf-8"))


def test_the_plan_of_2020_is_the_example_with_benefits_added():
    data = plan_data("2020")
    added = {key: data.pop(key) for key in ("groups", "projects")}
    expected = json.loads(json.dumps(EXAMPLES["plan_2020"]))
    # TOML has no null: a rule that is off is left out.
    expected["ratio_rule"] = {key: value for key, value in expected["ratio_rule"].items() if value is not None}
    assert data == expected
    assert list(added["projects"]) == list(data["prices_fen"])


def test_dates_come_as_text_so_that_a_plan_can_be_stored_as_json():
    data = plan_data("2020")
    assert data["coverage_start"] == "2020-04-01"
    assert json.loads(json.dumps(data)) == data


def test_a_plan_may_come_from_a_file_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('plan_year = "2031"', encoding="utf-8")
    assert plan_data(str(path)) == {"plan_year": "2031"}


def test_an_unknown_year_names_the_known_ones():
    with pytest.raises(PlanUnreadable, match="2020"):
        plan_data("1999")


@pytest.mark.parametrize("content", [b"not toml at all", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_refused(tmp_path, content):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(PlanUnreadable, match="not a TOML file"):
        plan_data(str(path))


def test_a_folder_is_not_a_plan(tmp_path):
    with pytest.raises(PlanUnreadable, match="cannot read"):
        plan_data(str(tmp_path))
