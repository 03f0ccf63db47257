"""The data folder: one command at a time, and what `reset` deletes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from web.commands.data_folder import DataFolder, HeldError, write_privately

HOLD = """
import sys
from pathlib import Path
from web.commands.data_folder import DataFolder
with DataFolder(Path(sys.argv[1])).held(print):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_in_use_is_refused_with_the_process_that_uses_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HeldError, match=f"process {holder.pid}"), DataFolder(tmp_path).held(print):
            pass
        holder.send_signal(signal.SIGKILL)
    with DataFolder(tmp_path).held(print):
        assert (tmp_path / "run" / "holder").read_text() == str(os.getpid())


def test_the_folder_is_the_owners_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "deep" / "var")
    with folder.held(print):
        assert folder.path.stat().st_mode & 0o777 == 0o700


def test_clearing_deletes_what_the_commands_made_and_nothing_else(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    for name in ("canbao.db", "canbao.db-wal", "keys.json", "holiday.jpg"):
        (tmp_path / name).write_text("")
    with folder.held(print):
        assert folder.clear() == ["canbao.db", "canbao.db-wal", "keys.json", "run"]
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_private_file_appears_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    write_privately(tmp_path / "demo.json", {"web": "http://127.0.0.1:8000", "unit": "上海晨光"})
    assert json.loads((tmp_path / "demo.json").read_text())["unit"] == "上海晨光"
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]
