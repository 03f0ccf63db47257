"""`canbao doctor`: each line with the world as it should be, and without."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from config.keys import Keyring
from config.settings import settings
from models.records.database import database_seconds, writing
from models.records.heartbeat import BEAT, Heartbeat, note_heartbeat
from models.records.job import Job
from tasks import queues
from tests.builders import a_person
from tests.conftest import Valkey, use_environment
from tests.postgresql import Cluster
from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.records import a_batch_to_fill, an_upload, people_on
from tests.web.commands.told import Told, tell
from web.commands.health import machine
from web.commands.ports import free_port

__all__ = ["quick_passwords", "silent_doorbell"]
DATABASE_LINES = {"database", "migrations", "clock", "oldest waiting job", "beat", "messages", "numbers"}


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port where nobody listens, where no test brings a Valkey."""
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")


def lines(told: Told) -> dict[str, tuple[bool, str]]:
    return {line["name"]: (line["ok"], line["found"]) for line in told.data["checks"]}


def look() -> dict[str, tuple[bool, str]]:
    return lines(tell("doctor", "--json"))


def test_a_fresh_database_is_well_but_for_beat(database: str) -> None:
    found = look()
    assert {name for name in DATABASE_LINES if not found[name][0]} == {"beat"}
    assert found["database"][1].startswith("PostgreSQL" if database == "postgresql" else "SQLite")


def test_every_line_that_is_not_ok_has_a_remedy(database: str) -> None:
    told = tell("doctor", "--json")
    assert (told.status, told.data["ok"]) == (1, False)
    assert all(line["ok"] != bool(line["remedy"]) for line in told.data["checks"])


def test_for_people_each_line_is_ok_or_not_ok(database: str) -> None:
    said = tell("doctor").said.splitlines()
    assert all(line.startswith(("ok ", "not ok ")) for line in said)


def test_beats_last_tick_is_told(database: str) -> None:
    with writing() as session:
        note_heartbeat(session, BEAT)
    assert look()["beat"][0]


def test_a_tick_of_long_ago_is_not_ok(database: str) -> None:
    with writing() as session:
        note_heartbeat(session, BEAT)
        session.execute(update(Heartbeat).values(at=database_seconds() - 600))
    assert look()["beat"] == (False, "ticked 600 s ago")


def test_migrations_that_have_not_run_are_not_ok(database: str) -> None:
    with writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert look()["migrations"] == (False, "some have not run")


def test_a_job_that_just_waits_is_ok_and_one_that_waits_for_over_five_minutes_is_not(database: str) -> None:
    job_id = an_upload(a_batch_to_fill()).job_id
    assert look()["oldest waiting job"][0]
    with writing() as session:
        session.get_one(Job, job_id).created_at -= timedelta(minutes=5)
    assert not look()["oldest waiting job"][0]


def test_beat_that_was_silent_for_two_minutes_is_not_ok(database: str) -> None:
    with writing() as session:
        note_heartbeat(session, BEAT)
        session.execute(update(Heartbeat).values(at=database_seconds() - 120))
    assert not look()["beat"][0]


def test_keys_that_nobody_needs_yet_are_made_with_the_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CANBAO_KEYS")
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path))
    assert look()["keys"] == (False, "there are none yet")


def test_the_keys_of_this_database_open_its_numbers(database: str) -> None:
    people_on(a_batch_to_fill(), [a_person()])
    assert look()["numbers"] == (True, "the keys open them")


def test_other_keys_are_not_those_of_this_database(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    people_on(a_batch_to_fill(), [a_person()])
    use_environment(monkeypatch, CANBAO_KEYS=Keyring.new().to_json())
    assert look()["numbers"] == (False, "the keys are not those of this database")


@pytest.mark.usefixtures("sqlite")
def test_missing_and_damaged_keys_are_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANBAO_KEYS")
    use_environment(monkeypatch)
    assert not look()["keys"][0]
    use_environment(monkeypatch, CANBAO_KEYS="{}")
    assert not look()["keys"][0]


@pytest.mark.usefixtures("sqlite")
def test_keys_that_others_can_read_are_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    file = settings().var / "keys.json"
    file.write_text(Keyring.new().to_json())
    monkeypatch.delenv("CANBAO_KEYS")
    use_environment(monkeypatch)
    file.chmod(0o644)
    readable = look()["keys"][0]
    file.chmod(0o600)
    assert (readable, look()["keys"][0]) == (False, True)


@pytest.mark.usefixtures("sqlite")
def test_a_full_disk_is_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "FREE_BYTES", 2**62)
    assert not look()["disk"][0]


