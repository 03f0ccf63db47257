"""From one year to the next by an administrator's pages (J09): offered, copied, checked, published, and enrolled in."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from config.clock import SHANGHAI
from models.records.database import reading
from models.records.job import Job
from models.records.plan_year import PlanYearRecord
from models.rules.permissions import Role
from tasks.suggested_roster import suggest
from tests.imports import roster_of, the_batch
from tests.premiums import confirmed, priced
from tests.records import BatchOf
from tests.scheduled import calendar_at
from tests.vouchers import ONE_PERSON_FEN, Paying, approve, drafted, staff, submit, with_receipts
from tests.web.checks import submitted
from tests.web.clock import at
from tests.web.conftest import Browser, Town, imported, text_of
from tests.web.premiums import batch_of
from tests.workbooks import some_people

SIXTY_DAYS_BEFORE = datetime(2021, 1, 30, 9, tzinfo=SHANGHAI)
NEW_WINDOW = datetime(2021, 4, 1, 0, 0, tzinfo=SHANGHAI)
PEOPLE = 3


@pytest.fixture
def enrolled(li: Browser, town: Town) -> BatchOf:
    """李小满's unit has enrolled three people in 2020."""
    batch_no = li.open_batch(town.li.code)
    imported(li, batch_no, [(*row[:-1], "是") for row in some_people(PEOPLE)])
    submitted(li, batch_no)
    batch = batch_of(town.li, batch_no)
    confirmed(batch, priced(batch).token)
    paying = Paying(batch, drafted(batch), staff(Role.REVIEWER, batch.now), staff(Role.ADMIN, batch.now))
    with_receipts(paying, [PEOPLE * ONE_PERSON_FEN])
    submit(paying)
    approve(paying)
    return batch


def test_the_next_year_is_offered_from_sixty_days_before_the_end_of_cover(admin: Browser, town: Town) -> None:
    at(SIXTY_DAYS_BEFORE.replace(day=29))
    assert "建立 2021 保障年度" not in text_of(admin.get("/desk/plans"))
    at(SIXTY_DAYS_BEFORE)
    assert "2020 保障年度将于 2021-03-31 期满，2021 保障年度还没有建立。" in text_of(admin.get("/desk/plans"))


def test_what_is_offered_is_a_draft_and_nothing_is_published_by_it(admin: Browser, town: Town) -> None:
    at(SIXTY_DAYS_BEFORE)
    answer = admin.post("/desk/plans/2020/copy", "/desk/plans")
    assert answer.status_code == 303
    with reading() as session:
        assert session.get_one(PlanYearRecord, "2021").published_at is None
    assert "建立 2021 保障年度" not in text_of(admin.get("/desk/plans"))


def test_people_of_the_old_year_are_suggested_once_the_new_window_opens(
    admin: Browser, li: Browser, town: Town, enrolled: BatchOf
) -> None:
    at(SIXTY_DAYS_BEFORE)
    admin.post("/desk/plans/2020/copy", "/desk/plans")
    fingerprint = _fingerprint(admin)
    admin.post("/desk/plans/2021/publish", "/desk/plans/2021/publish", confirmed="1", fingerprint=fingerprint)
    with reading() as session:
        assert session.get_one(PlanYearRecord, "2021").published_at is not None
    calendar_at(SIXTY_DAYS_BEFORE)
    calendar_at(NEW_WINDOW)
    assert "2021年度集中参保已开始，办理时间2021-04-01 00:00至2021-05-11 17:00。" in text_of(li.get("/notices"))
    batch_no = li.open_batch(town.li.code)
    assert batch_no.startswith("SZSH20210401")
    copied = li.post(f"/batches/{batch_no}/suggested-roster", f"/batches/{batch_no}/roster")
    assert copied.status_code == 303
    _work_on_the_last_job()
    batch = batch_of(town.li, batch_no, NEW_WINDOW)
    assert (the_batch(batch).plan_year, len(roster_of(batch))) == ("2021", PEOPLE)


def _work_on_the_last_job() -> None:
    with reading() as session:
        job_id = session.scalars(select(Job.id).order_by(Job.id.desc())).first()
    assert job_id is not None
    suggest(job_id)


def _fingerprint(admin: Browser) -> str:
    found = re.search(r'name="fingerprint" value="([^"]+)"', admin.get("/desk/plans/2021/publish").text)
    assert found is not None
    return found[1]
