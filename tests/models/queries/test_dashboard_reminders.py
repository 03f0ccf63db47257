"""Reminders that were sent: by code and day, and the notices behind each figure."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.clock import SHANGHAI
from models.queries.dashboard_reminders import NoticesPage, notices_sent, sent_by_day
from models.records.database import reading, writing
from models.records.notice import Telling, tell, tell_all
from models.rules.notices import REMINDERS
from models.rules.permissions import Role
from tests.records import BatchOf, a_batch_to_fill
from tests.vouchers import staff

TODAY = datetime(2020, 4, 20, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
DAYS = [TODAY - DAY, TODAY]


def reminded(batch: BatchOf, code: str, at: datetime, *, with_batch: bool = True) -> None:
    with writing() as session:
        values = {"batch": batch.batch_no, "days": 3, "status": "清册待校验"}
        where = batch.batch_id if with_batch else None
        tell(session, batch.viewer.account_id, code, f"{code} {at}", at=at, batch_id=where, **values)


def sent(code: str = "") -> NoticesPage:
    with reading() as session:
        return notices_sent(session, [code] if code else REMINDERS, TODAY - DAY, TODAY + DAY)


def test_reminders_are_counted_on_their_day_in_shanghai(database: str) -> None:
    batch = a_batch_to_fill()
    for at in (TODAY - DAY - timedelta(seconds=1), TODAY - DAY, TODAY - timedelta(seconds=1), TODAY, TODAY + DAY):
        reminded(batch, "NTF-07", at)
    with reading() as session:
        found = sent_by_day(session, DAYS, TODAY + DAY)
    assert found["NTF-07"] == [2, 1]
    assert found["NTF-03"] == [0, 0]


def test_the_list_holds_what_was_counted_the_latest_first(database: str) -> None:
    batch = a_batch_to_fill()
    for at in (TODAY - DAY - timedelta(seconds=1), TODAY - DAY, TODAY):
        reminded(batch, "NTF-07", at)
    assert [one.notice.created_at for one in sent().notices] == [TODAY, TODAY - DAY]
    assert sent().total == 2
    assert sent("NTF-03").total == 0


def test_each_tells_the_unit_that_got_it(database: str) -> None:
    batch = a_batch_to_fill()
    reminded(batch, "NTF-07", TODAY, with_batch=False)
    assert [(one.unit, one.batch_no) for one in sent().notices] == [("上海第0088D2号机械有限公司", "")]


def test_of_staff_their_name_is_told(database: str) -> None:
    reviewer = staff(Role.REVIEWER, TODAY)
    with writing() as session:
        tell(session, reviewer.account_id, "NTF-14", "today", at=TODAY, n=2, time="x")
    assert [one.unit for one in sent("NTF-14").notices] == [Role.REVIEWER.text]


def test_what_came_too_late_to_be_sent_is_neither_counted_nor_listed(database: str) -> None:
    account = a_batch_to_fill().viewer.account_id
    told = [Telling(account, "NTF-07", day, {"batch": "x", "days": 3, "status": "x"}) for day in ("long ago", "now")]
    with writing() as session:
        tell_all(session, told[:1], at=TODAY, moment=TODAY - 2 * DAY)
        tell_all(session, told[1:], at=TODAY)
    with reading() as session:
        assert sent_by_day(session, DAYS, TODAY + DAY)["NTF-07"] == [0, 1]
    assert ([one.notice.occasion for one in sent().notices], sent().total) == (["now"], 1)
