"""The audit log in words: no action stands on the page as a word of the program, and details are told."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from models.actions.check_roster import SUBMIT_KIND, VALIDATE_KIND
from models.actions.queue_check import _ASKED
from models.rules.expiry import EXPIRIES
from models.rules.lifecycle import WITHDRAWALS, BatchAction
from tests.web.calls_in_code import calls, default_of, given, modules, parameters_of
from web.audit_words import ACTIONS, details_in_words

MADE_ELSEWHERE: Mapping[str, set[str]] = {
    "check_roster: str(action)": {str(BatchAction.VALIDATE_ROSTER), str(BatchAction.SUBMIT_ROSTER)},
    "queue_check: _ASKED[kind]": {_ASKED[VALIDATE_KIND], _ASKED[SUBMIT_KIND]},
    "expire_batch: str(action)": {str(action) for action in EXPIRIES},
    "withdraw_batch: str(to)": {str(way) for way in WITHDRAWALS},
}
"""Where an action is not written out -> what it can be."""


def written() -> dict[str, set[str]]:
    """Where -> the actions that are written to the log there; a function that only passes one on asks its callers."""
    found: dict[str, set[str]] = {}
    asked: list[tuple[str, str, int | None, str]] = [("record_audit", "action", None, "")]
    for name, parameter, place, private_to in asked:
        for one in calls()[name]:
            if private_to and one.module != private_to:
                continue
            action = given(one.call, parameter, place)
            if one.within and isinstance(action, ast.Name) and action.id in (places := parameters_of(one.within)):
                inner = one.within.name
                more = (inner, action.id, places[action.id], one.module if inner.startswith("_") else "")
                asked += [more] if more not in asked else []
                action = default_of(one.within, action.id)
            if action is not None:
                found[f"{Path(one.module).stem}: {ast.unparse(action)}"] = named_in(one.module, action)
    return found


def named_in(module: str, action: ast.expr) -> set[str]:
    """The actions that an expression names."""
    place = f"{Path(module).stem}: {ast.unparse(action)}"
    if place in MADE_ELSEWHERE:
        return MADE_ELSEWHERE[place]
    if isinstance(action, ast.Name):  # a constant of some module
        for tree in modules().values():
            for node in tree.body:
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == action.id:
                    return named_in(module, node.value)
    named = set()
    for one in ast.walk(action):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            named.add(one.value)
        elif isinstance(one, ast.Attribute) and getattr(one.value, "id", "") == "BatchAction":
            named.add(str(BatchAction[one.attr]))
    return named


def test_every_action_that_is_written_down_has_a_text() -> None:
    places = written()
    assert len(places) > 40
    assert not [place for place, actions in places.items() if not actions], "say in MADE_ELSEWHERE what it can be"
    nameless = {place: actions - set(ACTIONS) for place, actions in places.items() if actions - set(ACTIONS)}
    assert not nameless


def test_no_two_actions_look_alike() -> None:
    texts = list(ACTIONS.values())
    assert sorted({text for text in texts if texts.count(text) > 1}) == []


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({}, []),
        (
            {"before": {"name": "王斗", "id_no": "1*1"}, "after": {"name": "王豆", "id_no": "1*1"}, "reason": "笔误"},
            [("原因", "笔误"), ("姓名或名称", "王斗 → 王豆")],
        ),
        ({"before": {"state": "enrolled"}, "after": {}}, [("状态", "参保成功 → –")]),
        ({"before": None, "after": {"promised": True}}, [("承诺", "– → 是")]),
        ({"before": "旧名", "after": "新名"}, [("更改", "旧名 → 新名")]),
        (
            {"receipts": [["豆豆公司", 900000], ["分公司", 45000]]},
            [("专用收据", "豆豆公司，9,000.00 元、分公司，450.00 元")],
        ),
        (
            {"before": [["豆豆公司", 100, "", None, None]], "after": [["豆豆公司", 200, "补开", "E1", "2020-05-01"]]},
            [("更改", "豆豆公司，1.00 元 → 豆豆公司，2.00 元，补开，E1，2020-05-01")],
        ),
        (
            {"before": {"voucher_state": "draft"}, "after": {"voucher_state": "submitted"}},
            [("凭证状态", "待提交审核 → 审核中")],
        ),
        ({"total_fen": 18000, "people": 2}, [("保费合计", "180.00 元"), ("人员", "2")]),
        ({"people": [{"person_id": 7, "name": "王豆"}]}, [("人员", "王豆（7）")]),
        ({"outcomes": {"added": 2, "invalid": 1}}, [("结果", "新增 2，有误 1")]),
        ({"projects": ["A0", "B0"]}, [("保障项目", "A0、B0")]),
        ({"rows": list(range(2, 30))}, [("行", "、".join(map(str, range(2, 22))) + " 等 28 项")]),
        ({"prices_fen": {"A0": 12000}}, [("价格", "A0 120.00 元")]),
        ({"kind": "si-people", "purpose": "handler_profile"}, [("种类", "社保登记人员"), ("用途", "经办人填报")]),
        ({"employment_status": "in_service", "passed": False}, [("职退情况", "在职"), ("通过", "否")]),
    ],
)
def test_details_are_told_in_words(details: dict[str, Any], words: list[tuple[str, str]]) -> None:
    assert list(details_in_words(details)) == words
