"""A new key for everything while real workers import: nothing is lost, and nothing stays under the old one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.keys import Keyring, write_new_ring
from models.actions.rotate_keys import rows_by_key
from models.records.database import reading
from models.records.job import JobState
from tasks.doorbell import ring
from tests.conftest import use_environment
from tests.faults.commands import Command
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, imports, job_of, wait_until_all_ended
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = pytest.mark.faults

PEOPLE = 3000
"""Enough for several chunks, so that a rotation can be killed between two."""


@pytest.fixture
def folder(workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of this test's processes, with the keys in it."""
    write_new_ring(tmp_path / "keys.json", Keyring.from_json(os.environ["CANBAO_KEYS"]))
    monkeypatch.delenv("CANBAO_KEYS")
    use_environment(monkeypatch)
    return tmp_path


def keys_used() -> set[int]:
    with reading() as session:
        return set(rows_by_key(session))


def test_a_rotation_killed_half_way_and_called_again_leaves_all_imports_right_and_nothing_under_the_old_key(
    workers: Workers, folder: Path
) -> None:
    large = an_upload(a_batch_to_fill("0088D3"), a_roster(PEOPLE))
    ring(large.job_id)
    first = workers("first")
    wait_until_all_ended(first)
    first.kill()
    held = an_upload(a_batch_to_fill())
    ring(held.job_id)
    frozen = workers("frozen", stop_at="store:1")
    frozen.wait_until_stopped()  # it has sealed its people with the old key and not stored them yet
    doomed = Command("doomed", folder, "keys", "rotate", CANBAO_STOP_AT="chunk_resealed")
    doomed.wait_until_frozen()  # after its first chunk
    doomed.kill()
    assert keys_used() == {1, 2}

    others = [an_upload(a_batch_to_fill(f"0088D{number}"), a_roster(seed=number)).job_id for number in (4, 5, 6)]
    for job_id in others:
        ring(job_id)
    healthy = workers("healthy")
    again = Command("again", folder, "keys", "rotate", "--json")
    again.wait_until_it_says("for jobs that began before", "waiting for the import that is held")
    assert keys_used() == {2}
    frozen.thaw()
    answer = again.answer()
    assert (answer["current"], answer["old"]) == (2, [1])
    wait_until_all_ended(frozen, healthy)
    assert imports() == [JobState.DONE] * 5
    assert job_of(held.job_id).attempt == 1
    assert keys_used() == {2}
    assert_everything_in_order()
