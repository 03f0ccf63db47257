"""What no command can work with is one sentence and exit status 2, never a traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.conftest import use_environment
from tests.postgresql import Cluster
from tests.web.commands.told import tell


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path), DATABASE_URL="")


@pytest.mark.parametrize("command", [("user", "list"), ("plan", "list"), ("jobs", "list"), ("token", "list")])
def test_a_database_that_was_never_set_up_is_named_with_what_sets_it_up(command: tuple[str, ...]) -> None:
    told = tell(*command)
    assert (told.status, told.said) == (2, "")
    assert "canbao db upgrade" in told.complained


def test_a_folder_that_is_not_there_is_said_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path / "nowhere"))
    told = tell("db", "check")
    assert (told.status, "CANBAO_VAR" in told.complained) == (2, True)


def test_a_database_that_is_away_is_said_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, DATABASE_URL="postgresql://canbao:secret-word@127.0.0.1:1/canbao")
    told = tell("user", "list")
    assert told.status == 2
    assert "DATABASE_URL" in told.complained
    assert "secret-word" not in told.complained


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="prod")
    told = tell("user", "list")
    assert (told.status, told.complained.splitlines()[0]) == (2, "Error: the settings can't be used:")
    assert "'demonstration' or 'production'" in told.complained


@pytest.fixture
def stranger(cluster: Cluster) -> Iterator[str]:
    """A user of the database server who may do nothing."""
    cluster.execute("CREATE ROLE stranger LOGIN")
    yield "stranger"
    cluster.execute("DROP ROLE stranger")


@pytest.mark.postgresql
def test_a_database_that_refuses_its_user_is_named(
    postgresql: None, stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(os.environ["DATABASE_URL"]).set(username=stranger).render_as_string(hide_password=False)
    use_environment(monkeypatch, DATABASE_URL=url)
    told = tell("user", "list")
    assert told.status == 2
    assert "the database refuses its user (permission denied for table account)" in told.complained
