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


GATEWAY = {
    "CANBAO_SMS_PROVIDER": "tencent",
    "CANBAO_SMS_SECRET_ID": "id-of-the-key",
    "CANBAO_SMS_SECRET_KEY": "secret-of-the-key",
    "CANBAO_SMS_APP_ID": "1400000001",
    "CANBAO_SMS_SIGN": "职工互助保障",
    "CANBAO_SMS_TEMPLATES": '{"sms_code": "1000001", "NTF-03": "1000003", "NTF-06": "1000006"}',
}
"""Settings of a deployment with a gateway."""
