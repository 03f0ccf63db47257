"""The jobs of the calendar, in the order of DOMAIN 13. Those due at the same moment are begun in this order."""

from __future__ import annotations

from collections.abc import Mapping

from models.actions.calendar.code_purge import CODE_PURGE
from models.actions.calendar.coverage_expiry import COVERAGE_EXPIRY
from models.actions.calendar.name_exchange import NAME_EXCHANGE
from models.actions.calendar.payment_due_reminder import PAYMENT_DUE_REMINDER
from models.actions.calendar.payment_expiry import PAYMENT_EXPIRY
from models.actions.calendar.reconcile import RECONCILE
from models.actions.calendar.retention import RETENTION
from models.actions.calendar.review_waiting import REVIEW_WAITING
from models.actions.calendar.scheduled import Scheduled
from models.actions.calendar.unconfirmed_expiry import UNCONFIRMED_EXPIRY
from models.actions.calendar.unfinished_reminder import UNFINISHED_REMINDER
from models.actions.calendar.window_close import WINDOW_CLOSE
from models.actions.calendar.window_closing_reminder import WINDOW_CLOSING_REMINDER
from models.actions.calendar.window_open import WINDOW_OPEN

SCHEDULE: tuple[Scheduled, ...] = (
    WINDOW_CLOSE,
    WINDOW_OPEN,
    PAYMENT_DUE_REMINDER,
    PAYMENT_EXPIRY,
    WINDOW_CLOSING_REMINDER,
    UNFINISHED_REMINDER,
    UNCONFIRMED_EXPIRY,
    COVERAGE_EXPIRY,
    CODE_PURGE,
    NAME_EXCHANGE,
    RETENTION,
    RECONCILE,
    REVIEW_WAITING,
)

BY_KIND: Mapping[str, Scheduled] = {scheduled.kind: scheduled for scheduled in SCHEDULE}
