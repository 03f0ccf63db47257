"""The audit log's details: none of them stands on the page as a word of the program."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from config.plans import plan_data
from models.actions.correct_person import CORRECTED
from models.actions.rotate_lookup import Redigested
from models.records.roster_import import UndoResult
from models.rules.handler_profile import LABELS as HANDLER_LABELS
from models.rules.moved_deadline import MovableDate
from tests.web.calls_in_code import Call, calls, functions, parameters_of
from web.audit_labels import LABELS

OF_EVERY_ENTRY = {"at", "account_id", "action", "batch_id", "ip"}
"""What `record_audit` takes that is no detail; the page has columns for it."""

PLAN = plan_data("2020")
TOLD_ELSEWHERE: Mapping[str, set[str]] = {
    "add_person: what an update replaces": {"mobile", "has_si", "employment_status"},
    "correct_person: cells": {str(column) for column in CORRECTED},
    "keep_plans: a plan year": {*PLAN},
    "keep_plans: tables of a plan year": {
        name for table in ("age_rule", "bank_account", "combo", "ratio_rule", "reminders") for name in PLAN[table]
    },
    "keep_plans: projects": {"group", "tier", "benefits", "only_for"},
    "lookup_rotation: asdict(done)": {field.name for field in fields(Redigested)},
    "move_deadline: dates of the year": {str(date) for date in MovableDate},
    "move_deadline: dates of a batch": {"payment_due_on", "payment_cutoff_on", "resubmit_by", "reinstated_until"},
    "save_handler: the profile": {*HANDLER_LABELS},
    "undo_import: people": {str(result) for result in UndoResult},
}
"""Where the names of details are not written out -> what they can be."""


def told() -> dict[str, set[str]]:
    """Where -> the names of the details that are written to the log there, also those inside of a detail."""
    found: dict[str, set[str]] = defaultdict(set, TOLD_ELSEWHERE)
    asked: list[tuple[str, frozenset[str], str]] = [("record_audit", frozenset(OF_EVERY_ENTRY), "")]
    for name, own, private_to in asked:
        for one in calls()[name]:
            if private_to and one.module != private_to:
                continue
            place = f"{Path(one.module).stem}: {name}"
            for keyword in one.call.keywords:
                if keyword.arg is None and one.within and passes_on(one.within, keyword.value):
                    inner = one.within.name
                    more = (inner, frozenset(parameters_of(one.within)), one.module if inner.startswith("_") else "")
                    asked += [more] if more not in asked else []
                elif keyword.arg not in own:
                    found[place] |= {keyword.arg} if keyword.arg else set()
                    found[place] |= set(names_in(one, keyword.value, set()))
    return {place: names - {"before", "after"} for place, names in found.items()}


def passes_on(function: ast.FunctionDef, value: ast.expr) -> bool:
    """Whether this is what the function was called with beside its parameters: `**details`."""
    return isinstance(value, ast.Name) and function.args.kwarg is not None and function.args.kwarg.arg == value.id


def names_in(one: Call, value: ast.AST, seen: set[str]) -> Iterator[str]:
    """The keys of every dictionary that a value is made of, there or in a function or variable beside it."""
    asked_for_a_part = [node.value for node in ast.walk(value) if isinstance(node, ast.Attribute)]
    for node in ast.walk(value):
        if isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
        elif isinstance(node, ast.Name) and node.id not in seen and node not in asked_for_a_part:
            seen.add(node.id)
            if node.id in functions(one.module):
                yield from names_in(one, functions(one.module)[node.id], seen)
            for assigned in assigned_to(node.id, one.within):
                yield from names_in(one, assigned, seen)


def assigned_to(name: str, function: ast.FunctionDef | None) -> Iterator[ast.expr]:
    """What a variable of the function is made of."""
    for node in ast.walk(function) if function else ():
        if isinstance(node, ast.AnnAssign | ast.Assign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if name in map(ast.unparse, targets):
                yield node.value


def test_every_detail_that_is_written_down_has_a_label() -> None:
    places = told()
    assert len(places) > 50
    assert {"different", "holder_batch"} <= places["decide_passport: record_act"]
    assert "total_fen" in places["withdraw_batch: record_act"]
    assert "payer" in places["draft_voucher: write_down"]
    assert "pledge_version" in places["queue_check: _queued"]
    nameless = {place: names - set(LABELS) for place, names in places.items() if names - set(LABELS)}
    assert not nameless
