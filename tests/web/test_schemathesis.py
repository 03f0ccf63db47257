"""The running interface against its own document: no 500, no answer outside its schema, no number repeated.

Schemathesis makes the requests: wrong and right ones, with addresses of objects that are there most of the time, so
that they come as far as the bodies. After each call the roster is filled again.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import delete, select, update

from config.plans import plan_data
from models.actions.keep_accounts import add_account
from models.actions.keep_tokens import add_token
from models.actions.move_clock import move_clock
from models.records.account import Account
from models.records.batch import Batch
from models.records.database import forget_connections, reading, writing
from models.records.job import UNFINISHED, Job, JobState
from models.records.notice import Notice
from models.records.person import BatchPerson, put_on_roster, roster_entry
from models.records.roster_import import ImportRow, RosterImport
from models.records.voucher import Voucher
from models.rules.findings import Outcome
from models.rules.permissions import Role
from models.rules.plan import PlanYear
from models.rules.register import status_for
from models.rules.roster import TypedRow, check_rows
from tests.conftest import use_environment
from tests.faults.processes import Web
from tests.imports import an_import
from tests.records import IN_THE_CENTRAL_WINDOW, BatchOf, a_batch_to_fill
from tests.web.scene import a_draft_of
from tests.workbooks import WANG_DOU, WANG_DOUDOU, some_people
from web.api.document import SERVER, document
from web.api.interface import FAMILIES

EXAMPLES = 12
"""Random requests a call, besides those at every boundary of its schema."""
PEOPLE = 12
WRONG = (*WANG_DOUDOU[:2], "110101199003079092", *WANG_DOUDOU[3:])
NUMBERS = frozenset({WANG_DOUDOU[2], WRONG[2], *(row[2] for row in some_people(PEOPLE))})
"""Every number that is planted in the database."""
_NUMBER = re.compile(r"\d{17}[\dX]")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

schema = schemathesis.openapi.from_dict(document(FAMILIES))


@dataclass(frozen=True)
class Running:
    """The interface as it is served, its objects, and who may call it."""

    url: str
    batch: BatchOf
    import_id: int
    job_id: int
    counts: dict[str, int]
    tokens: dict[Role, str]

    def objects(self, path: str) -> dict[str, object]:
        """What an address may name, and the version that a change may ask for."""
        with reading() as records:
            version = records.get_one(Batch, self.batch.batch_id).version
            person = records.scalars(select(BatchPerson.id).order_by(BatchPerson.id.desc())).first()
        one = person if "/people/{id}" in path else self.job_id if path.startswith("/jobs") else self.import_id
        if path.startswith("/vouchers"):
            voucher = self.voucher()
            one, version = voucher.id, voucher.version
        return {"no": self.batch.batch_no, "id": one, "row": 3, "n": 1, "year": "2020", "If-Match": f'"{version}"'}

    def voucher(self) -> Voucher:
        """A draft of the account; a new one where the last was cancelled."""
        with reading() as records:
            found = records.scalars(select(Voucher)).first()
        if found is not None:
            return found
        a_draft_of(self.batch.batch_id)
        return self.voucher()

    def refill(self) -> None:
        """Make good what a call changed: the clock, the people, and work that nobody does here."""
        with writing() as records:
            move_clock(records, IN_THE_CENTRAL_WINDOW)
            records.execute(update(Job).where(Job.state.in_(UNFINISHED)).values(state=JobState.CANCELLED))
            records.execute(delete(BatchPerson).where(BatchPerson.batch_id == self.batch.batch_id))
            put_on_roster(records, _people(self.batch))
            to_mend = update(ImportRow).where(ImportRow.import_id == self.import_id, ImportRow.sheet_row == 3)
            records.execute(to_mend.values(outcome=Outcome.INVALID))
            records.get_one(RosterImport, self.import_id).counts = self.counts


@pytest.fixture(scope="module")
def running(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A real web on a database with a batch, its people and an import with a row to mend."""
    folder = tmp_path_factory.mktemp("schemathesis")
    (folder / "canbao.db").write_bytes(migrated_sqlite.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        use_environment(patch, CANBAO_VAR=str(folder), DATABASE_URL="")
        batch = a_batch_to_fill()
        done = an_import(batch, [WANG_DOUDOU, WRONG, *some_people(3)])
        web = Web("web", folder)
        try:
            web.wait_until_ready()
            url = f"http://127.0.0.1:{web.port}{SERVER}"
            counts = done.upload.counts or {}
            yield Running(url, batch, done.upload.id, done.job.id, counts, _tokens(batch))
        finally:
            web.kill()
    forget_connections()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,  # the same requests in every run: a finding is mended, and not met again by luck
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_document_names(case: schemathesis.Case, running: Running) -> None:
    path = case.operation.path
    for name, value in running.objects(path).items():
        for made_up in (case.path_parameters, case.headers):
            if made_up and name in made_up and crc32(repr(made_up[name]).encode()) % 4:
                made_up[name] = value  # one in four stays as it was made up
    role = Role.ADMIN if path == "/clock" else Role.HANDLER
    case.call_and_validate(
        base_url=running.url,
        headers={"Authorization": f"Bearer {running.tokens[role]}"},
        checks=[*CHECKS, no_number_is_repeated],
        timeout=30,
    )
    if case.method != "GET":
        running.refill()


def no_number_is_repeated(_context: Any, answer: schemathesis.Response, case: schemathesis.Case) -> None:
    """No answer holds a planted number, and no refusal any number that was sent."""
    told = answer.content.decode("utf-8", "replace")
    sent = set(_NUMBER.findall(repr(case.body))) | set(_NUMBER.findall(repr(case.query)))
    repeated = NUMBERS | sent if answer.status_code >= 400 else NUMBERS
    assert not [number for number in repeated if number in told], f"{case.method} {case.operation.path}"


def test_the_running_interface_serves_this_document(running: Running) -> None:
    with urllib.request.urlopen(f"{running.url}/openapi.json", timeout=30) as answer:
        served = json.load(answer)
    assert served == document(FAMILIES)


def _tokens(batch: BatchOf) -> dict[Role, str]:
    with writing() as records:
        clerk = records.get_one(Account, batch.viewer.account_id)
        admin, _ = add_account(records, "admin@union.example", Role.ADMIN, now=batch.now)
        notice = {"code": "NTF-02", "values": {"year": "2020"}, "occasion": "instant", "created_at": batch.now}
        records.add(Notice(account_id=clerk.id, **notice))
        return {Role(account.role): add_token(records, account, batch.now)[1] for account in (clerk, admin)}


def _people(batch: BatchOf) -> list[tuple[Any, ...]]:
    today = batch.now.date()
    checked = check_rows(
        [TypedRow(2 + number, cells) for number, cells in enumerate([*some_people(PEOPLE), WANG_DOU])],
        PlanYear.from_data(plan_data("2020")),
        today,
        today,
    )
    people = [row.person for row in checked if row.person is not None]
    return [roster_entry(batch.batch_id, person, status_for(person, None)[1]) for person in people]
