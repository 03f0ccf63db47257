"""J01 window_close: what was not confirmed in the central window, or not submitted in the instant one (T21, T22)."""

from models.actions.calendar.expiring import expiring
from models.rules.lifecycle import BatchAction

WINDOW_CLOSE = expiring(
    "J01", "calendar.window_close", "办理窗口截止", (BatchAction.EXPIRE_CENTRAL, BatchAction.EXPIRE_INSTANT)
)
