"""J12 as a task."""

from __future__ import annotations

from models.actions.move_clock import move_clock
from models.queries.renames import code_to_rename
from models.records.database import reading, writing
from models.rules.permissions import Role
from tasks import queues
from tasks.app import app
from tasks.name_exchange import exchange
from tests.records import a_batch_to_fill
from tests.renames import CODE, NEW, NIGHT, registered, staff


def name_now() -> str:
    with reading() as session:
        return code_to_rename(session, CODE).unit.name


def test_the_task_exchanges_what_was_registered_before_the_business_clock(database: str) -> None:
    a_batch_to_fill(CODE)
    registered(staff(Role.SERVICE_DESK))
    with writing() as session:
        move_clock(session, NIGHT)
    exchange()
    assert name_now() == NEW
    exchange()
    assert name_now() == NEW


def test_beat_rings_for_it_each_night_in_a_queue_that_is_served() -> None:
    assert "tasks.name_exchange" in app.conf.include
    rung = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    schedule = rung["calendar.exchange_names"]
    assert (schedule.hour, schedule.minute, app.conf.timezone) == ({2}, {30}, "Asia/Shanghai")
    routed = app.amqp.router.route({}, "calendar.exchange_names")["queue"]
    assert routed.name == queues.CALENDAR
