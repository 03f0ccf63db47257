"""Through a plan year that is only data: 2024, whose central window ends before its cover begins (DOMAIN 16).

The town has enrolled in 2020; the year is loaded and published by the commands, and no code knows of it.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from config.clock import SHANGHAI
from config.plans import FOLDER
from models.actions.move_clock import move_clock
from models.queries.vouchers import voucher_seen
from models.records.database import reading, writing
from models.records.reference import SiUnit
from models.records.roster_import import RosterImport
from models.records.voucher import Voucher
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.voucher import VoucherState
from tests.imports import the_batch
from tests.premiums import charges_of, confirmed, priced, submitted_with
from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.records import BatchOf
from tests.vouchers import Paying, approve, drafted, staff, submit, with_receipts
from tests.web.checks import checked, headcount, insured, submitted
from tests.web.commands.told import tell
from tests.web.conftest import Browser, Town, imported, text_of
from tests.web.premiums import batch_of
from tests.workbooks import some_people

__all__ = ["quick_passwords", "silent_doorbell"]

SI_CODE = "31018801"
TEN_PEOPLE = 10
WHOLE_YEAR_FEN, HALF_YEAR_FEN = 18_000, 9_000
"""A0, B0 and C0 of one person with social insurance."""


def at(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(hour=hour)


def people(count: int, first: int = 0) -> list[tuple[str, ...]]:
    """Rows of people with social insurance."""
    return [(*row[:-1], "是") for row in some_people(count, first)]


def clock_shows(now: datetime) -> None:
    with writing() as records:
        move_clock(records, now)


@pytest.fixture(autouse=True)
def year(town: Town, tmp_path: Path) -> None:
    """The year's file, loaded and published by the commands."""
    file = tmp_path / "another.toml"
    file.write_bytes((FOLDER / "2024.toml").read_bytes())
    assert tell("plan", "load", str(file), "--json").data == {"year": "2024", "state": "draft"}
    assert tell("plan", "publish", "2024", "--json").data == {"year": "2024", "state": "published"}


@pytest.fixture
def central(li: Browser, town: Town) -> str:
    """A central batch of a unit of ten, nine of whom are on the roster; it is 10 June, before the year of cover."""
    clock_shows(at("2024-06-10"))
    batch_no = li.open_batch(town.li.code)
    rows = people(TEN_PEOPLE)
    for row in rows:
        insured(row, SI_CODE)
    headcount(SI_CODE, TEN_PEOPLE)
    imported(li, batch_no, rows[1:])
    return batch_no


@pytest.fixture
def confirmed_batch(li: Browser, town: Town, central: str) -> BatchOf:
    """All ten are submitted, and the premium is confirmed."""
    imported(li, central, people(1))
    submitted(li, central)
    batch = batch_of(town.li, central, at("2024-06-10"))
    confirmed(batch, priced(batch).token)
    return batch


@pytest.fixture
def enrolled(confirmed_batch: BatchOf) -> BatchOf:
    """Paid for and approved."""
    paying = Paying(
        confirmed_batch,
        drafted(confirmed_batch),
        staff(Role.REVIEWER, confirmed_batch.now),
        staff(Role.ADMIN, confirmed_batch.now),
    )
    with_receipts(paying, [TEN_PEOPLE * WHOLE_YEAR_FEN])
    submit(paying)
    approve(paying)
    with reading() as records:
        seen = voucher_seen(records, records.get_one(Voucher, paying.voucher_id))
    assert seen.voucher.state == VoucherState.APPROVED
    return confirmed_batch


def test_before_the_window_opens_nobody_begins(li: Browser, town: Town) -> None:
    clock_shows(at("2024-05-31", 23))
    li.post("/batches/open/central", "/batches/open/central", code=town.li.code)
    answer = li.post("/batches/open/central", code=town.li.code, confirmed="1")
    assert "集中参保尚未开始，办理时间为2024-06-01 00:00至2024-06-30 17:00。" in text_of(answer)


def test_a_central_batch_is_begun_before_its_year_of_cover(li: Browser, central: str) -> None:
    page = text_of(li.get("/batches"))
    assert "参保年度为2024年7月1日至2025年6月30日。" in page
    assert central.startswith("SZSH20240610")
    assert central in page


