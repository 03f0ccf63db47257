"""From the first visit to the certificate, central and instant, without leaving the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from config.clock import SHANGHAI
from models.records.database import writing
from models.rules.permissions import Role
from tests.browser.conftest import Site, on_one_database, with_password
from tests.browser.journey import EMAIL, Journey
from tests.builders import a_person, resident_id
from tests.imports import typed
from tests.people import a_passport
from tests.records import IN_THE_CENTRAL_WINDOW, open_window
from tests.vouchers import staff
from tests.web.clock import at
from tests.workbooks import Value

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

AUTUMN = datetime(2020, 10, 12, 9, 0, tzinfo=SHANGHAI)
OLD = a_person(name="老丙", id_no=resident_id(date(1955, 3, 7)), birth=date(1955, 3, 7))
EVERYTHING = ("A0", "B0", "C0", "A3", "B3", "C3")


def roster() -> list[tuple[Value, ...]]:
    """The handbook's payment picture: seven with social insurance, one without; and one whose number is wrong."""
    people = [a_person(name=name, id_no=resident_id(sequence=n)) for n, name in enumerate("甲乙丁戊己庚", start=1)]
    wrong = ("辛", "身份证", "11010119900307909X", "", "", "", "是")
    return [typed(OLD), *map(typed, people), typed(a_passport()), wrong]


@pytest.fixture
def unit(site: Site, chromium: Browser, tmp_path: Path) -> Iterator[Journey]:
    """The clerk's browser."""
    yield from _browser(site, chromium, tmp_path, "central")


@pytest.fixture
def association(site: Site, chromium: Browser, tmp_path: Path) -> Iterator[Journey]:
    """The reviewer's browser."""
    yield from _browser(site, chromium, tmp_path, "association")


def _browser(site: Site, chromium: Browser, folder: Path, name: str) -> Iterator[Journey]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(30_000)
    yield Journey(context.new_page(), site, folder, name)
    context.close()


@on_one_database
def test_a_new_unit_comes_to_its_certificates_in_central_and_then_in_instant_enrolment(
    site: Site, unit: Journey, association: Journey
) -> None:
    with writing() as session:
        open_window(session, IN_THE_CENTRAL_WINDOW)
    reviewer = with_password(staff(Role.REVIEWER, IN_THE_CENTRAL_WINDOW))
    site.start_worker()

    unit.register()
    unit.apply_for_a_code()
    association.log_in(reviewer)
    code = association.approve_the_code()

    batch_no = unit.open_batch("集中参保")
    unit.upload(roster())
    unit.submit_roster(batch_no, promise_for=OLD.name)
    unit.choose_projects(batch_no, *EVERYTHING)
    assert "9,450.00" in unit.page.locator("main").inner_text()
    unit.pay(batch_no, "9450.00", {"上海豆角仪器有限公司": "9000", "上海豆角仪器有限公司工会": "450"})
    association.approve_the_voucher()
    certificate = unit.certificate(batch_no)
    assert code in certificate
    assert "2020年4月1日零时至2021年3月31日24时" in certificate
    assert "8 人（社保 7，非社保 1）" in certificate
    assert "9,450.00 元" in certificate

    at(AUTUMN)
    unit = replace(unit, name="instant")
    later = unit.open_batch("即时参保")
    unit.upload([typed(a_person(name="壬", id_no=resident_id(sequence=30)))])
    unit.submit_roster(later)
    unit.choose_projects(later)
    unit.pay(later, "597.50", {"上海豆角仪器有限公司": "597.50"})
    association.approve_the_voucher()
    certificate = unit.certificate(later)
    assert "2020年10月13日零时至2021年3月31日24时" in certificate
    assert "597.50 元" in certificate
    assert EMAIL not in certificate
