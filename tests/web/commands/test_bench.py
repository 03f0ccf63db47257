"""`canbao bench` with few people and a small register: every figure comes out, and nothing is left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.postgresql import Cluster
from web.commands.bench import PARTS
from web.commands.bench_table import table

pytestmark = pytest.mark.timeout(900)

ROOT = Path(__file__).parents[3]
STAGES = ["read", "validate", "dedupe", "price", "store", "around them"]
SMALL = (
    *("--people", "60", "--register", "500", "--runs", "1", "--registers", "300,700", "--roster", "300"),
    *("--large-submission", "300", "--group", "200", "--clerks", "2", "--imports", "10", "--units", "40"),
)
NOT_THE_START = [f"--only={part}" for part in PARTS if part != "start"]
"""Two whole demonstrations one after the other are not tried for a figure."""


def bench(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As a user runs it, in a process of its own: it changes the settings of its process."""
    command = [sys.executable, "-m", "web.commands", "bench", *SMALL, *arguments]
    surroundings = os.environ | {"TMPDIR": str(folder), "DATABASE_URL": ""} | environment
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=True)


def figures(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for temporary files of `told`."""
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def told(left_behind: Path) -> dict[str, Any]:
    """Everything but the start, measured once."""
    return figures(bench(left_behind, *NOT_THE_START, "--json"))


def test_the_import_stands_beside_its_floor_stage_by_stage(told: dict[str, Any]) -> None:
    assert (told["people"], told["register"], told["runs"]) == (60, 500, 1)
    assert list(told["import"]["stages"]) == STAGES
    assert told["ratio"]["wall"] == pytest.approx(told["import"]["wall"] / told["floor"]["wall"], rel=0.1)


def test_everything_else_that_people_wait_for_is_measured(told: dict[str, Any]) -> None:
    assert told["progress_poll"]["statements"] <= 3
    memory, load = told["memory_megabytes"], told["clerks"]
    assert memory["together"] == sum(memory[process] for process in ("pool_process", "nursery", "parser"))
    assert abs(told["memory_growth"]["last_mb"] - told["memory_growth"]["first_mb"]) < 50
    assert (load["clerks"], load["pages"] > 0) == (2, True)
    assert told["roster_pages"]["people"] == 300
    assert told["large_submission"]["seconds"] > 0
    assert (told["group"]["people"], told["group"]["files"]) == (200, 10)
    city = told["dashboard"]
    assert (city["units"], city["people"], city["jobs"]) == (40, 6_000, 200)
    assert all(took["median"] > 0 for took in city["pages"].values())
    assert all(told[what] > 0 for what in ("upload_answer", "submission", "marked_workbook", "check"))


@pytest.mark.usefixtures("told")
def test_nothing_is_left_behind(left_behind: Path) -> None:
    assert list(left_behind.iterdir()) == []


def test_the_table_names_every_stage_and_every_target(told: dict[str, Any]) -> None:
    lines = "\n".join(table(told))
    assert all(stage in lines for stage in STAGES)
    assert lines.count("target") == 15


def test_one_part_is_measured_and_written_as_a_table(tmp_path: Path) -> None:
    assert "target" in bench(tmp_path, "--only=submission").stdout


@pytest.mark.postgresql
def test_on_postgresql_it_measures_in_a_schema_of_its_own(tmp_path: Path, cluster: Cluster) -> None:
    name = cluster.new_database()
    told = figures(bench(tmp_path, "--only=registers", "--json", DATABASE_URL=cluster.url(name)))
    assert set(told["registers"]) == {"300", "700", "last_by_first"}
    assert told["database"].startswith("PostgreSQL")
    assert schemas(cluster, name) == ["public"]
    cluster.drop(name)


def schemas(cluster: Cluster, database: str) -> list[str]:
    import psycopg

    with psycopg.connect(cluster.url(database)) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information)' ORDER BY 1")
        return [name for (name,) in found]