def test_a_unit_of_ten_fails_with_nine(li: Browser, central: str) -> None:
    page = text_of(checked(li, central, "ratio"))
    assert f"单位社保编码{SI_CODE}参保比例为9/10（90.00%），低于100%，至少需参保10人。" in page


def test_a_unit_of_ten_passes_with_all_of_them(li: Browser, central: str) -> None:
    imported(li, central, people(1))
    assert "校验通过，可以提交" in text_of(checked(li, central))


def test_a_unit_of_eleven_passes_with_nine(li: Browser, central: str) -> None:
    with writing() as records:
        records.get_one(SiUnit, SI_CODE).in_service_total = 11
    assert "校验通过，可以提交" in text_of(checked(li, central))


def test_ages_are_judged_on_the_first_day_of_cover(li: Browser, central: str) -> None:
    assert "起保日 2024-07-01（年龄按此日计算）" in text_of(checked(li, central))


def test_central_cover_and_premium_are_those_of_a_whole_year(confirmed_batch: BatchOf) -> None:
    batch = the_batch(confirmed_batch)
    assert (batch.coverage_start, batch.coverage_end) == (date(2024, 7, 1), date(2025, 6, 30))
    assert (batch.half_price, batch.total_fen) == (False, TEN_PEOPLE * WHOLE_YEAR_FEN)
    assert charges_of(confirmed_batch) == [WHOLE_YEAR_FEN] * TEN_PEOPLE


def test_central_premiums_may_be_paid_until_the_year_s_own_day(confirmed_batch: BatchOf) -> None:
    batch = the_batch(confirmed_batch)
    assert (batch.payment_due_on, batch.payment_cutoff_on) == (date(2024, 7, 15), date(2024, 7, 15))


def test_the_certificate_shows_the_year_s_dates(li: Browser, enrolled: BatchOf) -> None:
    assert the_batch(enrolled).state == BatchState.ENROLLED
    page = text_of(li.get(f"/batches/{enrolled.batch_no}/certificate"))
    assert "保障期限 2024年7月1日零时至2025年6月30日24时" in page
    assert "参保类型 集中参保 保障年度 2024" in page
    assert "B0 特种重病 2024-07-01 无 2024-07-01 10" in page


@pytest.mark.parametrize(
    ("submitted_on", "covered_from", "charge"),
    [
        ("2024-07-01", date(2024, 7, 2), WHOLE_YEAR_FEN),
        ("2024-12-30", date(2024, 12, 31), WHOLE_YEAR_FEN),
        ("2024-12-31", date(2025, 1, 1), HALF_YEAR_FEN),
    ],
)
def test_instant_cover_is_halved_from_the_first_of_january(
    zhou: Browser, town: Town, submitted_on: str, covered_from: date, charge: int
) -> None:
    now = at(submitted_on)
    clock_shows(now)
    batch = batch_of(town.zhou, zhou.open_batch(town.zhou.code, EnrolmentType.INSTANT), now)
    submitted_with(batch, 1)
    preview = priced(batch)
    confirmed(batch, preview.token, ["PRJ-008", "PRJ-010"])
    stored = the_batch(batch)
    assert (stored.coverage_start, stored.half_price) == (covered_from, charge == HALF_YEAR_FEN)
    assert charges_of(batch) == [charge]


def test_instant_premiums_are_due_after_the_days_of_the_year(zhou: Browser, town: Town) -> None:
    now = at("2024-08-01")
    clock_shows(now)
    batch = batch_of(town.zhou, zhou.open_batch(town.zhou.code, EnrolmentType.INSTANT), now)
    submitted_with(batch, 1)
    confirmed(batch, priced(batch).token)
    stored = the_batch(batch)
    assert (stored.payment_due_on, stored.payment_cutoff_on) == (date(2024, 8, 16), date(2024, 8, 19))


def test_whoever_was_enrolled_centrally_is_refused_the_same_year(zhou: Browser, town: Town, enrolled: BatchOf) -> None:
    clock_shows(at("2024-08-01"))
    batch_no = zhou.open_batch(town.zhou.code, EnrolmentType.INSTANT)
    import_id = imported(zhou, batch_no, people(2, first=9))
    with reading() as records:
        counts = records.get_one(RosterImport, import_id).counts
    assert counts is not None
    assert (counts["occupied"], counts["added"]) == (1, 1)