def test_before_there_is_a_database_it_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path / "var"), DATABASE_URL="")
    told = tell("doctor", "--json")
    assert not lines(told)["database"][0]
    assert not (tmp_path / "var").exists()


def test_settings_that_cannot_be_used_are_unusable(monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="productoin")
    told = tell("doctor")
    monkeypatch.undo()
    use_environment(monkeypatch)
    assert told.status == 2


@pytest.fixture
def worker(sqlite: None, valkey: Valkey) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own broker that takes every queue but the large one."""
    taken = ",".join(name for name in queues.QUEUES if name != queues.ROSTER_LARGE)
    command = [sys.executable, "-m", "celery", "-A", "tasks.app", "worker", "-n", "small@test", "-Q", taken]
    quiet = ["--without-gossip", "--without-mingle", "--loglevel=ERROR"]
    with subprocess.Popen([*command, *quiet], stderr=subprocess.DEVNULL, start_new_session=True) as process:
        yield process
        os.killpg(process.pid, signal.SIGKILL)


HTTPS = {"CANBAO_ENV": "production", "CANBAO_TRUSTED_PROXY": "127.0.0.1"}


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(
    ("given", "ok"),
    [
        ({}, True),
        (HTTPS, True),
        (HTTPS | {"CANBAO_TRUSTED_PROXY": ""}, False),
        (HTTPS | {"CANBAO_SECURE_COOKIES": "false"}, False),
    ],
    ids=["demonstration", "behind a proxy", "behind nobody", "plain cookies"],
)
def test_production_is_behind_https_and_knows_its_proxy(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], ok: bool
) -> None:
    use_environment(monkeypatch, **given)
    assert look()["https"][0] is ok


def test_a_queue_that_nobody_takes_is_named(worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not (found := look()).get(f"queue {queues.ROSTER_SMALL}", (False, ""))[0]:
        assert time.monotonic() < deadline
        assert worker.poll() is None
    assert found["broker"][1].startswith("valkey")
    assert [name for name in queues.QUEUES if not found[f"queue {name}"][0]] == [queues.ROSTER_LARGE]


def doctor_process(**variables: str) -> tuple[float, dict[str, tuple[bool, str]]]:
    """How long `canbao doctor --json` takes as a command, and what it says."""
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-m", "web.commands", "doctor", "--json"],
        env=os.environ | variables,
        capture_output=True,
        check=False,
        timeout=60,
    )
    seconds = time.monotonic() - began
    assert ended.returncode == 1, ended.stderr.decode()
    return seconds, lines(Told(1, ended.stdout.decode(), ""))


@pytest.mark.usefixtures("sqlite")
def test_with_a_frozen_broker_it_answers_in_time(valkey: Valkey) -> None:
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGSTOP)
    seconds, found = doctor_process()
    valkey.process.send_signal(signal.SIGCONT)
    assert seconds < 40  # a bound for tests on a busy machine; it waits for 8 s at most
    assert (found["broker"][0], found["database"][0]) == (False, True)


@pytest.mark.postgresql
def test_with_a_frozen_database_it_answers_in_time(postgresql: None, cluster: Cluster) -> None:
    postmaster = int((cluster.data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    seconds, found = doctor_process()
    os.kill(postmaster, signal.SIGCONT)
    assert seconds < 40
    assert (found["database"][0], found["keys"][0], found["disk"][0]) == (False, True, True)


def test_with_nobody_there_it_says_so_without_a_password(tmp_path: Path) -> None:
    port = free_port()
    _, found = doctor_process(
        DATABASE_URL=f"postgresql://canbao:pppp@127.0.0.1:{port}/canbao",
        REDIS_URL=f"redis://:pppp@127.0.0.1:{port}/0",
        CANBAO_VAR=str(tmp_path),
    )
    assert [found[name][0] for name in ("database", "broker", "queues")] == [False, False, False]
    assert "pppp" not in json.dumps(found)


def test_json_of_every_line_has_the_same_fields(database: str) -> None:
    checks = tell("doctor", "--json").data["checks"]
    assert {frozenset(line) for line in checks} == {frozenset({"name", "ok", "found", "remedy"})}


def test_when_everything_is_there_it_says_so_by_its_exit_status(
    worker: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "QUEUES", tuple(name for name in queues.QUEUES if name != queues.ROSTER_LARGE))
    with writing() as session:
        note_heartbeat(session, BEAT)
    deadline = time.monotonic() + 60
    while (told := tell("doctor", "--json")).status:
        assert time.monotonic() < deadline, told.said
    assert told.data["ok"]
