"""A backup that was made while imports ran, put into another folder: everything goes on there by itself."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from config.keys import Keyring, write_new_ring
from tests.conftest import use_environment
from tests.faults.commands import Command
from tests.faults.conftest import Webs, Workers
from tests.faults.under_work import assert_it_goes_on, caught_at_work

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def test_it_all_goes_on_in_another_folder(
    workers: Workers, webs: Webs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_new_ring(tmp_path / "keys.json", Keyring.from_json(os.environ["CANBAO_KEYS"]))
    monkeypatch.delenv("CANBAO_KEYS")
    use_environment(monkeypatch)
    work = caught_at_work(workers)
    backup = Command("backup", tmp_path, "backup", str(tmp_path / "canbao.backup"), "--json").answer()
    assert not backup["keys"]
    work.frozen.kill()

    elsewhere = tmp_path / "elsewhere"
    restored = Command(
        "restore", tmp_path, "restore", str(tmp_path / "canbao.backup"), "--json", CANBAO_VAR=str(elsewhere)
    ).answer()
    assert restored["unfinished_jobs"] == 2
    shutil.copy(tmp_path / "keys.json", elsewhere)
    use_environment(monkeypatch, CANBAO_VAR=str(elsewhere))
    assert_it_goes_on(work, workers("there"), webs)
