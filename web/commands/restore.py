"""`canbao restore`: the embedded database from a file, with the service stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.output import answer, json_option

if TYPE_CHECKING:
    from web.commands.data_folder import DataFolder


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the database that is there; what it holds is gone.")
@json_option
def restore(file: Path, force: bool, as_json: bool) -> None:
    """Put the database of a backup FILE into the data folder (var/, or CANBAO_VAR), with the service stopped.

    Put the keys of its time there too, as keys.json: they are not in the backup. Work that was under way goes on by
    itself once the service runs. E-mail and SMS that waited then may have been sent since: staff decide about them.
    Log-ins and API tokens that were ended after the backup are valid again.
    """
    from config.settings import settings
    from web.commands.backup_file import NoBackupError, unpack
    from web.commands.data_folder import DataFolder
    from web.commands.endings import UnusableError, explained, say

    with explained():
        given = settings()
        if given.database_url:
            raise UnusableError("DATABASE_URL is set: restore PostgreSQL with its own tools, e.g. pg_restore")
        folder = DataFolder(given.var.resolve())
        with folder.held(say):
            if folder.database.exists() and not force:
                raise UnusableError(f"{folder.database} exists; with --force it is replaced and what it holds is gone")
            new = folder.database.with_name("canbao.db.restoring")
            try:
                new.unlink(missing_ok=True)
                manifest, demonstration = unpack(file, new)
                if not _is_known(manifest.revision):
                    raise UnusableError(
                        f"the backup's schema {manifest.revision} is newer than this program: use the one that made it"
                    )
                _put_in_place(new, folder, demonstration)
            except NoBackupError as none:
                raise UnusableError(str(none)) from none
            except OSError as failed:
                raise click.ClickException(f"the backup was not restored: {failed}") from failed
            finally:
                new.unlink(missing_ok=True)
            going_on, held = _let_work_go_on()
            opened = _keys_open()
        said = f"Restored {folder.database} as of {manifest.made_at}; {going_on} pieces of work go on."
        if held is None:
            said += " Run `canbao db upgrade` and `canbao db restored` before you start it."
        elif held:
            said += f" {held} messages may have been sent since: see 发送情况."
        if opened is False:
            said += f" Its numbers can't be read yet: put the keys of its time into {folder.keys}."
        answer(
            {
                "database": str(folder.database),
                "made_at": manifest.made_at,
                "revision": manifest.revision,
                "unfinished_jobs": going_on,
                "held_messages": held,
                "keys_open": opened,
            },
            said,
            as_json=as_json,
        )


def _is_known(revision: str) -> bool:
    from models.records.schema import revisions

    return revision in revisions()


def _put_in_place(new: Path, folder: DataFolder, demonstration: bytes | None) -> None:
    """The restored database under its name; the old one's log first, which would otherwise be taken for its own."""
    for suffix in ("-wal", "-shm"):
        folder.database.with_name(folder.database.name + suffix).unlink(missing_ok=True)
    new.replace(folder.database)
    if demonstration is None:
        folder.demonstration.unlink(missing_ok=True)
    else:
        folder.demonstration.touch(0o600)
        folder.demonstration.write_bytes(demonstration)


def _let_work_go_on() -> tuple[int, int | None]:
    """Nobody holds a lease of the backup's time any more, and no message of then goes out by itself.

    Returns how many jobs are unfinished and how many messages are held; None: the tables have to be brought up to
    date first.
    """
    from models.actions.hold_messages import hold_messages
    from models.actions.operate_jobs import end_all_leases
    from models.records.database import forget_connections, writing
    from models.records.schema import is_current

    forget_connections()
    with writing() as session:
        return end_all_leases(session), hold_messages(session) if is_current(session.connection()) else None


def _keys_open() -> bool | None:
    """Whether the keys that are here open the restored numbers; None: there is no number to try."""
    from models.records.database import reading
    from web.commands.health.database import keys_open_numbers

    with reading() as session:
        return keys_open_numbers(session)
