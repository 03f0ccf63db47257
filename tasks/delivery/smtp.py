"""The client of a mail server, over one connection for many letters."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from config.settings import SMTP_PORTS
from config.stop_points import stop_for_tests
from models.actions.deliver_messages import Parcel
from tasks.delivery.carrier import AwayError, HungUpError, RefusedError, UnansweredError
from tasks.delivery.letter import written
from tasks.delivery.punctual import Deadline, PunctualSmtp, PunctualSmtpSsl

ANSWER_SECONDS = 10.0
"""How long the server may be silent, but before its last answer."""
OFFER_SECONDS = 60.0
"""How long all that goes before the text of a letter may take together, from the greeting on, also if it is silent
never for long.
"""
LAST_ANSWER_SECONDS = 60.0
"""How long it may take to say that it has taken a letter: many look for spam first."""

_GOOD_BYE = 421
"""The server closes the connection, whatever was asked."""


class MailServer:
    """A mail server. Up to its answer 354 everything can be asked again; what is asked after that, once.

    Once it has taken the sender it is there, so that whatever goes wrong with the recipient is this letter's own.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._url, self._sender = urlsplit(url), sender
        self._address = parseaddr(sender)[1]
        self._connection: PunctualSmtp | None = None
        self._used = False
        self._deadline = Deadline()

    def send(self, parcel: Parcel, ready: Callable[[], None]) -> None:
        """Send one letter. RefusedError (or HungUpError), AwayError, UnansweredError as `Carrier` says."""
        content = written(parcel, self._address if "<" not in self._sender else self._sender)
        used = self._used
        self._deadline.begin(OFFER_SECONDS, ANSWER_SECONDS)
        try:
            connection = self._ask(parcel.recipient)
        except (AwayError, HungUpError):
            if not used or self._deadline.is_over:
                raise
            # Servers end a connection after so many letters: it is no sign that they are away, or of this letter.
            connection = self._ask(parcel.recipient)
        stop_for_tests("message_before_mark")
        try:
            ready()
        except BaseException:
            self.close()  # the server waits for a text that will not come
            raise
        stop_for_tests("message_marked")
        self._hand_over(connection, content)

    def close(self) -> None:
        """Say good-bye, without waiting for an answer."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._used = None, False

    def _ask(self, recipient: str) -> PunctualSmtp:
        """Up to the point where the server waits for the text. AwayError, RefusedError, HungUpError."""
        if not recipient.isascii():
            raise RefusedError("RCPT non-ascii")
        connection = self._begin_letter()
        try:
            code, _ = connection.rcpt(recipient)
            if code not in {250, 251}:
                raise _refused("RCPT", code)
            code, _ = connection.docmd("DATA")
            if code != 354:
                raise _refused("DATA", code)
        except HungUpError:
            self.close()
            raise
        except RefusedError:
            self._begin_anew()
            raise
        except OSError as failure:  # as are all of smtplib's
            self.close()
            raise HungUpError(_word(failure)) from failure
        except BaseException:
            self.close()
            raise
        return connection

    def _begin_letter(self) -> PunctualSmtp:
        """Up to the point where the server has taken the sender. AwayError."""
        try:
            connection = self._connected()
            code, _ = connection.mail(self._address)
        except OSError as failure:
            self.close()
            raise AwayError(_word(failure)) from failure
        except BaseException:
            self.close()
            raise
        if code != 250:
            self.close()
            raise AwayError(f"MAIL {code}")  # it is the sender that it does not want
        return connection

    def _hand_over(self, connection: PunctualSmtp, content: bytes) -> None:
        try:
            self._deadline.begin(LAST_ANSWER_SECONDS, LAST_ANSWER_SECONDS)
            connection.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            stop_for_tests("message_given")
            code, _ = connection.getreply()
        except OSError as failure:
            self.close()
            raise UnansweredError(_word(failure)) from failure
        if not 200 <= code < 300:
            self.close()
            raise RefusedError(f"DATA {code}")
        self._used = True

    def _connected(self) -> PunctualSmtp:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> PunctualSmtp:
        url = self._url
        host, port, own_name = str(url.hostname), url.port or SMTP_PORTS[url.scheme], self._address.rpartition("@")[2]
        trusted = ssl.create_default_context()
        if url.scheme == "smtps":
            connection: PunctualSmtp = PunctualSmtpSsl(
                self._deadline, host, port, local_hostname=own_name, context=trusted
            )
        else:
            connection = PunctualSmtp(self._deadline, host, port, local_hostname=own_name)
        try:
            if url.scheme == "smtp+starttls":
                connection.starttls(context=trusted)
            connection.ehlo_or_helo_if_needed()
            if url.username:
                connection.login(unquote(url.username), unquote(url.password or ""))
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin_anew(self) -> None:
        """The server forgets the letter that it has refused, or the connection is closed."""
        if self._connection is None:
            return
        try:
            code, _ = self._connection.rset()
            if code != 250:
                self.close()
            else:
                self._used = True
        except OSError:
            self.close()


def _refused(command: str, code: int) -> RefusedError:
    word = f"{command} {code}"
    return HungUpError(word) if code == _GOOD_BYE else RefusedError(word)


def _word(failure: OSError) -> str:
    """What went wrong: a type and perhaps a number, never what the server said."""
    if isinstance(failure, smtplib.SMTPServerDisconnected) and isinstance(failure.__context__, TimeoutError):
        failure = failure.__context__  # which smtplib calls so too
    number = failure.smtp_code if isinstance(failure, smtplib.SMTPResponseException) else ""
    return f"{type(failure).__name__} {number}".strip()
