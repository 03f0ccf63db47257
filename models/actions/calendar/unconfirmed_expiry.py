"""J07 unconfirmed_expiry: instant premiums that nobody confirmed (T22).

Daily at a quarter past midnight.
"""

from datetime import time

from models.actions.calendar.expiring import expiring
from models.rules.lifecycle import BatchAction

UNCONFIRMED_EXPIRY = expiring(
    "J07", "calendar.unconfirmed_expiry", "逾期未确认保费失效", (BatchAction.EXPIRE_UNCONFIRMED,), time(0, 15)
)
