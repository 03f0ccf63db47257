"""The demonstration: a seeded database, everything running, a sample roster that comes in as a clerk's would."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from config.settings import Settings
from web.commands.data_folder import DataFolder, write_privately
from web.commands.database_at_start import Holds, demonstration_database
from web.commands.endings import UnusableError, say
from web.commands.service import ATTENDANTS, WORKERS, Service, running_service
from web.commands.stop_signals import StopAsked
from web.commands.throw_away import Place

if TYPE_CHECKING:
    from tasks.demonstration import Sample

# What only seeding, uploading and watching need is imported there: at a second start the web loads meanwhile.

IMPORT_SECONDS = 120
"""How long the sample's import may take before something is wrong; it takes a few."""


def run_demonstration(place: Place, given: Settings, *, serve: bool) -> bool:
    """The whole demonstration; whether the sample came out as planned, or true after serving."""
    folder = place.folder
    with folder.held(say) as lock:
        folder.demo_json.unlink(missing_ok=True)
        try:
            with running_service(
                folder, lock, given, "demonstration", say, schema=place.schema, broker_prefix=place.broker_prefix
            ) as service:
                demonstration = _prepare(service, folder)
                service.start("web")
                service.wait_for_web()
                write_privately(folder.demo_json, _outside_view(service, demonstration["accounts"]))
                say(f"Canbao is at {service.web_url}")
                service.start(*WORKERS)
                as_planned = _import_sample(service, demonstration)
                service.start(*ATTENDANTS)
                if not serve:
                    return as_planned
                _tell(folder.demo_json, service, demonstration["accounts"])
                with suppress(StopAsked):
                    service.processes.watch()
                say("Stopping …")
                return True
        finally:
            folder.demo_json.unlink(missing_ok=True)


def _prepare(service: Service, folder: DataFolder) -> dict[str, Any]:
    """The database, seeded at the first start; the accounts with their passwords, and what the sample must become."""
    if demonstration_database(folder, say) is Holds.NOBODY:
        write_privately(folder.demonstration, {})  # from here on `reset` knows whose data these are
        service.start("web", *WORKERS)  # they get ready meanwhile; with data already there the first page comes first
        _seed(folder)
    demonstration: dict[str, Any] = json.loads(folder.demonstration.read_text())
    if "accounts" not in demonstration:
        raise UnusableError(f"this demonstration's log-in data are missing: {folder.demonstration}")
    _add_missing_tokens(folder, demonstration)
    return demonstration


@cache
def _sample() -> Sample:
    """Written once, for the seeding and for the upload."""
    from tasks.demonstration import Sample

    return Sample()


def _seed(folder: DataFolder) -> None:
    from models.records.database import writing
    from tasks.demonstration import seed

    say("Seeding units, accounts and registers …")
    sample = _sample()
    with writing() as session:
        accounts = [asdict(account) for account in seed(session, sample)]
        # Before the commit: an account whose password nobody was told would be of no use.
        write_privately(
            folder.demonstration,
            {"accounts": accounts, "planned": sample.planned, "planned_total_fen": sample.planned_total_fen},
        )


def _add_missing_tokens(folder: DataFolder, demonstration: dict[str, Any]) -> None:
    """A demonstration that began before there were tokens gets one for each account."""
    without = [account for account in demonstration["accounts"] if not account.get("token")]
    if not without:
        return
    from models.actions.keep_accounts import find_account
    from models.actions.keep_tokens import add_token
    from models.records.business_clock import business_now
    from models.records.database import writing

    with writing() as session:
        for account in without:
            record = find_account(session, account["email"])
            if record is not None:
                _, account["token"] = add_token(session, record, business_now(session))
        write_privately(folder.demonstration, demonstration)  # before the commit: nobody else was told them


def _import_sample(service: Service, demonstration: Mapping[str, Any]) -> bool:
    """Upload the sample unless it has been, follow its import and print what became of it."""
    from tasks.demonstration import SAMPLE_FILE_NAME
    from web.commands.import_progress import follow_import
    from web.commands.sample_import import NotTakenError, result_lines, sample_import_of, upload_sample
    from web.commands.visitor import NotThereError

    clerk = demonstration["accounts"][0]
    import_id = sample_import_of(clerk["enrolment_code"], SAMPLE_FILE_NAME)
    if import_id is None:
        say(f"Uploading a sample roster as {clerk['email']} …")
        try:
            import_id = upload_sample(service.web_url, clerk, SAMPLE_FILE_NAME, _sample().content)
        except (NotTakenError, NotThereError, urllib.error.URLError) as refused:
            raise click.ClickException(f"the sample could not be uploaded: {refused}") from refused
    else:
        say("Going on with the data of the last start. The sample roster's import:")
    follow_import(import_id, service.processes, say, IMPORT_SECONDS)
    as_planned, lines = result_lines(import_id, demonstration["planned"], demonstration["planned_total_fen"])
    for line in lines:
        say(line)
    say(f"  the result's page: {service.web_url}/imports/{import_id}")
    return as_planned


def _outside_view(service: Service, accounts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What stands in demo.json (INTERFACES 5)."""
    return {
        "web": service.web_url,
        "flower": {"url": service.flower_url, "user": "staff", "password": service.flower_password},
        "metrics": {"url": f"{service.web_url}/metrics", "token": service.metrics_token},
        "accounts": list(accounts),
    }


def _tell(demo_json: Path, service: Service, accounts: Iterable[Mapping[str, Any]]) -> None:
    """The addresses and the log-in data."""

    say("")
    say(f"Canbao   {service.web_url}")
    for account in accounts:
        unit = f"  {account['unit']} {account['enrolment_code']}" if account["unit"] else ""
        say(f"         {account['email']:<24}{account['password']:<20}{account['role']:<10}{unit}")
    say(f"Flower   {service.flower_url}  user staff, password {service.flower_password}")
    say(f"The same as JSON: {demo_json}. Logs: {service.processes.logs}")
    say("Ctrl-C stops everything; the next ./run goes on from here, ./run reset begins anew.")
