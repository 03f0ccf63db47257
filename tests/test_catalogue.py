"""Every code of the groups that people meet today is produced by a test, or stands below with the reason why not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from config.messages import catalogue

GROUPS = ("AUTH", "SMS", "APP", "HDL", "IMP", "ROW", "IDN", "SYS", "JOB", "COD", "WIN", "WDR", "PAY", "RCP", "NTF")
CODES = sorted(code for code in catalogue() if code.partition("-")[0] in GROUPS)
CODE = re.compile(r"\b(?:" + "|".join(GROUPS) + r")-\d{2,3}\b")

NOT_YET = {
    "IMP-006": "the result page says it in parts: the counts of IMP-007, findings by code, and both ways to mend them",
    "JOB-003": "a waiting file is not refused: its page says how many are ahead, with the receipt, and needs no code",
}
"""Code -> why nothing can produce it today."""

_ASIDE = {"test_catalogue.py", "test_messages.py"}
"""Tests of the texts themselves: they name codes without producing any."""


@pytest.mark.parametrize("code", [code for code in CODES if code not in NOT_YET])
def test_a_test_produces_each_code(code: str) -> None:
    assert code in _claimed()


def test_what_is_excused_is_in_the_catalogue_and_produced_by_no_test() -> None:
    assert set(NOT_YET) <= set(CODES)
    assert not set(NOT_YET) & _claimed()


@cache
def _claimed() -> frozenset[str]:
    """The codes that tests claim to see: in an assertion, in `refused(…)`, or in a table of cases."""
    return frozenset(
        code
        for file in sorted(Path(__file__).parent.rglob("test_*.py"))
        if file.name not in _ASIDE
        for text in _texts_of_claims(ast.parse(file.read_text(encoding="utf-8")))
        for code in CODE.findall(text)
    )


def _texts_of_claims(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if _is_a_claim(node):
            yield from (
                inner.value
                for inner in ast.walk(node)
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
            )


def _is_a_claim(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return name in {"refused", "raises", "parametrize"}
    return False
