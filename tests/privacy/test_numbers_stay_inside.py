"""After a run with 5000 people no ID number can be read anywhere it should not be; a planted one is found."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import update

from models.records.database import writing
from models.records.job import JobState
from models.records.roster_import import RosterImport
from models.rules.findings import Column
from tasks.app import app
from tasks.workbook.reader import read_roster
from tests.browser.conftest import PASSWORD, Site, site, with_password
from tests.conftest import Valkey
from tests.faults.outcome import job_of, wait_until_all_ended
from tests.faults.processes import ROOT, Worker, wait_for
from tests.privacy import places
from tests.privacy.scanner import numbers_in
from tests.records import BatchOf, a_batch_to_fill, a_roster
from tests.workbooks import WANG_DOUDOU, a_workbook
from web.commands.addresses import is_up
from web.commands.ports import free_port
from web.commands.visitor import Page, Visitor

__all__ = ["site"]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
PLANTED = WANG_DOUDOU[2]


@dataclass
class Run:
    """A web, a worker and Flower, and what has been seen of them."""

    database: str
    folder: Path
    broker: places.Broker
    flower_url: str
    flower_password: str
    worker: Worker
    pages: list[tuple[str, str]] = field(default_factory=list)

    def saw(self, page: Page) -> Page:
        """Remember a page."""
        self.pages.append((page.url, page.html))
        return page

    def everywhere(self) -> dict[str, bytes]:
        """What can be read, by place."""
        return {
            "broker": self.broker.everything(),
            "logs": places.logs(self.folder),
            "addresses": places.addresses(self.pages),
            "Flower": places.flower_pages(self.flower_url, self.flower_password),
            "database": places.dump(self.database),
        }


@pytest.fixture
def run(database: str, valkey: Valkey, site: Site, tmp_path: Path) -> Iterator[Run]:
    broker = places.Broker(valkey.url)
    worker, port, password = site.start_worker(), free_port(), secrets.token_urlsafe(8)
    log = (tmp_path / "flower.log").open("wb")
    flower = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "tasks.app", "flower", "--conf=config/flower.py"],
        cwd=ROOT,
        env=os.environ | {"CANBAO_FLOWER_PORT": str(port), "CANBAO_FLOWER_PASSWORD": password},
        stdout=log,
        stderr=log,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: is_up(f"{url}/healthcheck"), "Flower answers", 60)
        worker.wait_until_ready()
        yield Run(database, tmp_path, broker, url, password, worker)
    finally:
        flower.kill()
        flower.wait()
        log.close()
        broker.close()


def typed_numbers(content: bytes) -> set[str]:
    """Whatever may be a number in the file, in whichever column it stands; no dates, no mobiles."""
    cells = {row.text(column).strip() for row in read_roster(content, 5000).rows for column in Column}
    return {cell for cell in cells if len(cell) >= 8 and cell.isalnum() and cell.isascii() and len(cell) != 11}


def test_no_number_can_be_read_and_a_planted_one_is_found_in_each_place(run: Run, site: Site, valkey: Valkey) -> None:
    batch, content = a_batch_to_fill(), a_roster(5000, 9, "0.02")
    numbers = typed_numbers(content)
    assert len(numbers) > 4_800
    visitor = Visitor(site.url)
    a_clerks_day(run, visitor, batch, content, min(numbers, key=len), max(numbers, key=len))
    assert job_of(1).state == JobState.DONE

    readable = {place: numbers_in(left, numbers | {PLANTED}) for place, left in run.everywhere().items()}
    assert not any(readable.values()), readable

    for place, plant in planting(run, visitor, valkey.url).items():
        plant()
        wait_for(lambda place=place: numbers_in(run.everywhere()[place.partition(":")[0]], {PLANTED}), place, 30)


def a_clerks_day(run: Run, visitor: Visitor, batch: BatchOf, content: bytes, *numbers: str) -> None:
    """Log in, upload, watch, look at every page of the result, look for numbers in the roster."""
    page = run.saw(visitor.open("/log-in"))
    form = page.form_with("password")
    run.saw(visitor.submit(page, form, {"email": with_password(batch.viewer), "password": PASSWORD}))
    roster = run.saw(visitor.open(f"/batches/{batch.batch_no}/roster"))
    page = run.saw(visitor.submit(roster, roster.form_with("file"), {}, ("file", "清册.xlsx", content)))
    wait_until_all_ended(run.worker)
    for tab in ("groups", "rows", "occupied"):
        run.saw(visitor.open(f"/imports/1?tab={tab}"))
    roster = run.saw(visitor.open(f"/batches/{batch.batch_no}/roster"))
    for number in numbers:
        for asked in (number, number[:8]):
            run.saw(visitor.submit(roster, roster.form_with("id_no"), {"id_no": asked}))
    run.saw(visitor.open(f"/batches/{batch.batch_no}/imports"))


def planting(run: Run, visitor: Visitor, broker_url: str) -> dict[str, Callable[[], object]]:
    """Place -> what puts a number there."""

    def into_the_broker() -> None:
        with app.connection_for_write(broker_url) as connection:
            app.send_task("upkeep.sweep", args=[PLANTED], queue="upkeep", connection=connection, retry=False)

    def into_the_log() -> None:
        with (run.folder / "web.log").open("a") as log:
            log.write(f'{{"event": "search", "id_no": "{PLANTED}"}}\n')

    def into_the_database(column: str, value: bytes) -> None:
        with writing() as session:
            session.execute(update(RosterImport).values({column: value}))

    return {
        "broker": into_the_broker,
        "Flower": lambda: None,  # shows the message just sent, once the worker has told of it
        "logs": into_the_log,
        "addresses": lambda: run.saw(visitor.open(f"/batches?unit={PLANTED}")),
        "database: a binary column": lambda: into_the_database("report_sealed", b"\x00\xff" + PLANTED.encode()),
        "database: a workbook": lambda: into_the_database("report_sealed", a_workbook([WANG_DOUDOU])),
    }
