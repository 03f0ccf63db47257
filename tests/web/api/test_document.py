"""The OpenAPI document says what the calls do, and its page can be read under the strict policy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from models.rules.permissions import Action
from tests.web.api.conftest import ROOT, Program
from web.api.calls import Call
from web.api.document import codes_by_status
from web.api.interface import FAMILIES

CALLS = [call for family in FAMILIES for call in family.calls]
INLINE = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:", re.I)


@pytest.fixture
def document(anybody: Program) -> dict[str, Any]:
    """The document as anybody reads it."""
    answer = anybody.get("/openapi.json")
    assert answer.mimetype == "application/json"
    return dict(answer.json)


def test_the_document_names_the_promised_addresses(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": ROOT}]
    promised = {
        "/me": {"get"},
        "/handler": {"get", "put"},
        "/handler/sms-codes": {"post"},
        "/code-applications": {"get", "post"},
        "/code-applications/{id}": {"get", "put"},
        "/code-applications/{id}/approve": {"post"},
        "/code-applications/{id}/reject": {"post"},
        "/plan-years": {"get"},
        "/plan-years/{year}": {"get"},
        "/batches": {"get", "post"},
        "/batches/{no}": {"get"},
        "/batches/{no}/people": {"get", "post"},
        "/batches/{no}/people/search": {"post"},
        "/batches/{no}/people/{id}": {"get", "patch", "delete"},
        "/batches/{no}/people/remove": {"post"},
        "/batches/{no}/people/{id}/in-service": {"post"},
        "/batches/{no}/people/in-service": {"post"},
        "/batches/{no}/people.xlsx": {"get"},
        "/people/search": {"post"},
        "/people/{id}/correction": {"post"},
        "/batches/{no}/people/{id}/promise": {"put"},
        "/batches/{no}/validate": {"post"},
        "/batches/{no}/validation": {"get"},
        "/batches/{no}/submit": {"post"},
        "/batches/{no}/imports": {"get", "post"},
        "/batches/{no}/premium": {"get", "post"},
        "/batches/{no}/confirm": {"post"},
        "/batches/{no}/premium.xlsx": {"get"},
        "/imports/{id}": {"get"},
        "/imports/{id}/findings": {"get"},
        "/imports/{id}/report.xlsx": {"get"},
        "/imports/{id}/cancel": {"post"},
        "/imports/{id}/undo": {"post"},
        "/imports/{id}/rows/{row}": {"put"},
        "/jobs/{id}": {"get"},
        "/notices": {"get"},
        "/clock": {"put"},
    }
    for path, methods in promised.items():
        assert methods <= set(document["paths"][path]), path


def test_every_reference_leads_somewhere(document: dict[str, Any], anybody: Program) -> None:
    text = anybody.get("/openapi.json").get_data(as_text=True)
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert names == set(document["components"]["schemas"])


def test_every_call_has_a_name_of_its_own_and_asks_for_an_action(app: Flask) -> None:
    names = [call.name for call in CALLS]
    assert len(set(names)) == len(names)
    for call in CALLS:
        assert isinstance(app.view_functions[f"api.{call.name}"].asks, Action), call.name


def test_every_route_of_the_interface_is_documented(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith(ROOT)}
    assert routes == {f"api.{call.name}" for call in CALLS} | {"api.get_document", "api.show_docs"}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_an_object_that_may_be_anothers_is_documented_as_404(call: Call) -> None:
    if "{" in call.path:
        assert "BAT-005" in codes_by_status(call)[404]
    assert codes_by_status(call)[401] == ("AUTH-005",)


def test_what_the_state_refuses_is_documented_as_409() -> None:
    found = {call.name: codes_by_status(call) for call in CALLS}
    assert {"RST-004", "RST-005"} <= set(found["set_person_in_service"][409])
    assert "RST-001" in found["edit_one_person"][409]
    assert "RST-002" in found["edit_one_person"][422]
    assert all("HDL-001" in found[call][409] for call in ("open_new_batch", "remove_several", "delete_one_batch"))


def test_the_page_shows_every_call_without_a_script_of_its_own(anybody: Program) -> None:
    answer = anybody.get("/docs")
    page = answer.get_data(as_text=True)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not INLINE.search(page)
    assert not re.search(r'(?:src|href)="https?:', page)
    for call in CALLS:
        assert f'id="{call.name}"' in page
        assert call.summary in page
    places = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= places


def test_the_page_looks_the_same_with_a_token_and_without(anybody: Program, li: Program) -> None:
    assert li.get("/docs").data == anybody.get("/docs").data
