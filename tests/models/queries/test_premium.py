"""保费详情: what each person takes and pays, before and after the confirmation (DOMAIN 5.3)."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from config.clock import SHANGHAI
from config.plans import plan_data
from models.actions.export_premium import PremiumExport, open_premium_export
from models.actions.withdraw_batch import withdraw_batch
from models.queries.premium import (
    PersonCharge,
    PremiumSeen,
    charges_after,
    charges_page,
    every_charge,
    find_premium,
    premium_of,
)
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.plan_year import PlanYearRecord
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.plan import EnrolmentType
from tasks.workbook.premium_workbook import premium_workbook_stream
from tests.people import audited
from tests.premiums import BASICS, a_batch_in, confirmed, priced, submitted_with, took_part
from tests.records import BatchOf, a_batch_to_fill
from tests.refusals import refused
from tests.statements import statements

IN_NOVEMBER = datetime(2020, 11, 11, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch with three people of 职保 and two outside, its roster submitted."""
    return submitted_with(a_batch_to_fill(), 3, 2)


def seen_of(batch: BatchOf) -> PremiumSeen:
    with reading() as session:
        return find_premium(session, batch.viewer, batch.batch_no)[1]


def every_line(batch: BatchOf, *, chunk: int = 1000) -> list[PersonCharge]:
    with reading() as session:
        return list(every_charge(session, find_premium(session, batch.viewer, batch.batch_no)[1], chunk=chunk))


def told(charge: PersonCharge) -> tuple[object, ...]:
    line = charge.premium
    return (" ".join(line.projects), line.price_fen, line.discount_fen, line.ratio_percent, line.charge_fen)


def test_before_the_confirmation_everybody_is_told_what_the_preview_would_charge(batch: BatchOf) -> None:
    preview = priced(batch, [*BASICS, "A1"])
    with_si, without = ("A0 B0 C0 A1", 32500, 1000, 100, 31500), ("B0 C0 A1", 20500, 0, 100, 20500)
    lines = every_line(batch)
    assert [told(line) for line in lines] == [with_si] * 3 + [without] * 2
    assert sum(line.premium.charge_fen for line in lines) == preview.total_fen
    assert seen_of(batch).confirmed is False


def test_at_half_price_list_price_and_discount_stay_those_of_a_year(database: str) -> None:
    half = submitted_with(a_batch_in(plan_data("2020"), IN_NOVEMBER, EnrolmentType.INSTANT), 1)
    priced(half)
    assert [told(line) for line in every_line(half)] == [("A0 B0 C0", 19000, 1000, 50, 9000)]


def test_after_the_confirmation_what_was_frozen_is_told(batch: BatchOf) -> None:
    took_part(batch)
    with writing() as session:
        last = session.query(BatchPerson).filter_by(batch_id=batch.batch_id).order_by(BatchPerson.id.desc()).first()
        assert last is not None
        last.charge_fen = 4321
    assert [line.premium.charge_fen for line in every_line(batch)] == [18000, 18000, 18000, 7000, 4321]
    assert seen_of(batch).confirmed is True


def test_a_confirmed_premium_outlives_changes_of_the_plan_year(batch: BatchOf) -> None:
    took_part(batch)
    with writing() as session:
        session.get_one(PlanYearRecord, "2020").loaded_at = batch.now
    assert seen_of(batch).preview.total_fen == 3 * 18000 + 2 * 7000


def test_pages_by_cursor_follow_one_another_and_know_of_the_next(batch: BatchOf) -> None:
    priced(batch)
    everybody = [line.person.id for line in every_line(batch)]
    with reading() as session:
        seen = find_premium(session, batch.viewer, batch.batch_no)[1]
        first = charges_after(session, seen, after=None, limit=2)
        second = charges_after(session, seen, after=everybody[1], limit=3)
    assert [line.person.id for line in first] == everybody[:3]
    assert [line.person.id for line in second] == everybody[2:]


def test_numbered_pages_are_those_of_the_roster(batch: BatchOf) -> None:
    priced(batch)
    everybody = [line.person.id for line in every_line(batch)]
    with reading() as session:
        seen = find_premium(session, batch.viewer, batch.batch_no)[1]
        pages = [charges_page(session, seen, page, 2) for page in (1, 2, 3, 4)]
    assert [[line.person.id for line in page] for page in pages] == [everybody[:2], everybody[2:4], everybody[4:], []]


@pytest.mark.parametrize("chunk", [1, 2, 5, 6])
def test_everybody_is_told_once_whatever_is_read_at_a_time(batch: BatchOf, chunk: int) -> None:
    priced(batch)
    assert [line.person.name for line in every_line(batch, chunk=chunk)] == ["第零", "第一", "第二", "第三", "第四"]


