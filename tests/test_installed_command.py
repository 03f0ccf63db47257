"""deploy/canbao, the command on machines with systemd units: which settings it uses, and who runs it."""

from __future__ import annotations

import json
import os
import subprocess
from getpass import getuser
from pathlib import Path

import pytest

from web.commands.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
COMMAND = ROOT / "deploy" / "canbao"


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a folder that is not ours, in an environment that knows nothing of us."""
    (folder / "web").mkdir(exist_ok=True)  # Python must not take this one for ours
    (folder / "web" / "__init__.py").touch()
    own = {"PATH": os.environ["PATH"], "CANBAO_HOME": str(ROOT), "CANBAO_USER": getuser(), **environment}
    return subprocess.run(
        [COMMAND, *arguments], cwd=folder, env=own, capture_output=True, text=True, check=False, timeout=120
    )


def test_it_uses_the_settings_of_its_file_as_they_are_written_there(tmp_path: Path) -> None:
    settings = tmp_path / "canbao.env"
    settings.write_text(
        "# CANBAO_ENV=demonstration\n"
        "\n"
        "CANBAO_ENV=production\n"
        f'CANBAO_VAR="{tmp_path}/data of ours"\n'
        "CANBAO_SMTP_URL=smtp://canbao:pa$$&;word@127.0.0.1:1\n"
        "CANBAO_MAIL_FROM=参保 <canbao@example.org>\n"
        'CANBAO_SMS_TEMPLATES={"sms_code": "1"}\n'
        f"  REDIS_URL=redis://127.0.0.1:{free_port()}/0"
    )
    told = run(tmp_path, "doctor", "--json", CANBAO_ENV_FILE=str(settings), CANBAO_ENV="demonstration")
    assert told.stderr == ""
    found = {line["name"]: line["found"] for line in json.loads(told.stdout)["checks"]}
    assert found["configuration"] == f"production; SQLite; REDIS_URL; data in {tmp_path}/data of ours"


@pytest.mark.parametrize("value", ["pa\\ss", '"pa\\\\ss"', "pass\\"], ids=["bare", "in quotes", "at its end"])
def test_a_value_with_a_backslash_is_refused_since_systemd_reads_it_otherwise(tmp_path: Path, value: str) -> None:
    settings = tmp_path / "canbao.env"
    settings.write_text(f"# a \\ in a comment is none\nCANBAO_ENV=production\nCANBAO_METRICS_TOKEN={value}\n")
    told = run(tmp_path, "keys", "new", CANBAO_ENV_FILE=str(settings))
    assert (told.returncode, told.stdout) == (2, "")
    assert f"CANBAO_METRICS_TOKEN in {settings} has a backslash" in told.stderr
    assert value not in told.stderr


def test_without_its_settings_it_does_nothing(tmp_path: Path) -> None:
    told = run(tmp_path, "db", "upgrade", CANBAO_ENV_FILE=str(tmp_path / "canbao.env"))
    assert (told.returncode, told.stdout) == (2, "")
    assert "canbao.env can't be read" in told.stderr


@pytest.mark.parametrize(("user", "runs"), [("root 0", "runuser -u somebody --"), ("guest 1000", "canbao: ")])
def test_root_runs_it_as_the_user_of_the_units_and_others_are_refused(tmp_path: Path, user: str, runs: str) -> None:
    name, number = user.split()
    programs = {"id": f'[ "$1" = -un ] && echo {name} || echo {number}', "runuser": 'echo runuser "$@"'}
    for program, does in programs.items():
        (tmp_path / program).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / program).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    told = run(
        tmp_path, "doctor", PATH=path, CANBAO_USER="somebody", CANBAO_ENV_FILE=str(tmp_path / "nothing that is there")
    )
    assert (told.stdout + told.stderr).startswith(runs)
