"""What carries a message out of the house, and the ways in which that may not go well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from config.settings import settings
from models.actions.deliver_messages import Parcel
from models.rules.notices import Channel


class RefusedError(Exception):
    """The other side said no to this message; others may be taken. Its text is the reason in a word."""


class HungUpError(RefusedError):
    """The other side took others' but ended the call over this message, or said nothing to it: that is a no."""


class AwayError(Exception):
    """The other side can't be used now; nothing was taken. Its text is the reason in a word."""


class UnansweredError(Exception):
    """The message was given over and not answered: nobody knows. Its text is the reason in a word."""


class Carrier(Protocol):
    """The client of a mail server or of an SMS gateway."""

    def send(self, parcel: Parcel, ready: Callable[[], None]) -> None:
        """Send one message. Whatever it raises but UnansweredError, the message was not taken.

        `ready` is called once, as late as can be: when it returns, nobody else ever sends this message.
        """

    def close(self) -> None:
        """Nothing more is to be sent."""


def carrier_for(channel: Channel) -> Carrier | None:
    """The one that this deployment has; None: none."""
    given = settings()
    if channel is Channel.EMAIL and given.sends_email:
        from tasks.delivery.smtp import MailServer

        return MailServer(given.smtp_url.get_secret_value(), given.mail_from)
    if channel is Channel.SMS and given.sms_provider == "tencent":
        from tasks.delivery.tencent import TencentSms

        return TencentSms(
            given.sms_secret_id.get_secret_value(),
            given.sms_secret_key.get_secret_value(),
            app_id=given.sms_app_id,
            sign=given.sms_sign,
            region=given.sms_region,
            templates=given.sms_templates,
        )
    return None