def test_people_of_other_rosters_are_not_told(batch: BatchOf) -> None:
    submitted_with(a_batch_to_fill("3019BJ"), 2, first=50)
    priced(batch)
    assert len(every_line(batch)) == 5


def test_a_page_takes_one_statement(batch: BatchOf) -> None:
    priced(batch)
    with reading() as session:
        seen = find_premium(session, batch.viewer, batch.batch_no)[1]
        with statements() as asked:
            charges_page(session, seen, 1, 20)
            charges_after(session, seen, after=None, limit=20)
    assert len(asked) == 2


def test_a_submitted_roster_without_a_preview_is_to_be_priced_first(batch: BatchOf) -> None:
    with refused("FEE-001"):
        seen_of(batch)


def test_a_preview_of_another_plan_year_is_not_shown(batch: BatchOf) -> None:
    priced(batch)
    with writing() as session:
        session.get_one(PlanYearRecord, "2020").loaded_at = batch.now
    with refused("FEE-001"):
        seen_of(batch)


def test_a_draft_has_no_premium(database: str) -> None:
    with refused("BAT-002", status="清册待校验", action="保费详情"):
        seen_of(a_batch_to_fill())


def test_a_preview_that_can_no_longer_be_confirmed_is_not_shown(batch: BatchOf) -> None:
    priced(batch)
    with writing() as session:
        session.get_one(Batch, batch.batch_id).state = BatchState.EXPIRED
    with reading() as session:
        assert premium_of(session, session.get_one(Batch, batch.batch_id)) is None


def test_a_batch_that_expired_unpaid_still_tells_what_was_due(batch: BatchOf) -> None:
    took_part(batch)
    with writing() as session:
        session.get_one(Batch, batch.batch_id).state = BatchState.EXPIRED
    assert seen_of(batch).confirmed is True


def test_another_accounts_premium_does_not_exist(batch: BatchOf) -> None:
    priced(batch)
    stranger = a_batch_to_fill("3019BJ").viewer
    with refused("BAT-005"), reading() as session:
        find_premium(session, stranger, batch.batch_no)


# 导出


def export_of(batch: BatchOf) -> PremiumExport:
    with writing() as session:
        return open_premium_export(session, batch.viewer, batch.batch_no, batch.now)


def rows_of(content: bytes) -> list[tuple[object, ...]]:
    return list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def test_the_workbook_holds_full_numbers_and_amounts_that_add_up(batch: BatchOf) -> None:
    preview = priced(batch, ["C0", "B1"])
    heading, *rows = rows_of(b"".join(premium_workbook_stream(export_of(batch))))
    assert heading[:2] == ("姓名", "证件号码")
    assert rows[0] == ("第零", "310000199001010010", "身份证", "是", "C0 B1", 115, 0, "100%", 115)
    assert sum(Decimal(str(row[-1])) for row in rows) * 100 == preview.total_fen


def test_amounts_of_fen_are_written_with_both_digits(database: str) -> None:
    half = submitted_with(a_batch_in(plan_data("2020"), IN_NOVEMBER, EnrolmentType.INSTANT), 1)
    priced(half, ["C0"])
    content = b"".join(premium_workbook_stream(export_of(half)))
    cell = load_workbook(io.BytesIO(content)).worksheets[0]["I2"]
    assert (cell.value, cell.number_format) == (7.5, "#,##0.00")


def test_whoever_takes_the_workbook_is_written_down(batch: BatchOf) -> None:
    confirmed(batch, priced(batch).token)
    export_of(batch)
    entry = audited("export_premium")[0]
    assert (entry.account_id, entry.batch_id) == (batch.viewer.account_id, batch.batch_id)
    assert entry.details == {"people": 5, "total_fen": 3 * 18000 + 2 * 7000, "confirmed": True}


def test_a_preview_that_is_withdrawn_meanwhile_is_still_written_to_its_end(batch: BatchOf) -> None:
    took_part(batch)
    stream = premium_workbook_stream(export_of(batch))
    begun = next(stream)
    with writing() as session:
        withdraw_batch(session, batch.viewer, batch.batch_no, BatchAction.WITHDRAW_TO_PROJECTS, "选错", batch.now)
    assert [row[-1] for row in rows_of(begun + b"".join(stream))[1:]] == [180, 180, 180, 70, 70]


def test_without_a_premium_nothing_is_exported_or_written_down(batch: BatchOf) -> None:
    with refused("FEE-001"):
        export_of(batch)
    assert audited("export_premium") == []
