"""`canbao reset`: the next demonstration begins anew."""

from __future__ import annotations

import click


@click.command()
def reset() -> None:
    """Delete the demonstration's data; the next `./run` begins anew.

    Deletes only what the embedded default has put into its data folder (var/, or CANBAO_VAR), never a database behind
    DATABASE_URL, and nothing while a command works there.
    """
    from web.commands.data_folder import DataFolder
    from web.commands.endings import UnusableError, explained, say
    from web.commands.service import find_settings

    with explained():
        given = find_settings()
        if given.database_url:
            raise UnusableError("DATABASE_URL is set: drop that database or schema with its own tools")
        folder = DataFolder(given.var.resolve())
        if not folder.path.exists():
            say(f"{folder.path} does not exist; there is nothing to delete")
            return
        with folder.held(say):
            if folder.database.exists() and not folder.demonstration.exists():
                raise UnusableError(
                    f"{folder.database} was not made by a demonstration; if it may go, delete it by hand"
                )
            deleted = folder.clear()
        say(f"Deleted from {folder.path}: {', '.join(deleted) or 'nothing'}. The next ./run begins anew.")
