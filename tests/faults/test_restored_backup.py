"""A backup that was made while imports ran, put into another folder: everything goes on there by itself."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from config.keys import Keyring, write_new_ring
from models.records.job import JobState
from tasks.doorbell import ring
from tests.conftest import use_environment
from tests.faults.clerk import Clerk
from tests.faults.commands import Command
from tests.faults.conftest import Webs, Workers
from tests.faults.outcome import assert_everything_in_order, imports, job_of, wait_until_all_ended
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def test_it_all_goes_on_in_another_folder(
    workers: Workers, webs: Webs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_new_ring(tmp_path / "keys.json", Keyring.from_json(os.environ["CANBAO_KEYS"]))
    monkeypatch.delenv("CANBAO_KEYS")
    use_environment(monkeypatch)
    batch = a_batch_to_fill()
    done = an_upload(batch)
    ring(done.job_id)
    first = workers("first")
    wait_until_all_ended(first)
    first.kill()
    running = an_upload(a_batch_to_fill("0088D3"), a_roster(seed=3))
    ring(running.job_id)
    frozen = workers("frozen", stop_at="dedupe:1")
    frozen.wait_until_stopped()
    queued = an_upload(a_batch_to_fill("0088D4"), a_roster(seed=4))
    backup = Command("backup", tmp_path, "backup", str(tmp_path / "canbao.backup"), "--json").answer()
    assert not backup["keys"]
    frozen.kill()

    elsewhere = tmp_path / "elsewhere"
    restored = Command(
        "restore", tmp_path, "restore", str(tmp_path / "canbao.backup"), "--json", CANBAO_VAR=str(elsewhere)
    ).answer()
    assert restored["unfinished_jobs"] == 2
    shutil.copy(tmp_path / "keys.json", elsewhere)
    use_environment(monkeypatch, CANBAO_VAR=str(elsewhere))
    there = workers("there")
    wait_until_all_ended(there)
    assert [job_of(upload.job_id).state for upload in (done, running, queued)] == [JobState.DONE] * 3
    clerk = Clerk(webs("elsewhere"), batch)
    assert clerk.upload(a_roster(seed=9)).status == 303
    wait_until_all_ended(there)
    assert imports() == [JobState.DONE] * 4
    assert_everything_in_order()
