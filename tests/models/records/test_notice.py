"""Many accounts are told at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from config.clock import SHANGHAI
from models.records.database import reading, writing
from models.records.notice import Notice, Telling, tell_all
from models.rules.permissions import Role
from tests.told import VALUES
from tests.vouchers import staff

NOW = datetime(2020, 4, 20, 9, 0, tzinfo=SHANGHAI)


def tellings(occasions: range) -> list[Telling]:
    account = staff(Role.REVIEWER, NOW).account_id
    return [Telling(account, "NTF-14", str(occasion), VALUES["NTF-14"]) for occasion in occasions]


def told(what: list[Telling], moment: datetime | None = None) -> int:
    with writing() as session:
        return tell_all(session, what, at=NOW, moment=moment)


def notices() -> list[Notice]:
    with reading() as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def test_only_new_notices_are_counted(database: str) -> None:
    many = tellings(range(2_500))
    assert [told(many[:1_500]), told(many), told(many)] == [1_500, 1_000, 0]
    assert len(notices()) == len(many)


def test_what_is_told_twice_at_once_is_one_notice(database: str) -> None:
    [telling] = tellings(range(1))
    assert (told([telling, telling]), len(notices())) == (1, 1)


def test_nobody_to_tell_is_nothing_done(database: str) -> None:
    assert told([]) == 0


def test_until_when_it_calls_is_kept_with_it(database: str) -> None:
    one, other = tellings(range(2))
    told([one._replace(until=NOW + timedelta(hours=1)), other])
    assert [notice.until for notice in notices()] == [NOW + timedelta(hours=1), None]


def test_what_is_long_over_stands_only_on_the_page(database: str) -> None:
    now, over = tellings(range(2))
    told([now])
    assert told([over], moment=NOW - timedelta(days=2)) == 1
    assert [(one.only_on_page, one.passed_on, one.read_at) for one in notices()] == [
        (False, False, None),
        (True, True, NOW),
    ]
