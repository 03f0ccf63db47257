"""`canbao backup` and `canbao restore`: a whole database in a file and back, or a plain no."""

from __future__ import annotations

import sqlite3
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import settings
from models.records.database import forget_connections, reading, writing
from models.records.job import Job, JobState
from models.records.notice import MessageState
from models.records.person import BatchPerson
from tests.builders import a_person
from tests.conftest import use_environment
from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.records import a_batch_to_fill, an_upload, people_on
from tests.told import states, tell_many
from tests.web.commands.told import Told, tell
from web.commands.data_folder import DataFolder

__all__ = ["quick_passwords", "silent_doorbell"]

pytestmark = pytest.mark.usefixtures("sqlite")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of a database with one person and one job that runs."""
    batch = a_batch_to_fill()
    people_on(batch, [a_person()])
    job_id = an_upload(batch).job_id
    with writing() as session:
        job = session.get_one(Job, job_id)
        job.state, job.lease_until = JobState.RUNNING, 2e10
    file = tmp_path / "a.backup"
    told = tell("backup", str(file), "--json")
    assert (told.status, told.data["keys"]) == (0, False)
    return file


def restore(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Told:
    """Restore into another data folder, which is the one in use from then on."""
    use_environment(monkeypatch, CANBAO_VAR=str(folder))
    return tell("restore", str(file), *options, "--json")


def names() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(BatchPerson.name)))


def test_everything_is_there_again_and_no_lease_is_held(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = restore(backup, tmp_path / "other", monkeypatch)
    assert (told.status, told.data["unfinished_jobs"], told.data["keys_open"]) == (0, 1, True)
    assert names() == ["王豆豆"]
    with reading() as session:
        assert session.scalars(select(Job.lease_until)).one() == 0
    assert (tmp_path / "other" / "canbao.db").stat().st_mode & 0o077 == 0


def test_what_waited_to_be_sent_waits_for_staff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    tell_many(2)
    tell("backup", str(tmp_path / "a.backup"))
    told = restore(tmp_path / "a.backup", tmp_path / "other", monkeypatch)
    assert (told.status, told.data["held_messages"]) == (0, 2)
    assert states() == {MessageState.UNCERTAIN: 2}


def test_an_older_backup_is_restored_and_its_messages_are_held_later(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(settings().var / "canbao.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0011'")
    connection.close()
    tell("backup", str(tmp_path / "older"))
    told = restore(tmp_path / "older", tmp_path / "other", monkeypatch)
    assert (told.status, told.data["held_messages"]) == (0, None)


def test_a_backup_is_its_owners_alone_and_holds_no_keys(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    with tarfile.open(backup) as archive:
        assert archive.getnames() == ["manifest.json", "canbao.db"]


@pytest.mark.parametrize("written", [True, False], ids=["written", "not written"])
def test_whatever_else_is_in_its_folder_stays_and_nothing_is_added(tmp_path: Path, written: bool) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    others = {"a.database": "of somebody", "a.new": "of somebody else"}
    for name, content in others.items():
        (folder / name).write_text(content)
    if not written:
        with sqlite3.connect(settings().var / "canbao.db") as connection:
            connection.execute("DELETE FROM alembic_version")
        connection.close()
    told = tell("backup", str(folder / "a"))
    assert (told.status, {path.name for path in folder.iterdir()} - set(others)) == (
        (0, {"a"}) if written else (2, set())
    )
    assert {name: (folder / name).read_text() for name in others} == others


def test_a_file_that_exists_stays_as_it_is(backup: Path) -> None:
    before = backup.read_bytes()
    assert (tell("backup", str(backup)).status, backup.read_bytes()) == (2, before)


def test_what_was_written_after_the_backup_is_not_in_it(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_on(a_batch_to_fill("0088D3"), [a_person(name="李小满")])
    restore(backup, tmp_path / "other", monkeypatch)
    assert names() == ["王豆豆"]


def test_other_keys_are_told(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANBAO_KEYS")
    (tmp_path / "other").mkdir()
    tell("keys", "new", str(tmp_path / "other" / "keys.json"))
    told = restore(backup, tmp_path / "other", monkeypatch)
    assert (told.status, told.data["keys_open"]) == (0, False)


def test_a_database_that_is_there_is_replaced_only_by_force(backup: Path) -> None:
    with writing() as session:
        session.scalars(select(BatchPerson)).one().name = "李小满"
    assert (tell("restore", str(backup)).status, names()) == (2, ["李小满"])
    forget_connections()
    assert (tell("restore", str(backup), "--force").status, names()) == (0, ["王豆豆"])


def test_nothing_is_restored_under_a_running_service(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path / "other")
    with folder.held(print):
        told = restore(backup, folder.path, monkeypatch)
    assert (told.status, "is in use" in told.complained, folder.database.exists()) == (2, True, False)


@pytest.mark.parametrize("at", [600, 0.3, 0.9], ids=["manifest", "database", "its end"])
def test_a_damaged_backup_is_refused_and_nothing_is_left_of_it(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: float
) -> None:
    content = bytearray(backup.read_bytes())
    content[int(at if at > 1 else len(content) * at)] ^= 0xFF
    backup.write_bytes(content)
    told = restore(backup, tmp_path / "other", monkeypatch)
    assert (told.status, list((tmp_path / "other").glob("canbao.db*"))) == (2, [])


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_backup_that_was_cut_off_is_refused(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * share)])
    assert restore(backup, tmp_path / "other", monkeypatch).status == 2


def test_any_other_file_is_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.tar").write_bytes(b"")
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(__file__, "a.py")
    assert "no backup" in restore(tmp_path / "a.tar", tmp_path / "other", monkeypatch).complained
    assert "no backup" in restore(Path(__file__), tmp_path / "other", monkeypatch).complained


def test_a_newer_schema_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(settings().var / "canbao.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    tell("backup", str(tmp_path / "newer"))
    told = restore(tmp_path / "newer", tmp_path / "other", monkeypatch)
    assert (told.status, "newer" in told.complained) == (2, True)
    assert not (tmp_path / "other" / "canbao.db").exists()


def test_a_demonstrations_log_in_data_go_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demonstration.json").write_text("{}")
    tell("backup", str(tmp_path / "demo.backup"))
    restore(tmp_path / "demo.backup", tmp_path / "other", monkeypatch)
    assert (tmp_path / "other" / "demonstration.json").read_text() == "{}"


@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_postgresql_has_its_own_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, tool: str) -> None:
    use_environment(monkeypatch, DATABASE_URL="postgresql://canbao@127.0.0.1/canbao")
    (tmp_path / "file").touch()
    told = tell(command, str(tmp_path / "file"))
    assert (told.status, tool in told.complained) == (2, True)
