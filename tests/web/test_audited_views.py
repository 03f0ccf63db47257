"""Whoever sees a whole certificate number is written down (DOMAIN 2), whichever page, file or call it was.

Generated from the application's addresses, so that a new page takes part by itself.
"""

from __future__ import annotations

import io

import pytest
from flask import Flask
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from models.records.database import reading
from models.records.roster_import import RosterImport
from models.rules.permissions import Role
from tests.quick_passwords import quick_passwords
from tests.web.api.conftest import Program, token_for
from tests.web.audit_entries import A_NUMBER, entries
from tests.web.conftest import Browser, Town, account_id
from tests.web.scene import OWN, PRINTS_THE_HANDBOOKS_PEOPLE, Scene, address, rules
from web.attachment import NOTHING_RUNS

__all__ = ["quick_passwords"]

COPIES_OF_CERTIFICATES = {"person_corrections.show_evidence"}
"""Files that show a whole number, though no text of them can be read here."""

OTHER_FILES = {
    "api.get_application_file": "about a unit",
    "api.get_voucher_file": "about a payment",
    "codes.show_file": "about a unit",
    "renames.show_file": "about a unit",
    "vouchers.show_file": "about a payment",
}
"""Files that were attached, too, but are no copies of certificates, and what they are."""


def whole_numbers(answer: TestResponse) -> set[str]:
    """Numbers that somebody can read in the answer, a workbook's cells included."""
    if "spreadsheetml" in answer.mimetype:
        sheets = load_workbook(io.BytesIO(answer.get_data()))
        text = "\n".join(str(value) for sheet in sheets for row in sheet.values for value in row)
    else:
        text = answer.get_data(as_text=True)
    return {found[1] for found in A_NUMBER.finditer(text)}


@pytest.mark.parametrize("role", [Role.HANDLER, Role.REVIEWER, Role.ADMIN])
def test_whoever_sees_a_whole_number_is_written_down(app: Flask, town: Town, scene: Scene, role: Role) -> None:
    browser = Browser(app.test_client()).log_in(scene.people[role])
    program = Program(app.test_client(), token_for(scene.people[role]))
    make_report(int(scene.things[OWN]["import_id"]))
    unwritten, seen, files = [], 0, set[str]()
    for method, rule in rules(app):
        if method != "GET" or rule.endpoint in PRINTS_THE_HANDBOOKS_PEOPLE:
            continue
        before = len(entries())
        to = address(app, rule, scene.values(rule.arguments, OWN))
        answer = program.get(to) if rule.rule.startswith("/api/") else browser.get(to)
        if answer.headers.get("Content-Security-Policy") == NOTHING_RUNS:
            files.add(rule.endpoint)
        elif not whole_numbers(answer):
            continue
        if rule.endpoint in OTHER_FILES:
            continue
        seen += 1
        who = {(entry.account_id, entry.ip) for entry in entries()[before:]}
        if who != {(account_id(scene.people[role]), "127.0.0.1")}:
            unwritten.append((rule.rule, who))
    assert not unwritten, unwritten
    assert files <= COPIES_OF_CERTIFICATES | set(OTHER_FILES)
    assert role is Role.HANDLER or files >= COPIES_OF_CERTIFICATES
    assert seen > 0


def make_report(import_id: int) -> None:
    """Do what a worker does for the marked workbook."""
    from tasks.import_report import make_report as make

    with reading() as records:
        job_id = records.get_one(RosterImport, import_id).report_job_id
    make(job_id)
