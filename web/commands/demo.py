"""`canbao demo`: everything on this machine, with made-up people, from nothing to a finished import."""

from __future__ import annotations

import click


@click.command()
@click.option("--exit", "exit_after", is_flag=True, help="End after the import; exit 0 if all came out as planned.")
def demo(exit_after: bool) -> None:
    """Run everything on this machine, with a demonstration in it, until Ctrl-C or SIGTERM.

    Seeds units, accounts and registers of fictitious people, uploads a roster of 5000 of them as a clerk would, prints
    the result, the addresses and the log-in data. A second start goes on with the same data; `canbao reset` deletes
    them. With --exit everything happens in a throw-away data folder and, on PostgreSQL, a schema of its own. Uses
    DATABASE_URL and REDIS_URL where they are given.
    """
    from web.commands.data_folder import DataFolder
    from web.commands.demonstration import run_demonstration
    from web.commands.endings import explained
    from web.commands.service import find_settings
    from web.commands.throw_away import Place, throw_away_place

    with explained():
        given = find_settings()
        if exit_after:
            with throw_away_place(given) as place:
                as_planned = run_demonstration(place, given, serve=False)
        else:
            as_planned = run_demonstration(Place(DataFolder(given.var.resolve())), given, serve=True)
    raise SystemExit(0 if as_planned else 1)
