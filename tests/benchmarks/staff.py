"""工作台 and its lists over a city's year, as the server's time."""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config.settings import settings
from models.actions.keep_accounts import add_account
from models.records.database import forget_connections, is_postgresql, reading, writing
from models.records.unit import Unit
from models.rules.permissions import Role
from tasks.demonstration import BEGINS_AT
from tests.benchmarks.city import City, fill
from tests.benchmarks.imports import database_servers
from tests.benchmarks.stopwatch import Took, time_once

ANEW = "whole page, counted anew"
PAGES: Mapping[str, str] = {
    ANEW: "/dashboard",
    "whole page": "/dashboard",
    "polled part": "/dashboard/live",
    "unfinished units": "/units/unfinished",
    "unfinished units, last page": "/units/unfinished?page={last_units}",
    "unfinished units of a union": "/units/unfinished?union={union}",
    "unfinished units, part of a name": "/units/unfinished?search=蚕豆",
    "unfinished units, one stage": "/units/unfinished?stage=awaiting_payment",
    "unfinished units as a workbook": "/units/unfinished/export",
    "jobs": "/jobs",
    "jobs, last page": "/jobs?page={last_jobs}",
    "jobs that failed": "/jobs?state=failed",
    "jobs of a kind": "/jobs?kind=roster.submit",
    "jobs of today": "/jobs?today=1",
    "money due": "/dashboard/due",
    "money due, enrolled": "/dashboard/due?state=enrolled",
    "money received": "/dashboard/received",
    "money to refund": "/dashboard/refunds",
    "reminders": "/dashboard/reminders",
    "reminders of a code": "/dashboard/reminders?code=NTF-03",
}
"""What is measured -> its address. What is counted once a minute is counted anew in the first alone."""

_EMAIL = "staff.bench@union.example"


def staff(city: City, runs: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Fill the database that the settings name and read every page: seconds, median, p95 and processor time of each."""
    say(f"Making {city.units:,} units, {city.people:,} people and {city.jobs:,} jobs …")
    with writing() as session:
        _, password = add_account(session, _EMAIL, Role.REVIEWER, now=BEGINS_AT, name="统计")
        fill(session, city)
    _settle()
    web, browser = _signed_in(password)
    servers = database_servers()
    with reading() as session:
        union = session.scalars(select(Unit.district_union).where(Unit.district_union != "").limit(1)).first()
    values = {"union": union, "last_units": max(city.units // 40, 1), "last_jobs": max(city.jobs // 20, 1)}
    pages = {}
    for name, address in PAGES.items():
        read = partial(_read, web, browser, address.format(**values), anew=name == ANEW)
        read()
        pages[name] = _told([time_once(read, servers) for _ in range(runs)])
    return {"units": city.units, "people": city.people, "jobs": city.jobs, "pages": pages}


def _read(web: Flask, browser: FlaskClient, address: str, *, anew: bool) -> None:
    if anew:
        web.extensions.pop("canbao.workbench", None)
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer.get_data()


def _told(took: Sequence[Took]) -> dict[str, float]:
    walls = sorted(one.wall for one in took)
    return {
        "median": round(statistics.median(walls), 4),
        "p95": round(walls[min(len(walls) - 1, round(len(walls) * 0.95))], 4),
        "cpu": round(statistics.median(one.cpu for one in took), 4),
    }


def _signed_in(password: str) -> tuple[Flask, FlaskClient]:
    from web.app import create_app

    web = create_app()
    web.config["WTF_CSRF_ENABLED"] = False
    browser = web.test_client()
    answer = browser.post("/log-in", data={"email": _EMAIL, "password": password})
    assert answer.status_code == 303
    return web, browser


def _settle() -> None:
    """As `register.settle`, for every table."""
    with writing() as session:
        url, postgresql = session.connection().engine.url, is_postgresql(session)
    forget_connections()
    if postgresql:
        schema = settings().database_schema
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        path = f"-c search_path={schema}" if schema else ""
        with psycopg.connect(address, autocommit=True, options=path) as server:
            server.execute("VACUUM ANALYZE")
    else:
        with closing(sqlite3.connect(str(url.database))) as file:
            file.execute("ANALYZE")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
