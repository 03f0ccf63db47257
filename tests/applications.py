"""参保编码申请 as it is filled in, and applications that tests start from."""

from __future__ import annotations

from datetime import datetime

from models.actions.apply_for_code import Filled, apply_for_code, edit_application
from models.actions.sms_code import Purpose, send_sms_code
from models.records.code_application import CodeApplication
from models.records.database import writing
from models.records.sms_code import SmsCode
from models.records.viewer import Viewer
from models.rules.attachment import Attachment, FileKind
from models.rules.form_fields import FormRefused
from tests.sms import latest_sms_code

TYPED = {
    "unit_name": "上海豆角仪器有限公司",
    "district_union": "机电",
    "uscc": "91350100M000100Y43",
    "nature": "国有",
    "contact": "丁一",
    "address": "上海市黄浦区豆角路2号",
    "phone": "14200000011",
    "postcode": "200002",
    "email": "ding@unit.example",
    "principal": "",
    "headcount": "200",
    "principal_phone": "",
}
"""Every field filled in rightly; the optional two are empty."""
LICENCE = Attachment("营业执照.jpg", FileKind.JPEG, b"\xff\xd8\xff a licence")


def code_sent(viewer: Viewer, now: datetime, phone: str = TYPED["phone"]) -> str:
    """A code to the contact's phone, as if the last one had been asked for long ago."""
    with writing() as session:
        session.query(SmsCode).delete()
        send_sms_code(session, viewer, phone, Purpose.CODE_APPLICATION, now=now)
    return latest_sms_code()


def applied(viewer: Viewer, now: datetime, *, files: tuple[Attachment, ...] = (LICENCE,), **changes: str) -> int:
    """An application that was taken; its id."""
    typed = TYPED | changes
    code = code_sent(viewer, now, typed["phone"])
    with writing() as session:
        done = apply_for_code(session, viewer, Filled(typed, code, files), now)
        assert isinstance(done, CodeApplication), done
        return done.id


def edited(viewer: Viewer, application_id: int, filled: Filled, now: datetime) -> dict[str, str]:
    """Change one and submit it again; the codes of what was wrong, by field."""
    with writing() as session:
        done = edit_application(session, viewer, application_id, filled, now)
    return {name: no.code for name, no in done.problems.items()} if isinstance(done, FormRefused) else {}
