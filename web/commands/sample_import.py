"""The sample roster comes in by the way every roster does: log in, open a batch, upload, watch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from models.queries.batches import live_central_batch
from models.queries.imports import first_import_named
from models.records.database import reading
from models.records.job import JobState
from models.records.roster_import import RosterImport
from models.rules.findings import Outcome
from models.rules.money import yuan
from tasks.demonstration import PLAN_YEAR
from web.commands.visitor import Page, Visitor


class NotTakenError(Exception):
    """The pages did not do what they do for a clerk; the message says at which step."""


def sample_import_of(code: str, file_name: str) -> int | None:
    """The import of the sample that this code has had, if any."""
    with reading() as session:
        return first_import_named(session, code, file_name)


def upload_sample(site: str, account: Mapping[str, Any], file_name: str, content: bytes) -> int:
    """Upload the file as this clerk would, and return the import's id. NotTakenError: a page said no."""
    visitor = Visitor(site)
    page = visitor.open("/log-in")
    credentials = {"email": account["email"], "password": account["password"]}
    visitor.submit(page, page.form_with("email"), credentials)
    roster = _open_roster(visitor, account["enrolment_code"])
    received = visitor.submit(roster, roster.form_with("file"), {}, ("file", file_name, content))
    found = re.search(r"/imports/(\d+)", received.url)
    if found is None:
        raise NotTakenError(f"the sample was not received; the answer came from {received.url}")
    return int(found[1])


def result_lines(import_id: int, planned: Mapping[str, int], planned_total_fen: int) -> tuple[bool, list[str]]:
    """Whether everyone came out as planned, and the result as lines to print."""
    with reading() as session:
        upload = session.get_one(RosterImport, import_id)
        job, counts, estimate = upload.job, upload.counts or {}, upload.estimate or {}
    if job.state != JobState.DONE:
        return False, [f"the import ended as {job.state} ({job.code or 'no code'})"]
    lines = [f"  {'outcome':<18}{'rows':>6}{'planned':>9}"]
    for outcome in Outcome:
        came, expected = counts.get(outcome, 0), planned.get(outcome, 0)
        lines.append(f"  {outcome:<18}{came:>6}{expected:>9}{'' if came == expected else '   <- not as planned'}")
    lines.append(f"  {'together':<18}{sum(counts.values()):>6}{sum(planned.values()):>9}")
    if "total_fen" in estimate:
        lines.append(f"  premium estimate: {yuan(estimate['total_fen'])} yuan for {', '.join(estimate['projects'])}")
        if estimate["total_fen"] != planned_total_fen:
            lines.append(f"  the estimate is not as planned: {planned_total_fen} fen were expected")
    else:
        lines.append(f"  no premium can be estimated: {estimate.get('code')}")
    as_planned = all(counts.get(outcome, 0) == planned.get(outcome, 0) for outcome in Outcome)
    return as_planned and estimate.get("total_fen") == planned_total_fen, lines


def _open_roster(visitor: Visitor, code: str) -> Page:
    """The roster page of the code's central batch, which is opened if there is none yet."""
    with reading() as session:
        batch_no = live_central_batch(session, code, PLAN_YEAR)
    if batch_no is not None:
        return visitor.open(f"/batches/{batch_no}/roster")
    page = visitor.open("/batches/open/central")
    confirm = visitor.submit(page, page.form_with("code"), {"code": code})
    return visitor.submit(confirm, confirm.form_with("confirmed"), {})
