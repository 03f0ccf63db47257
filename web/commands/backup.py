"""`canbao backup`: the embedded database in one file, while everything runs."""

from __future__ import annotations

from pathlib import Path

import click

from web.commands.output import answer, json_option


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Write the embedded database to FILE, while everything runs; without the keys, which must be kept apart from it.

    FILE must not exist. PostgreSQL has its own tools: pg_dump, or a base backup.
    """
    import sqlite3
    from tempfile import TemporaryDirectory

    from config.settings import settings
    from web.commands.backup_file import copy_database, write_backup
    from web.commands.data_folder import DataFolder
    from web.commands.endings import UnusableError, explained
    from web.commands.long_work import progress

    with explained():
        given = settings()
        if given.database_url:
            raise UnusableError("DATABASE_URL is set: back PostgreSQL up with its own tools, e.g. pg_dump -Fc")
        folder = DataFolder(given.var.resolve())
        if not folder.database.exists():
            raise UnusableError(f"there is no {folder.database}")
        if file.exists():
            raise UnusableError(f"{file} exists and stays as it is")
        demonstration = folder.demonstration if folder.demonstration.exists() else None
        try:
            # Beside the file, which then appears by a new name alone; whatever else is there is somebody's.
            with TemporaryDirectory(prefix="canbao-backup-", dir=file.parent) as own:
                copy = Path(own, "database")
                with progress("Copying", folder.database.stat().st_size) as report:
                    copy_database(folder.database, copy, report)
                manifest = write_backup(file, Path(own, "new"), copy, demonstration)
        except LookupError as foreign:
            raise UnusableError(str(foreign)) from foreign
        except (OSError, sqlite3.OperationalError) as failed:
            raise click.ClickException(f"the backup was not written: {failed}") from failed
        keys = "they are in CANBAO_KEYS" if given.keyring_file() is None else f"they are in {given.keyring_file()}"
        answer(
            {
                "file": str(file),
                "size": manifest.size,
                "sha256": manifest.sha256,
                "revision": manifest.revision,
                "keys": False,
            },
            f"Wrote {file}: {manifest.size / 2**20:.1f} MiB, schema {manifest.revision}. The keys are not in it"
            f" ({keys}): keep a copy of them apart from it. Without them its numbers are lost.",
            as_json=as_json,
        )
