"""`canbao db`."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from models.records.database import writing
from models.records.notice import MessageState
from tests.conftest import use_environment
from tests.told import messages, tell_many
from tests.web.commands.told import tell


def test_upgrade_makes_a_database_and_check_finds_it_right(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path / "var"), DATABASE_URL="")
    assert tell("db", "upgrade").status == 0
    assert (tmp_path / "var" / "canbao.db").exists()
    assert tell("db", "check").said == "Migrations and models match.\n"


def test_upgrade_may_be_called_again(database: str) -> None:
    assert tell("db", "upgrade").status == 0


def test_check_names_what_differs(database: str) -> None:
    with writing() as session:
        session.execute(text("ALTER TABLE unit ADD COLUMN shoe_size INTEGER"))
    told = tell("db", "check")
    assert (told.status, "shoe_size" in told.said) == (1, True)
    told = tell("db", "check", "--json")
    assert (told.status, len(told.data["differences"])) == (1, 1)


def test_after_a_dump_was_restored_staff_decide_what_is_sent_again(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    tell_many(2)
    told = tell("db", "restored")
    assert (told.status, told.said) == (0, "2 messages wait for staff to decide whether they are sent again.\n")
    assert {message.state for message in messages()} == {MessageState.UNCERTAIN}
