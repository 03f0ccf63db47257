"""When something has been still for so long that somebody must look: one rule for 工作台 and `canbao doctor`."""

from __future__ import annotations

MESSAGE_SECONDS = 3600
"""A message that nobody has refused is sent within this, however many are before it (deploy/alerts.yml has it too)."""
AWAY_SECONDS = 300
"""The same where its server was away when it was last asked: that may be a restart, or a password that is wrong."""


def message_waits_too_long(seconds: float, *, away: bool) -> bool:
    """Whether the oldest message for a server has waited too long. `away`: it took nothing when it was last asked."""
    return seconds > (AWAY_SECONDS if away else MESSAGE_SECONDS)


def beat_is_silent(seconds: float | None, period_seconds: float) -> bool:
    """Whether beat has stopped, which ticks each `period_seconds`. `seconds`: since its last tick; None: it never did.

    Its first tick comes a period after the start, and one may get lost with the broker.
    """
    return seconds is None or seconds > 3 * period_seconds + 10
