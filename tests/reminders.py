"""What the calendar reminds of, and units of the year before, for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from config.clock import SHANGHAI
from models.actions.keep_accounts import disable_account
from models.actions.keep_plans import load_plan, publish_plan
from models.records.account import Account
from models.records.database import reading, writing
from models.records.notice import Notice
from models.records.plan_year import PlanYearRecord
from models.records.viewer import Viewer
from models.rules.next_year import a_year_later
from tests.builders import a_person
from tests.historical import on_an_earlier_roster
from tests.records import IN_THE_CENTRAL_WINDOW, a_clerk


def at(month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0, *, year: int = 2020) -> datetime:
    """A moment in Shanghai."""
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


def notices(code: str) -> list[Notice]:
    """Every notice of this code, in the order in which they were given."""
    with reading() as session:
        return list(session.scalars(select(Notice).where(Notice.code == code).order_by(Notice.id)))


def days_told(code: str, about: str = "") -> list[str]:
    """The days for which somebody was told, month and day; `about` narrows it to a batch or a code."""
    return [notice.occasion[-5:] for notice in notices(code) if about in notice.occasion]


def values_told(code: str) -> list[dict[str, Any]]:
    return [notice.values for notice in notices(code)]


def accounts_told(code: str) -> list[int]:
    return sorted(notice.account_id for notice in notices(code))


def on_last_years_roster(code: str, year: str = "2019") -> None:
    """Somebody stands on the code's roster of that year."""
    on_an_earlier_roster(a_person(), code=code, year=year)


def a_former_unit(code: str) -> Viewer:
    """A clerk whose unit took part in the year before, and has no batch yet."""
    with writing() as session:
        viewer = a_clerk(session, code)
    on_last_years_roster(code)
    return viewer


def disabled(viewer: Viewer) -> None:
    with writing() as session:
        disable_account(session, session.get_one(Account, viewer.account_id), IN_THE_CENTRAL_WINDOW)


def the_year_after() -> None:
    """2021 is published: 2020 with all dates a year later."""
    with writing() as session:
        data = a_year_later(session.get_one(PlanYearRecord, "2020").data)
        load_plan(session, data, IN_THE_CENTRAL_WINDOW)
        publish_plan(session, "2021", IN_THE_CENTRAL_WINDOW)
