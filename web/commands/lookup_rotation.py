"""A new key to look numbers up by. Nobody may be there meanwhile: two keys would find the same number in two places."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from config.keys import replace_ring
from config.settings import keyring, settings
from models.actions.rotate_lookup import redigest_everything
from models.queries.lookup_key import numbers_stored, other_connections
from models.records.audit import record_audit
from models.records.business_clock import business_now
from models.records.database import reading, writing
from web.commands.data_folder import DataFolder
from web.commands.endings import UnusableError, say
from web.commands.health.broker import consumers
from web.commands.key_rotation import ring_in_use
from web.commands.long_work import progress


def rotate() -> dict[str, Any]:
    """New digests of everything, then the new key on the ring. UnusableError: the service runs.

    Digests and numbers change in one transaction. Whoever is killed between its commit and the ring's begins anew:
    numbers are opened by the sealing keys and the digests beside them, whichever key had made those.
    """
    folder = DataFolder(settings().var.resolve())
    with folder.held(say):
        ring = ring_in_use().with_another_lookup_key()
        file = settings().keyring_file()
        _refuse_while_somebody_works()
        if file is None:
            click.echo("Set CANBAO_KEYS to this for every process before any is started again:", err=True)
            click.echo(ring.to_json(), err=True)
        with reading() as session:
            total = numbers_stored(session)
        with progress("Making new digests", total) as report, writing() as session:
            done = redigest_everything(session, ring.lookup, report)
            record_audit(session, at=business_now(session), account_id=None, action="rotate_lookup_key", **asdict(done))
        if file is not None:
            replace_ring(file, ring)
            keyring.read_again()
    return asdict(done)


def _refuse_while_somebody_works() -> None:
    """Workers are asked for by the broker, everybody else by the connections that PostgreSQL counts."""
    if workers := consumers(settings()):
        raise UnusableError(f"the service must be stopped first; these workers run: {', '.join(sorted(workers))}")
    with reading() as session:
        others = other_connections(session)
    if others:
        raise UnusableError(f"the service must be stopped first; {others} connections of it are open")
