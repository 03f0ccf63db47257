"""smtplib with one deadline for many answers: its own time-outs begin anew with each byte that a server says."""

from __future__ import annotations

import io
import smtplib
import socket
import time
from typing import Any


class Deadline:
    """Until when whatever is asked now must be answered."""

    def __init__(self) -> None:
        self._until, self._silence = 0.0, 0.0

    def begin(self, seconds: float, silence: float) -> None:
        """From now on all answers together may take `seconds`, and the server may be silent for so long at a time."""
        self._until, self._silence = time.monotonic() + seconds, silence

    @property
    def is_over(self) -> bool:
        """Whether nothing is waited for any more."""
        return time.monotonic() >= self._until

    def patience(self) -> float:
        """How long to wait for the next bytes. TimeoutError: no longer."""
        if self.is_over:
            raise TimeoutError("the deadline is over")
        return max(min(self._silence, self._until - time.monotonic()), 0.001)  # 0 would be: not at all


class PunctualSmtp(smtplib.SMTP):
    """A connection that keeps a deadline, also while it is made."""

    def __init__(self, deadline: Deadline, host: str, port: int, **options: Any) -> None:
        self._deadline = deadline
        super().__init__(host, port, timeout=deadline.patience(), **options)

    def send(self, s: Any) -> None:
        """As smtplib has it."""
        if self.sock is not None:
            self.sock.settimeout(self._deadline.patience())
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """As smtplib has it, which reads from `file`."""
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Answers(self.sock, self._deadline))
        return super().getreply()


class PunctualSmtpSsl(PunctualSmtp, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""


class _Answers(io.RawIOBase):
    """What the server says."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.patience())
        return self._sock.recv_into(buffer)
