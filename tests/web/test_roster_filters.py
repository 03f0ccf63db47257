"""The roster's filters in addresses: a number is sealed, for one account, one batch and one hour."""

from __future__ import annotations

import time

import pytest

from models.queries.roster import RosterFilters
from models.records.viewer import Viewer
from models.rules.permissions import Role
from web.roster_filters import in_words, sealed, unsealed
from web.sealed_query import SEALED_SECONDS

LI, ZHOU = Viewer(1, Role.HANDLER, "li@unit.example"), Viewer(2, Role.HANDLER, "zhou@unit.example")
BATCH = "SZSH202004200001"
ASKED = RosterFilters(name="王", id_no="110101199003079091", si_unit_code="31018801", over_age=False)


def test_sealed_filters_open_for_who_asked() -> None:
    assert unsealed(LI, BATCH, sealed(LI, BATCH, ASKED)) == ASKED


def test_they_open_for_nobody_else() -> None:
    assert unsealed(ZHOU, BATCH, sealed(LI, BATCH, ASKED)) is None


def test_they_open_for_no_other_batch() -> None:
    assert unsealed(LI, "SZSH202004200002", sealed(LI, BATCH, ASKED)) is None


def test_they_open_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    token, now = sealed(LI, BATCH, ASKED), time.time()
    monkeypatch.setattr(time, "time", lambda: now + SEALED_SECONDS - 2)
    assert unsealed(LI, BATCH, token) == ASKED
    monkeypatch.setattr(time, "time", lambda: now + SEALED_SECONDS + 2)
    assert unsealed(LI, BATCH, token) is None


def test_a_changed_token_does_not_open() -> None:
    token = sealed(LI, BATCH, ASKED)
    assert unsealed(LI, BATCH, token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]) is None


@pytest.mark.parametrize("token", ["", "A", "AAAA", "____", "王", "A" * 200])
def test_nonsense_does_not_open(token: str) -> None:
    assert unsealed(LI, BATCH, token) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("11010", "证件号（请输入全号或前 6 位）"),
        ("1101*****9091", "证件号（请输入全号或前 6 位）"),
        ("11010119", "证件号（身份证号码可输入前 6 至 17 位，护照请输入全号或前 6 位）"),
        ("110101199003079091", "证件号"),
    ],
)
def test_the_number_itself_is_never_repeated_in_words(typed: str, words: str) -> None:
    assert in_words(RosterFilters(id_no=typed)) == words
