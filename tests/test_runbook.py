"""docs/operations.md: its commands are commands of ours, and it names every process that there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from web.commands.main import canbao

ROOT = Path(__file__).resolve().parents[1]
RUNBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]


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


def test_the_table_of_processes_has_the_queues_of_the_containers() -> None:
    told = re.findall(r"^\| worker, queues? `([\w.,]+)` \|", section("What runs"), re.MULTILINE)
    commands = [service["command"] for service in SERVICES.values() if "-Q" in service.get("command", ())]
    assert told == [command[command.index("-Q") + 1] for command in commands]


def test_files_that_are_copied_or_linked_are_there() -> None:
    named = re.findall(r"(?:^| |/srv/canbao/|`)((?:deploy/|requirements)[\w./-]*\w)", section("Many machines, systemd"))
    assert {"deploy/canbao", "deploy/systemd", "requirements.lock"} <= set(named)
    assert [name for name in named if not (ROOT / name).exists()] == []
