"""The `canbao` command: finds its subcommands, and imports none of them before it is asked for."""

import importlib
from collections.abc import Mapping
from typing import Any

import click

COMMANDS: Mapping[str, str] = {
    "backup": "web.commands.backup:backup",
    "bench": "web.commands.bench:bench",
    "check": "web.commands.check:check",
    "db": "web.commands.db:db",
    "demo": "web.commands.demo:demo",
    "doctor": "web.commands.doctor:doctor",
    "jobs": "web.commands.jobs:jobs",
    "keys": "web.commands.keys:keys",
    "plan": "web.commands.plan:plan",
    "reference": "web.commands.reference:reference",
    "reset": "web.commands.reset:reset",
    "restore": "web.commands.restore:restore",
    "sample": "web.commands.sample:sample",
    "template": "web.commands.template:template",
    "token": "web.commands.token:token",
    "unit": "web.commands.unit:unit",
    "up": "web.commands.up:up",
    "user": "web.commands.user:user",
}
"""Name -> where it stands. A module is imported when its command is used or listed: `check` must start at once."""


class LateCommands(click.Group):
    """A group that imports a command's module at its first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the alphabet's order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command of this name, or None when there is none."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the operator can mend is one sentence and exit status 2, never a traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as wrong:
            from web.commands.unusable import unusable

            said = unusable(wrong)
            if said is None:
                raise
            raise said from wrong


@click.group(name="canbao", cls=LateCommands, context_settings={"help_option_names": ["-h", "--help"]})
def canbao() -> None:
    """Enrol workers in a mutual-aid plan: rosters in, insured people out.

    Exit status: 0 done, 1 findings or "no", 2 unusable input or configuration.
    """


def main() -> None:
    """Run the command line; ends the process with its exit status."""
    canbao(prog_name="canbao")
