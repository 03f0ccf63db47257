"""What phones were sent."""

from __future__ import annotations

import re

from sqlalchemy import select

from models.records.database import reading
from models.records.notice import OutgoingMessage


def latest_sms_code() -> str:
    """The code in the latest SMS of the outbox."""
    with reading() as session:
        bodies = select(OutgoingMessage.body).where(OutgoingMessage.channel == "sms")
        body = session.scalars(bodies.order_by(OutgoingMessage.id.desc())).first()
    found = re.search(r"\d{6}", body or "")
    assert found, "no code was sent"
    return found[0]
