"""Rosters that programs check and submit, the worker's part done in this process."""

from __future__ import annotations

from werkzeug.test import TestResponse

from models.records.database import reading
from models.records.job import Job
from tasks.roster_check import submit, validate
from tests.web.api.conftest import Program

OLD = ("王老", "护照", "E12345678", "1950-01-01", "男", "", "是")
OLD_WITHOUT_SI = ("王翁", "护照", "E12345679", "1950-01-01", "男", "", "否")
PLEDGE = {"pledge_version": "2020-1"}


def worked(program: Program, answer: TestResponse) -> TestResponse:
    """Do the job that the answer speaks of; how it ended."""
    assert answer.status_code == 202, answer.json
    with reading() as records:
        kind = records.get_one(Job, answer.json["id"]).kind
    {"roster.validate": validate, "roster.submit": submit}[kind](answer.json["id"])
    return program.get(answer.headers["Location"])


def validated(program: Program, batch_no: str) -> dict[str, object]:
    """The report of a 清册校验 that is asked for and done."""
    assert worked(program, program.post(f"/batches/{batch_no}/validate")).json["state"] == "done"
    found = program.get(f"/batches/{batch_no}/validation")
    assert found.status_code == 200, found.json
    return dict(found.json)


def submitted(program: Program, batch_no: str) -> str:
    """The batch's state after a 清册提交."""
    assert worked(program, program.post(f"/batches/{batch_no}/submit", PLEDGE)).json["state"] == "done"
    return str(program.get(f"/batches/{batch_no}").json["state"])


def promise(program: Program, batch_no: str, person_id: object, promised: object, **more: str) -> TestResponse:
    """Tick the box of one person, or take it back."""
    path = f"/batches/{batch_no}/people/{person_id}/promise"
    return program.call("PUT", path, json={"promised": promised}, headers=more)


def id_of(program: Program, batch_no: str, name: str) -> int:
    """Somebody of the roster."""
    items = program.get(f"/batches/{batch_no}/people?name={name}").json["items"]
    return int(items[0]["id"])
