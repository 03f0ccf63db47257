"""docs/operations.md: its commands are commands of ours, and it names every process that there is."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from web.commands.main import canbao

ROOT = Path(__file__).resolve().parents[1]
RUNBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]


def section(title: str) -> str:
    """What stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", _without_comments(RUNBOOK), re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def _without_comments(page: str) -> str:
    return re.sub(r"(?<=\S) +# .*$", "", page, flags=re.MULTILINE)


def _said() -> list[str]:
    """Each call of `canbao`, as its arguments: in a line of text, in a block, and by the name that containers use."""
    inline = re.findall(r"`(?:canbao|\./run) ([^`]+)`", RUNBOOK)
    blocks = re.findall(r"^(?:canbao|.*-m web\.commands) ([^'\n]+)$", _without_comments(RUNBOOK), re.MULTILINE)
    return sorted({" ".join(call.split()) for call in (*inline, *blocks)})


@pytest.mark.parametrize("call", _said())
def test_each_command_is_one_of_ours_with_its_options(call: str) -> None:
    arguments = shlex.split(call)
    command: click.Command = canbao
    context = click.Context(canbao)
    while isinstance(command, click.Group):
        assert arguments, f"{call}: {command.name} alone does nothing"
        found = command.get_command(context, arguments.pop(0))
        assert found is not None, call
        command = found
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in arguments if word.startswith("-")} <= options


def test_the_runbook_names_commands_at_all() -> None:
    assert {"db upgrade", "plan publish 2020", "keys new", "jobs retry N", "doctor"} <= set(_said())


def test_the_keys_are_made_before_anything_that_needs_them() -> None:
    """`docker compose` refuses whatever it is asked for while CANBAO_KEYS is missing."""
    [blocks, *_] = re.findall(r"```\n(.*?)```", section("One machine, containers"), re.DOTALL)
    assert [line.split()[:2] for line in blocks.splitlines()] == [["docker", "build"], ["docker", "run"]]
    assert "keys new" in blocks


@pytest.mark.parametrize("path", sorted((ROOT / "deploy" / "systemd").glob("*.service")), ids=lambda path: path.name)
def test_an_upgrade_restarts_every_unit(path: Path) -> None:
    name = path.stem.replace("@", "@NAME")
    assert f"`{name}`" in section("Upgrade without losing a job")


def test_an_upgrade_restarts_every_container_of_ours() -> None:
    restarted = re.findall(
        r"^docker compose (?:--profile \w+ )?up -d --no-deps ([\w -]+?)(?: +#.*)?$",
        section("Upgrade without losing a job"),
        re.MULTILINE,
    )
    ours = {name for name, service in SERVICES.items() if service.get("image") == "canbao"}
    assert {name for names in restarted for name in names.split()} == ours - {"migrations"}


@pytest.mark.parametrize(
    ("title", "steps"),
    [
        ("By systemd", ["stop", "createdb", "pg_restore", "db upgrade", "db restored", "start"]),
        ("In containers", ["stop", "createdb", "pg_restore", "RENAME", "RENAME", "db upgrade", "db restored", "up"]),
    ],
)
def test_a_restored_dump_is_said_to_be_one_before_anything_runs(title: str, steps: list[str]) -> None:
    blocks = re.findall(r"```\n(.*?)```", section(title), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    restoring = lines[next(number for number, line in enumerate(lines) if " stop " in line) :]
    assert len(restoring) == len(steps)
    for line, step in zip(restoring, steps, strict=True):
        assert re.search(rf"\b{step}\b", line), line


def test_a_dump_is_never_made_of_whatever_database_there_is() -> None:
    """`pg_dump` of an empty name dumps another one and says nothing."""
    assert re.findall(r"\$\{?DATABASE_URL[^\"]*", RUNBOOK) == ["${DATABASE_URL:?}"]


@pytest.mark.parametrize("quote", ["", '"', "'"], ids=["bare", "double", "single"])
def test_the_databases_address_is_read_from_the_settings_of_the_units(tmp_path: Path, quote: str) -> None:
    [line] = re.findall(r"^DATABASE_URL=\$\(.*$", RUNBOOK, re.MULTILINE)
    settings = tmp_path / "canbao.env"
    address = "postgresql://canbao:0aF@10.0.0.5:5432/canbao?sslmode=require"
    settings.write_text(
        f"#DATABASE_URL=postgresql://another\nDATABASE_URL={quote}{address}{quote}\nREDIS_URL=redis://a\n"
    )
    shell = line.replace("/etc/canbao/canbao.env", str(settings)) + '\nprintf %s "${DATABASE_URL:?}"'
    told = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
    assert told.stdout == address


def test_a_restore_in_containers_stops_whatever_uses_the_database() -> None:
    [stopped] = re.findall(r"^docker compose stop (.+)$", section("In containers"), re.MULTILINE)
    ours = {name for name, service in SERVICES.items() if service.get("image") == "canbao"}
    assert set(stopped.split()) == ours - {"migrations", "flower"}


def test_the_tools_in_containers_are_called_for_the_containers_database() -> None:
    given = SERVICES["postgresql"]["environment"]
    calls = re.findall(r"docker compose exec -T postgresql (.+)", section("In containers"))
    assert {call.split()[0] for call in calls} == {"pg_dump", "createdb", "pg_restore", "psql", "dropdb"}
    assert [call for call in calls if f"--username={given['POSTGRES_USER']} " not in call] == []
    assert f" {given['POSTGRES_DB']} >canbao.dump" in calls[0]
    assert any(call.endswith(f"RENAME TO {given['POSTGRES_DB']}'") for call in calls)


def test_the_runbook_names_the_address_that_a_web_in_a_container_believes() -> None:
    assert SERVICES["web"]["environment"]["CANBAO_TRUSTED_PROXY"] in section("HTTPS")
    assert COMPOSE["networks"]["default"]["ipam"]["config"][0]["subnet"] in section("HTTPS")


def test_passwords_that_stand_in_urls_are_made_without_what_has_a_meaning_there() -> None:
    in_urls = set(re.findall(r"://\w*:\$\{(\w+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    made = re.findall(r"^echo \"(\w+)=\$\(openssl rand -hex 24\)\" >>\.env$", RUNBOOK, re.MULTILINE)
    assert in_urls == set(made) == {"POSTGRES_PASSWORD", "VALKEY_PASSWORD"}


def test_the_table_of_processes_has_the_queues_of_the_containers() -> None:
    told = re.findall(r"^\| worker, queues? `([\w.,]+)` \|", section("What runs"), re.MULTILINE)
    commands = [service["command"] for service in SERVICES.values() if "-Q" in service.get("command", ())]
    assert told == [command[command.index("-Q") + 1] for command in commands]


def test_files_that_are_copied_or_linked_are_there() -> None:
    named = re.findall(r"(?:^| |/srv/canbao/|`)((?:deploy/|requirements)[\w./-]*\w)", section("Many machines, systemd"))
    assert {"deploy/canbao", "deploy/systemd", "requirements.lock"} <= set(named)
    assert [name for name in named if not (ROOT / name).exists()] == []
