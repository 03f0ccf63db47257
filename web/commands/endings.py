"""How the commands that run processes end: what they say, and with which exit status."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click
from pydantic import ValidationError

from web.commands.data_folder import HeldError
from web.commands.ports import PortTakenError
from web.commands.processes import ProcessesError
from web.commands.stop_signals import StopAsked, stop_signals
from web.commands.valkey import NoValkeyError


class UnusableError(click.ClickException):
    """The configuration or the data can't be worked with (exit 2)."""

    exit_code = 2


def say(line: str) -> None:
    """A line on the terminal, which may have been closed meanwhile."""
    with suppress(OSError):
        click.echo(line)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what may go wrong within the block into one sentence and the exit status of INTERFACES 2."""
    try:
        with stop_signals():
            yield
    except StopAsked as asked:
        sys.exit(asked.exit_status)
    except ValidationError as wrong:
        raise settings_refused(wrong) from None
    except (HeldError, NoValkeyError, PortTakenError) as reason:
        raise UnusableError(str(reason)) from reason
    except ProcessesError as reason:
        raise click.ClickException(str(reason)) from reason


def settings_refused(wrong: ValidationError) -> UnusableError:
    """Which settings are wrong and how; without their values: a password may be among them."""
    lines = [f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in wrong.errors()]
    return UnusableError("the settings can't be used:\n" + "\n".join(lines))
