"""J04 payment_expiry: no voucher by the cut-off, or none again after a rejection (T23, T24).

Daily at ten past midnight.
"""

from datetime import time

from models.actions.calendar.expiring import expiring
from models.rules.lifecycle import BatchAction

PAYMENT_EXPIRY = expiring(
    "J04",
    "calendar.payment_expiry",
    "逾期未缴费失效",
    (BatchAction.EXPIRE_UNPAID, BatchAction.EXPIRE_REJECTED),
    time(0, 10),
)
