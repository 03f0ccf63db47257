"""`canbao demo`: everything on this machine, with made-up people, from nothing to a finished import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from config.settings import Settings
    from web.commands.data_folder import DataFolder
    from web.commands.service import Service
    from web.commands.throw_away import Place

IMPORT_SECONDS = 120
"""How long the sample's import may take before something is wrong; it takes a few."""


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
    from web.commands.endings import explained
    from web.commands.service import find_settings
    from web.commands.throw_away import Place, throw_away_place

    with explained():
        given = find_settings()
        if exit_after:
            with throw_away_place(given) as place:
                as_planned = _run(place, given, serve=False)
        else:
            as_planned = _run(Place(DataFolder(given.var.resolve())), given, serve=True)
    raise SystemExit(0 if as_planned else 1)


def _run(place: Place, given: Settings, *, serve: bool) -> bool:
    """The whole demonstration; whether the sample came out as planned, or true after serving."""
    from web.commands.data_folder import write_privately
    from web.commands.endings import say
    from web.commands.service import running_service
    from web.commands.stop_signals import StopAsked

    folder = place.folder
    with folder.held(say) as lock:
        folder.demo_json.unlink(missing_ok=True)
        try:
            with running_service(folder, lock, given, "demonstration", say, schema=place.schema) as service:
                demonstration = _prepare(folder)
                service.start_web()
                write_privately(folder.demo_json, _outside_view(service, demonstration["accounts"]))
                say(f"Canbao is at {service.web_url}")
                service.start_workers()
                as_planned = _import_sample(service, demonstration)
                if not serve:
                    return as_planned
                _tell(folder.demo_json, service, demonstration["accounts"])
                with suppress(StopAsked):
                    service.processes.watch()
                say("Stopping …")
                return True
        finally:
            folder.demo_json.unlink(missing_ok=True)


def _prepare(folder: DataFolder) -> dict[str, Any]:
    """The database, seeded at the first start; the accounts with their passwords, and what the sample must become."""
    from models.records.database import writing
    from tasks.demonstration import Sample, seed
    from web.commands.data_folder import write_privately
    from web.commands.database_at_start import Holds, demonstration_database
    from web.commands.endings import UnusableError, say

    if not folder.demonstration.exists():
        write_privately(folder.demonstration, {})  # from here on `reset` knows whose data these are
    if demonstration_database(folder, say) is Holds.NOBODY:
        say("Seeding units, accounts and registers …")
        sample = Sample()
        with writing() as session:
            accounts = [asdict(account) for account in seed(session, sample)]
            # Before the commit: an account whose password nobody was told would be of no use.
            write_privately(folder.demonstration, {"accounts": accounts, "planned": sample.planned})
    demonstration: dict[str, Any] = json.loads(folder.demonstration.read_text())
    if "accounts" not in demonstration:
        raise UnusableError(f"this demonstration's log-in data are missing: {folder.demonstration}")
    return demonstration


def _import_sample(service: Service, demonstration: Mapping[str, Any]) -> bool:
    """Upload the sample unless it has been, follow its import and print what became of it."""
    from tasks.demonstration import SAMPLE_FILE_NAME, Sample
    from web.commands.endings import say
    from web.commands.import_progress import follow_import
    from web.commands.sample_import import result_lines, sample_import_of, upload_sample

    clerk = demonstration["accounts"][0]
    import_id = sample_import_of(clerk["enrolment_code"], SAMPLE_FILE_NAME)
    if import_id is None:
        say(f"Uploading a sample roster as {clerk['email']} …")
        import_id = upload_sample(service.web_url, clerk, SAMPLE_FILE_NAME, Sample().content)
    else:
        say("Going on with the data of the last start. The sample roster's import:")
    follow_import(import_id, service.processes, say, IMPORT_SECONDS)
    as_planned, lines = result_lines(import_id, demonstration["planned"])
    for line in lines:
        say(line)
    say(f"  the result's page: {service.web_url}/imports/{import_id}")
    return as_planned


def _outside_view(service: Service, accounts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What stands in demo.json (INTERFACES 5); nobody has an API token yet."""
    return {
        "web": service.web_url,
        "flower": {"url": service.flower_url, "user": "staff", "password": service.flower_password},
        "accounts": [{**account, "token": None} for account in accounts],
    }


def _tell(demo_json: Path, service: Service, accounts: Iterable[Mapping[str, Any]]) -> None:
    """The addresses and the log-in data."""
    from web.commands.endings import say

    say("")
    say(f"Canbao   {service.web_url}")
    for account in accounts:
        unit = f"  {account['unit']} {account['enrolment_code']}" if account["unit"] else ""
        say(f"         {account['email']:<24}{account['password']:<20}{account['role']:<10}{unit}")
    say(f"Flower   {service.flower_url}  user staff, password {service.flower_password}")
    say(f"The same as JSON: {demo_json}. Logs: {service.processes.logs}")
    say("Ctrl-C stops everything; the next ./run goes on from here, ./run reset begins anew.")
