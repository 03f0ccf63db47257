"""参保编码申请 (DOMAIN 12.1, 12.2): made, and after a rejection changed and submitted again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.settings import settings
from models.actions.permit import permit
from models.actions.sms_code import Purpose, use_sms_code
from models.queries.code_applications import find_application, has_code
from models.queries.unions import open_unions
from models.records.audit import record_act
from models.records.code_application import CodeApplication, CodeApplicationFile
from models.records.viewer import Viewer
from models.rules.attachment import MAX_FILES, Attachment
from models.rules.code_application import ApplicationStatus, read_application, unit_key
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from models.rules.refusal import Refused

CODE_LABEL = "验证码"


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was filled in."""

    typed: Mapping[str, str]
    sms_code: str = ""
    files: Sequence[Attachment] = ()
    """Added to those that are there."""
    removed: Collection[int] = field(default=frozenset())
    """Numbers of files that are not to stay."""


def apply_for_code(session: Session, viewer: Viewer, filled: Filled, now: datetime) -> CodeApplication | FormRefused:
    """A new application, 申请中.

    Raises FormRefused for wrong fields, Refused APP-002 without a file, APP-009 one of the unit waits already, APP-010
    the unit has a code. What is wrong with the SMS code alone is a value: a wrong try must stay counted.
    """
    permit(viewer, Action.CREATE_CODE_APPLICATION)
    values = read_application(filled.typed, open_unions(session))
    if not filled.files:
        raise Refused("APP-002")
    _refuse_too_many(len(filled.files))
    no = _code_refused(session, viewer, str(values["phone"]), filled.sms_code, changed=False)
    if no is not None:
        return no
    application = CodeApplication(
        account_id=viewer.account_id,
        status=ApplicationStatus.PENDING,
        unit_key=unit_key(str(values["unit_name"])),
        submitted_at=now,
        updated_at=now,
        **values,
    )
    session.add(application)
    _submit(session, application)
    _add_files(session, application, filled.files)
    _write_down(session, viewer, "apply_for_code", application, now)
    return application


def edit_application(
    session: Session, viewer: Viewer, application_id: int, filled: Filled, now: datetime
) -> CodeApplication | FormRefused:
    """A rejected application, changed and submitted again. A code is needed only for another phone (SMS-008).

    Raises as `apply_for_code`; Refused BAT-005 another's, APP-011 it is not rejected.
    """
    application = application_to_edit(session, viewer, application_id)
    values = read_application(filled.typed, open_unions(session))
    kept = [file for file in application.files if file.number not in filled.removed]
    if not kept and not filled.files:
        raise Refused("APP-002")
    _refuse_too_many(len(kept) + len(filled.files))
    if values["phone"] != application.phone:
        no = _code_refused(session, viewer, str(values["phone"]), filled.sms_code, changed=True)
        if no is not None:
            return no
    for name, value in values.items():
        setattr(application, name, value)
    application.unit_key = unit_key(application.unit_name)
    application.status, application.reason = ApplicationStatus.PENDING, ""
    application.submitted_at = application.updated_at = now
    _submit(session, application)
    for file in list(application.files):
        if file.number in filled.removed:
            application.files.remove(file)
    _add_files(session, application, filled.files)
    _write_down(session, viewer, "edit_code_application", application, now)
    return application


def application_to_edit(session: Session, viewer: Viewer, application_id: int) -> CodeApplication:
    """An application of the viewer's own that was rejected. Refused BAT-005, APP-011."""
    application = find_application(session, viewer, application_id, Action.EDIT_CODE_APPLICATION)
    if application.status != ApplicationStatus.REJECTED:
        raise Refused("APP-011", status=ApplicationStatus(application.status).text)
    return application


def _submit(session: Session, application: CodeApplication) -> None:
    """Write it. The indexes decide who of two is first; an approval that came between is seen afterwards."""
    name, key, uscc = application.unit_name, application.unit_key, application.uscc
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as waits:
        raise Refused("APP-009") from waits
    if has_code(session, name, key, uscc):
        raise Refused("APP-010", hotline=settings().hotline)


def _add_files(session: Session, application: CodeApplication, files: Sequence[Attachment]) -> None:
    for file in files:
        application.files_numbered += 1
        application.files.append(CodeApplicationFile.of(application.id, application.files_numbered, file))
    session.flush()


def _refuse_too_many(files: int) -> None:
    if files > MAX_FILES:
        raise Refused("SYS-003", field="附件")


def _code_refused(session: Session, viewer: Viewer, phone: str, typed: str, *, changed: bool) -> FormRefused | None:
    if typed.strip():
        no = use_sms_code(session, viewer, phone, Purpose.CODE_APPLICATION, typed)
    else:
        no = Refused("SMS-008") if changed else Refused("SYS-002", field=CODE_LABEL)
    return FormRefused({"sms_code": no}) if no else None


def _write_down(session: Session, viewer: Viewer, action: str, application: CodeApplication, now: datetime) -> None:
    record_act(
        session,
        viewer,
        now,
        action,
        application=application.id,
        unit=application.unit_name,
        uscc=application.uscc,
        files=len(application.files),
    )
