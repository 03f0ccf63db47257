"""A message as an e-mail: plain text, in a form that every mail server takes."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from config.letters import Letter, notice_letter
from config.messages import text
from config.settings import settings
from models.actions.deliver_messages import Parcel


def written(parcel: Parcel, sender: str) -> bytes:
    """The whole letter with its header. Its Message-ID is the same whenever it is sent, so that readers see one."""
    subject, body = _letter_of(parcel)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = parcel.recipient
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    domain = parseaddr(sender)[1].rpartition("@")[2]
    mail["Message-ID"] = f"<{parcel.message_id}.{parcel.created_at.timestamp():.0f}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # nobody's absence note answers it
    mail.set_content(body, cte="base64")
    return mail.as_bytes()


def _letter_of(parcel: Parcel) -> Letter:
    if not parcel.code:
        return Letter(parcel.subject, parcel.body)
    link = settings().public_url.rstrip("/")
    if link:
        link += f"/batches/{parcel.batch_no}" if parcel.batch_no else "/notices"
    return notice_letter(parcel.code, text(parcel.code, **parcel.values), link=link, hotline=settings().hotline)
