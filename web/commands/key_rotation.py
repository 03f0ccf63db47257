"""A new key, step by step: onto the ring, into every process, over every row; and the old one off the ring."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from config.keys import LOOK_SECONDS, Keyring, replace_ring
from config.settings import keyring, settings
from config.stop_points import stop_for_tests
from models.actions.rotate_keys import holders_of_leases, reseal_some, rows_by_key, still_held
from models.records.audit import record_audit
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.sealed_columns import SEALED_COLUMNS
from web.commands.endings import UnusableError
from web.commands.long_work import Report, progress

REQUEST_SECONDS = 6.0
"""A request that began before a change of keys has stored by then what it sealed: each is answered within 5 s."""

BREATH_SECONDS = 0.02
"""Between two chunks; longer than a writer waits between two looks at SQLite's lock, so that others get their turn."""


def ring_in_use() -> Keyring:
    """The keyring. UnusableError: there is none, or it is damaged."""
    try:
        return keyring.read_again()
    except (OSError, ValueError) as missing:
        raise UnusableError(f"the keys can't be used: {missing}") from missing


def rotate() -> dict[str, Any] | None:
    """A new key seals, and everything is sealed with it; None: CANBAO_KEYS must be set first, and how was said.

    Where values of an older key are left, the last rotation is not over: it goes on, and no further key is made.
    """
    ring = ring_in_use()
    file = settings().keyring_file()
    with _alone(file):
        with reading() as session:
            rows = rows_by_key(session)
        if lost := set(rows) - set(ring.sealing):
            raise UnusableError(f"values are sealed with keys that are not on the ring: {sorted(lost)}; put them back")
        if not any(key != ring.current for key in rows):
            if file is None:
                _say_what_to_set(ring)
                return None
            replace_ring(file, ring.with_another_key())
            ring = keyring.read_again()
            click.echo(f"Key {ring.current} is on the ring and seals from now on.", err=True)
        done = _seal_anew(ring.current, sum(number for key, number in rows.items() if key != ring.current))
    return {"current": ring.current, "sealed_anew": done, "old": sorted(set(ring.sealing) - {ring.current})}


def retire(key_id: int) -> int:
    """Take a key off the ring; returns how many values it has sealed: while there are some it stays."""
    ring = ring_in_use()
    file = settings().keyring_file()
    try:
        shorter = ring.without(key_id)
    except ValueError as wrong:
        raise UnusableError(str(wrong)) from wrong
    with _alone(file):
        _wait_for_those_before()
        with reading() as session:
            left = rows_by_key(session).get(key_id, 0)
        if not left and file is not None:
            replace_ring(file, shorter)
    if not left and file is None:
        click.echo("Set CANBAO_KEYS to this for every process:", err=True)
        click.echo(shorter.to_json(), err=True)
    return left


def _seal_anew(key_id: int, expected: int) -> int:
    """Pass over every column until nothing is left that another key has sealed; returns how many values that were."""
    done = 0
    with progress("Sealing anew", expected) as report:
        done += _pass(key_id, done, report)
        _wait_for_those_before()
        while True:
            done += _pass(key_id, done, report)
            with reading() as session:
                if not any(key != key_id for key in rows_by_key(session)):
                    break
            time.sleep(BREATH_SECONDS)  # somebody had locked what is left
    with writing() as session:
        record_audit(
            session, at=business_now(session), account_id=None, action="rotate_keys", key=key_id, sealed_anew=done
        )
    return done


def _pass(key_id: int, before: int, report: Report) -> int:
    done = 0
    for column in SEALED_COLUMNS:
        after: tuple[Any, ...] | None = None
        while True:
            with writing() as session:
                chunk = reseal_some(session, column, key_id, after)
            if chunk.last is None:
                break
            done, after = done + chunk.rows, chunk.last
            report(before + done)
            stop_for_tests("chunk_resealed")
            time.sleep(BREATH_SECONDS)
    return done


def _wait_for_those_before() -> None:
    """Until whoever may have sealed something with the key before has stored it, or never will.

    Each process sees the new ring within LOOK_SECONDS; requests that began before are answered soon after. A job may
    hold what it sealed for longer: it has ended, or has lost its lease and stores nothing.
    """
    time.sleep(LOOK_SECONDS)
    until = time.monotonic() + REQUEST_SECONDS
    with reading() as session:
        tokens = holders_of_leases(session)
    _wait_while(lambda: time.monotonic() < until, "for requests that began before")
    _wait_while(lambda: bool(_held(tokens)), "for jobs that began before")


def _held(tokens: set[str]) -> list[int]:
    with reading() as session:
        return still_held(session, tokens)


def _wait_while(condition: Callable[[], bool], what: str) -> None:
    told = False
    while condition():
        if not told:
            click.echo(f"Waiting {what} …", err=True)
            told = True
        time.sleep(0.1)


@contextmanager
def _alone(file: Path | None) -> Iterator[None]:
    """Two commands never change one keyring at a time. UnusableError: another one does."""
    if file is None:
        yield
        return
    folder = os.open(file.resolve().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as held:
        raise UnusableError("another command is changing the keys") from held
    finally:
        os.close(folder)


def _say_what_to_set(ring: Keyring) -> None:
    """Two steps for processes that read their keys from the environment: first all can open, then all seal."""
    further = ring.with_another_key()
    known = Keyring(ring.current, further.sealing, ring.lookup, ring.session)
    click.echo("The keys are in CANBAO_KEYS, which this command can't change. Do it in this order:", err=True)
    click.echo("1. Set this for every process and start them anew; all can then open what the new key seals:", err=True)
    click.echo(known.to_json())
    click.echo("2. Set this for every process and start them anew; the new key then seals:", err=True)
    click.echo(further.to_json())
    click.echo("3. Run `canbao keys rotate` with it: everything is sealed anew.", err=True)
