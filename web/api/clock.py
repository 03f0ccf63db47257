"""The business clock of a demonstration, moved by an administrator."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Response
from pydantic import AwareDatetime, Field

from config.settings import settings
from models.actions.move_clock import move_clock
from models.records.business_clock import business_now
from models.records.database import writing
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring_calendar
from web.access import asks
from web.api.calls import Family, answer
from web.api.fields import Asked, Moment, Shape
from web.api.incoming import body, wrong
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("clock", "演示时钟")


class ClockShape(Shape):
    """What the business clock shows."""

    now: Moment = Field(title="业务时间")


class ClockAsked(Asked):
    """Where the clock is moved to."""

    now: Annotated[AwareDatetime, Field(title="业务时间", examples=["2020-05-11T16:59:00+08:00"])]


@family.put("/clock", "调整业务时间（仅演示环境）", {200: ClockShape}, body=ClockAsked, refuses=("BAT-005",))
@asks(Action.OVERRIDE)
def set_clock() -> Response:
    """Windows and deadlines follow at once. There is no such address in production."""
    if not settings().demonstration:
        raise Refused("BAT-005")
    to: datetime = body(ClockAsked).now
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            move_clock(records, to, viewer())
            now = business_now(records)
        ring_calendar()
    except Refused as refused:
        if refused.code == "SYS-003":  # as for any other field that is wrong
            raise wrong("now", refused.code, "业务时间") from None
        raise
    return answer(ClockShape(now=now))
