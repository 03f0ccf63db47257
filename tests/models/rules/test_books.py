"""What agrees, and what does not: batch by batch, voucher by voucher (DOMAIN 9.2, 11.5, 13: J14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.rules import books
from models.rules.books import (
    BatchCharges,
    BatchClaims,
    Disagreement,
    RegisterAge,
    VoucherSums,
    Wrong,
    added_up,
)
from models.rules.lifecycle import CLAIMING, TOOK_PART, BatchState

NO = "SZSH202004200001"
PAID = BatchCharges(NO, BatchState.ENROLLED, 36_000, 2, 2, 36_000)
UNPRICED = BatchCharges(NO, BatchState.ROSTER_SUBMITTED, None, 2, 0, 0)
CLAIMED = BatchClaims(NO, BatchState.ENROLLED, 2, 0, 2)
DRAFT = BatchClaims(NO, BatchState.ROSTER_DRAFT, 2, 0, 0)


def wrong(line: books.Line) -> list[tuple[Wrong, int, int]]:
    return [(each.wrong, each.expected, each.found) for each in line.disagreements()]


@pytest.mark.parametrize("line", [PAID, UNPRICED, CLAIMED, DRAFT, VoucherSums(1, NO, 9450, 9450)])
def test_what_agrees_is_not_named(line: books.Line) -> None:
    assert wrong(line) == []


def test_a_total_that_is_not_what_the_people_pay_is_named_with_both() -> None:
    assert wrong(replace(PAID, charges_fen=35_999)) == [(Wrong.SUM, 36_000, 35_999)]


def test_somebody_without_a_charge_is_counted_even_where_the_sum_is_right() -> None:
    assert wrong(replace(PAID, people=3)) == [(Wrong.UNCHARGED, 3, 2)]


@pytest.mark.parametrize("state", sorted(TOOK_PART))
def test_a_batch_that_is_to_be_paid_has_a_total(state: BatchState) -> None:
    assert wrong(replace(PAID, state=state, total_fen=None)) == [(Wrong.NO_TOTAL, 36_000, 0)]


@pytest.mark.parametrize("state", sorted(set(BatchState) - TOOK_PART))
def test_before_a_total_nobody_is_charged(state: BatchState) -> None:
    assert wrong(replace(UNPRICED, state=state, charged=1, charges_fen=18_000)) == [(Wrong.CHARGED_EARLY, 0, 1)]


def test_an_expired_batch_whose_people_are_erased_keeps_its_total_which_is_not_compared() -> None:
    erased = BatchCharges(NO, BatchState.EXPIRED, 36_000, 0, 0, 0)
    assert (wrong(erased), erased.expected) == ([], 0)


def test_while_they_are_kept_it_is() -> None:
    assert wrong(BatchCharges(NO, BatchState.EXPIRED, 36_000, 2, 2, 18_000)) == [(Wrong.SUM, 36_000, 18_000)]


def test_an_enrolled_batch_that_has_lost_everybody_is_named() -> None:
    assert wrong(replace(PAID, people=0, charged=0, charges_fen=0)) == [(Wrong.SUM, 36_000, 0)]


@pytest.mark.parametrize("state", sorted(CLAIMING))
def test_a_person_without_a_claim_is_named(state: BatchState) -> None:
    assert wrong(BatchClaims(NO, state, 2, 1, 1)) == [(Wrong.UNCLAIMED, 2, 1)]


@pytest.mark.parametrize("state", sorted(CLAIMING))
def test_a_claim_too_many_is_named(state: BatchState) -> None:
    assert wrong(BatchClaims(NO, state, 2, 0, 3)) == [(Wrong.STRAY_CLAIMS, 2, 3)]


def test_a_claim_for_somebody_else_is_both() -> None:
    expected = [(Wrong.UNCLAIMED, 2, 1), (Wrong.STRAY_CLAIMS, 1, 2)]
    assert wrong(BatchClaims(NO, BatchState.ENROLLED, 2, 1, 2)) == expected


@pytest.mark.parametrize("state", sorted(set(BatchState) - CLAIMING))
def test_in_a_state_without_claims_any_claim_is_named(state: BatchState) -> None:
    assert wrong(BatchClaims(NO, state, 2, 0, 1)) == [(Wrong.STRAY_CLAIMS, 0, 1)]


def test_receipts_that_are_a_fen_short_are_named_with_their_voucher() -> None:
    [found] = VoucherSums(7, NO, 945_000, 944_999).disagreements()
    assert found == Disagreement(Wrong.RECEIPTS, 945_000, 944_999, batch_no=NO, voucher_id=7)


@pytest.mark.parametrize(
    ("days", "is_old"), [pytest.param(60, False, id="60 days"), pytest.param(61, True, id="61 days")]
)
def test_the_register_may_be_60_days_old(days: int, is_old: bool) -> None:
    today = date(2020, 5, 1)
    expected = [(Wrong.REGISTER_OLD, 60, days)] if is_old else []
    assert wrong(RegisterAge(today - timedelta(days=days), today)) == expected


def test_a_disagreement_is_read_as_it_was_stored() -> None:
    for each in (Disagreement(Wrong.SUM, 2, 1, batch_no=NO), Disagreement(Wrong.RECEIPTS, 2, 0, NO, 0)):
        assert Disagreement.from_data(each.as_data()) == each


def test_all_are_added_and_counted_and_the_first_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "NAMED", 2)

    def lines() -> Iterator[books.Line]:
        yield PAID
        for number in range(3):
            yield replace(PAID, batch_no=f"SZSH{number}", charges_fen=1)

    figure = added_up(lines())
    assert (figure.compared, figure.expected, figure.found, figure.disagreeing) == (4, 144_000, 36_003, 3)
    assert [each.batch_no for each in figure.named] == ["SZSH0", "SZSH1"]
