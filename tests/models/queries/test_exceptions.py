"""特殊事项 as lists and forms ask for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.clock import local_text
from models.queries.exceptions import (
    ExceptionFilters,
    extensions_of,
    find_code,
    find_exception,
    list_exceptions,
)
from models.records.database import reading
from models.records.viewer import Viewer
from models.rules.exceptions import ExceptionKind
from models.rules.permissions import Role
from tests.exceptions import an_account, granted, proposed, special_channel
from tests.imports import another_batch
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import BatchOf, a_batch_to_fill
from tests.refusals import refused
from tests.statements import statements
from tests.vouchers import staff

LATER = NOW + timedelta(days=1)
EXEMPT = {"plan_year": "2020", "ratio_exempt": "1"}
KIND = ExceptionKind.SPECIAL_CHANNEL
SUN = {"name": "孙大寒", "phone": "13800000002", "email": "sun@unit.example"}


@pytest.fixture
def batch(database: str) -> BatchOf:
    return a_batch_to_fill()


@pytest.fixture
def reviewer(batch: BatchOf) -> Viewer:
    return staff(Role.REVIEWER, NOW)


def listed(viewer: Viewer, page: int = 1, size: int = 20, **filters: str) -> list[int]:
    with reading() as session:
        return [one.id for one in list_exceptions(session, viewer, ExceptionFilters(**filters), page, size).proposals]


def test_what_waits_comes_oldest_first_and_everything_latest_first(reviewer: Viewer) -> None:
    second = proposed(LATER, ExceptionKind.CHANGE_HANDLER, **SUN)
    first = proposed(NOW, KIND, **EXEMPT)
    done = granted(NOW, ExceptionKind.TRANSFER_BINDING, account_email=an_account(NOW).email)
    assert listed(reviewer, state="open") == [first, second]
    assert listed(reviewer) == [done, first, second]


def test_it_is_narrowed_by_kind_state_and_code(batch: BatchOf, reviewer: Viewer) -> None:
    another_batch(batch.viewer, "0088D4", now=NOW)
    mine, other = proposed(NOW, KIND, **EXEMPT), proposed(NOW, KIND, code="0088D4", **EXEMPT)
    change = granted(NOW, ExceptionKind.CHANGE_HANDLER, **SUN)
    assert listed(reviewer, kind="change_handler") == [change]
    assert listed(reviewer, state="granted") == [change]
    assert listed(reviewer, code=" 0088d4 ") == [other]
    assert listed(reviewer, code="9999ZZ") == []
    assert listed(reviewer, 2, 1, state="open") == [other]
    assert listed(reviewer, state="open", code="0088D2") == [mine]


def test_a_list_takes_two_statements_whatever_its_length(batch: BatchOf, reviewer: Viewer) -> None:
    for code in ("0088D4", "0088D5"):
        another_batch(batch.viewer, code, now=NOW)
        proposed(NOW, KIND, code=code, **EXEMPT)
    with reading() as session, statements() as asked:
        page = list_exceptions(session, reviewer, ExceptionFilters())
        assert [one.code and one.code.unit.name and one.proposer.email for one in page.proposals]
    assert (page.total, len(asked)) == (2, 2)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SERVICE_DESK, Role.SUPERIOR_UNION, Role.TECH_SUPPORT])
def test_nobody_outside_reads_them(batch: BatchOf, role: Role) -> None:
    viewer, made = Viewer(batch.viewer.account_id, role), proposed(NOW, KIND, **EXEMPT)
    with reading() as session:
        for ask in (
            lambda: list_exceptions(session, viewer, ExceptionFilters()),
            lambda: find_exception(session, viewer, made),
            lambda: find_code(session, viewer, "0088D2"),
        ):
            with refused("AUTH-006"):
                ask()


def test_there_is_none_of_that_number(reviewer: Viewer) -> None:
    with reading() as session, refused("BAT-005"):
        find_exception(session, reviewer, 99_999)


def test_a_code_is_found_by_itself_and_by_a_batch(batch: BatchOf, reviewer: Viewer) -> None:
    special_channel(NOW, exempt=True)
    with reading() as session:
        for text in (" 0088d2 ", batch.batch_no.lower()):
            seen = find_code(session, reviewer, text)
            assert seen is not None
            assert seen.account is not None
            assert seen.profile is not None
            assert (seen.code.code, seen.account.id, seen.profile.name, seen.verified) == (
                "0088D2", batch.viewer.account_id, "李小满", True,
            )  # fmt: skip
            assert [(grant.plan_year, grant.ratio_exempt) for grant in seen.grants] == [("2020", True)]
            assert [one.batch_no for one in seen.batches] == [batch.batch_no]
        assert find_code(session, reviewer, "9999ZZ") is None


def test_an_accounts_extensions_are_the_latest_of_its_codes_by_year(batch: BatchOf) -> None:
    another_batch(batch.viewer, "0088D4", now=NOW)
    special_channel(NOW, until="2020-05-20T17:00")
    special_channel(NOW, until="2020-05-25T17:00", code="0088D4")
    stranger = an_account(NOW)
    with reading() as session:
        mine = extensions_of(session, batch.viewer.account_id)
        assert {year: local_text(until) for year, until in mine.items()} == {"2020": "2020-05-25 17:00"}
        assert extensions_of(session, stranger.account_id) == {}
