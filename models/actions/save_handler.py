"""经办人填报 (DOMAIN 12.5): saved with a code by SMS whenever the phone is new or was never confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.actions.sms_code import Purpose, use_sms_code
from models.records.account import Account, HandlerProfile
from models.records.audit import record_act
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.handler_profile import CODE_LABEL, read_profile
from models.rules.permissions import Action
from models.rules.refusal import Refused


def save_handler(
    session: Session, viewer: Viewer, typed: Mapping[str, str], sms_code: str, now: datetime
) -> FormRefused | None:
    """None: the profile is saved, and if a code was needed, its phone is confirmed by it.

    Raises FormRefused for fields that are wrong. What is wrong with the code alone is a value, in the field `sms_code`:
    a wrong try must stay counted (SMS-004…006). SMS-008: the number was changed and no code was fetched for it.
    """
    permit(viewer, Action.WRITE_HANDLER_PROFILE)
    account = session.scalars(select(Account).where(Account.id == viewer.account_id).with_for_update()).one()
    profile = session.get(HandlerProfile, viewer.account_id)
    confirmed = profile.phone if profile and profile.phone_verified_at else ""
    values = read_profile(typed, confirmed_phone=confirmed)
    phone = str(values["phone"])
    if phone != confirmed:
        no = _code_refused(session, viewer, phone, sms_code, changed=bool(confirmed))
        if no is not None:
            return FormRefused({"sms_code": no})
    if profile is None:
        profile = HandlerProfile(account_id=viewer.account_id, **values)
        session.add(profile)
        before: dict[str, str | int] = {}
    else:
        before = {name: getattr(profile, name) for name in values}
        for name, value in values.items():
            setattr(profile, name, value)
    if phone != confirmed:
        profile.phone_verified_at = now
    profile.updated_at = now
    account.name = profile.name
    record_act(
        session,
        viewer,
        now,
        "save_handler",
        before={name: was for name, was in before.items() if was != values[name]},
        after={name: value for name, value in values.items() if before.get(name) != value},
    )
    return None


def _code_refused(session: Session, viewer: Viewer, phone: str, typed: str, *, changed: bool) -> Refused | None:
    if typed.strip():
        return use_sms_code(session, viewer, phone, Purpose.HANDLER_PROFILE, typed)
    return Refused("SMS-008") if changed else Refused("SYS-002", field=CODE_LABEL)
