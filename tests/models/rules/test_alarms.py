"""When messages and beat have been still for too long."""

from __future__ import annotations

import pytest

from models.rules.alarms import AWAY_SECONDS, MESSAGE_SECONDS, beat_is_silent, message_waits_too_long


@pytest.mark.parametrize(("away", "limit"), [(False, MESSAGE_SECONDS), (True, AWAY_SECONDS)])
def test_a_message_may_wait_for_an_hour_and_for_five_minutes_where_its_server_is_away(away: bool, limit: int) -> None:
    assert limit == (300 if away else 3600)
    assert not message_waits_too_long(limit, away=away)
    assert message_waits_too_long(limit + 1, away=away)


@pytest.mark.parametrize(("seconds", "silent"), [(None, True), (0.0, False), (100.0, False), (100.1, True)])
def test_beat_is_silent_after_three_periods_and_a_little(seconds: float | None, silent: bool) -> None:
    assert beat_is_silent(seconds, 30) is silent
