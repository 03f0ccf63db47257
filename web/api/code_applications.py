"""参保编码申请: made by a unit, or at the counter for a visitor; decided by the association."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from flask import Response
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
from werkzeug.datastructures import FileStorage

from models.actions.apply_for_code import CODE_LABEL, Filled, application_to_edit, apply_for_code, edit_application
from models.actions.decide_application import approve_application, refuse_decided, reject_application
from models.queries.code_applications import (
    ApplicationFilters,
    application_file,
    applications_after,
    find_application,
)
from models.records.business_clock import business_now
from models.records.code_application import CodeApplication
from models.records.database import reading, writing
from models.rules.attachment import MAX_FILES, FileKind
from models.rules.code_application import LABELS, REASON_LENGTH, ApplicationStatus
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from web.access import asks
from web.api.calls import Family, address, answer
from web.api.cursors import after, cut
from web.api.fields import Asked, Listed, Moment, Shape, Text, id_in_address
from web.api.incoming import body, form_with_files, query
from web.attachment import attachment, received
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("code-applications", "参保编码申请")

_ANY_FILE = "*/*"
_SMS = ("SMS-001", "SMS-004", "SMS-005", "SMS-006", "SMS-008")
_TYPED = (*_SMS, "APP-002", "APP-003", "APP-004", "APP-005", "APP-006", "APP-007", "APP-008", "APP-009", "APP-010")
_Typed = Annotated[Text, Field(max_length=300)]
"""What is typed into a field; the form itself judges it."""


class ApplicationFile(Shape):
    """附件."""

    n: int = Field(title="序号")
    name: str = Field(title="附件名称")
    media_type: FileKind = Field(title="类型", description="图片一律重新编码为 JPEG")
    size: int = Field(title="字节数")


class CodeApplicationShape(Shape):
    """One application."""

    id: int = Field(title="编号")
    status: ApplicationStatus = Field(title="状态")
    status_text: str = Field(title="状态名称")
    enrolment_code: str | None = Field(title="参保编码", description="审核通过后才有")
    reason: str | None = Field(title="审核不通过的原因")
    unit_name: str = Field(title=LABELS["unit_name"])
    district_union: str = Field(title=LABELS["district_union"])
    uscc: str = Field(title=LABELS["uscc"])
    nature: str = Field(title=LABELS["nature"])
    contact: str = Field(title=LABELS["contact"])
    address: str = Field(title=LABELS["address"])
    phone: str = Field(title=LABELS["phone"])
    postcode: str = Field(title=LABELS["postcode"])
    email: str = Field(title=LABELS["email"])
    principal: str = Field(title=LABELS["principal"])
    headcount: int = Field(title=LABELS["headcount"])
    principal_phone: str = Field(title=LABELS["principal_phone"])
    files: list[ApplicationFile] = Field(title="附件")
    submitted_at: Moment = Field(title="提交时间")
    updated_at: Moment = Field(title="最后更新时间")


class CodeApplicationList(Shape):
    """A page of applications, the latest first."""

    items: list[CodeApplicationShape]
    next: str | None = Field(title="下一页的游标")


class CodeApplicationQuery(Listed):
    """Filters of the list."""

    unit_name: Annotated[Text, Field(max_length=100, title="单位名称")] = ""
    status: ApplicationStatus | None = Field(default=None, title="审批状态")


def _sent(files: list[FileStorage]) -> list[FileStorage]:
    return [file for file in files if file.filename]  # a field without a file is sent as one without a name


def _split(sent: object) -> object:
    return [part.strip() for part in sent.split(",") if part.strip()] if isinstance(sent, str) else sent


class CodeApplicationForm(Asked):
    """The form as it is filled in. A field that is not sent stays as it is, where an application is changed."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    unit_name: _Typed | None = Field(default=None, title=LABELS["unit_name"])
    district_union: _Typed | None = Field(default=None, title=LABELS["district_union"], examples=["机电"])
    uscc: _Typed | None = Field(default=None, title=LABELS["uscc"], description="选填")
    nature: _Typed | None = Field(default=None, title=LABELS["nature"], examples=["国有"])
    contact: _Typed | None = Field(default=None, title=LABELS["contact"])
    address: _Typed | None = Field(default=None, title=LABELS["address"])
    phone: _Typed | None = Field(default=None, title=LABELS["phone"])
    postcode: _Typed | None = Field(default=None, title=LABELS["postcode"])
    email: _Typed | None = Field(default=None, title=LABELS["email"])
    principal: _Typed | None = Field(default=None, title=LABELS["principal"], description="选填")
    headcount: _Typed | None = Field(default=None, title=LABELS["headcount"])
    principal_phone: _Typed | None = Field(default=None, title=LABELS["principal_phone"], description="选填")
    sms_code: _Typed = Field(
        default="",
        title=CODE_LABEL,
        description="由 POST /handler/sms-codes 或网页获取；修改时手机号码没有变化则不必填写",
    )
    file: Annotated[
        list[FileStorage],
        AfterValidator(_sent),
        WithJsonSchema({"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": MAX_FILES}),
    ] = Field(default=[], max_length=MAX_FILES, title="附件", description="JPG、PNG、PDF，可重复，每个不超过10MB")

    def typed(self, stored: Mapping[str, str]) -> dict[str, str]:
        """The fields as they are to be judged: what was sent, else what is stored."""
        sent = {name: getattr(self, name) for name in LABELS}
        return {**stored, **{name: value for name, value in sent.items() if value is not None}}


class CodeApplicationChanges(CodeApplicationForm):
    """Changes of a rejected application."""

    keep_files: Annotated[list[int] | None, BeforeValidator(_split)] = Field(
        default=None, title="保留的附件序号", description="不送出时：有新附件则全部取代，没有则全部保留"
    )


class Approval(Asked):
    """审核通过."""

    enrolment_code: Annotated[Text, Field(max_length=20, title="参保编码", description="不送出则由系统给出")] = ""


class Rejection(Asked):
    """审核不通过."""

    reason: Annotated[Text, Field(max_length=REASON_LENGTH, title="原因")] = ""


@family.get("/code-applications", "参保编码申请列表", {200: CodeApplicationList}, query=CodeApplicationQuery)
@asks(Action.READ_CODE_APPLICATION)
def list_code_applications() -> Response:
    """The account's own; for the association all of them."""
    asked = query(CodeApplicationQuery)
    filters = ApplicationFilters(asked.unit_name, asked.status or "")
    with reading() as records:
        found = applications_after(records, viewer(), filters, after(asked.cursor), asked.limit)
        page, following = cut(found, asked.limit, lambda one: (one.id,))
        return answer(CodeApplicationList(items=[_shape(one) for one in page], next=following))


@family.post(
    "/code-applications",
    "申请参保编码",
    {201: CodeApplicationShape},
    form=CodeApplicationForm,
    refuses=(*_TYPED, "SYS-001"),
)
@asks(Action.CREATE_CODE_APPLICATION)
def apply_for_one_code() -> Response:
    """申请中 from now on."""
    asked = form_with_files(CodeApplicationForm)
    filled = Filled(asked.typed({}), asked.sms_code, received(asked.file))
    with writing(REQUEST_WAIT_SECONDS) as records:
        shape = _done(apply_for_code(records, viewer(), filled, business_now(records)))
    return _told(shape, 201)


@family.get(
    "/code-applications/{application_id}", "一份参保编码申请", {200: CodeApplicationShape}, refuses=("BAT-005",)
)
@asks(Action.READ_CODE_APPLICATION)
def get_code_application(application_id: str) -> Response:
    """With the code, once it was approved."""
    with reading() as records:
        return answer(_shape(find_application(records, viewer(), id_in_address(application_id))))


@family.put(
    "/code-applications/{application_id}",
    "修改参保编码申请",
    {200: CodeApplicationShape},
    form=CodeApplicationChanges,
    refuses=("BAT-005", "APP-011", *_TYPED, "SYS-001"),
)
@asks(Action.EDIT_CODE_APPLICATION)
def edit_code_application(application_id: str) -> Response:
    """Only after a rejection; submitted again by that."""
    number = id_in_address(application_id)
    with reading() as records:
        application = application_to_edit(records, viewer(), number)
        stored = {name: str(getattr(application, name)) for name in LABELS}
        there = [file.number for file in application.files]
    asked = form_with_files(CodeApplicationChanges)
    kept = asked.keep_files if asked.keep_files is not None else [] if asked.file else there
    filled = Filled(asked.typed(stored), asked.sms_code, received(asked.file), set(there) - set(kept))
    with writing(REQUEST_WAIT_SECONDS) as records:
        shape = _done(edit_application(records, viewer(), number, filled, business_now(records)))
    return _told(shape)


@family.post(
    "/code-applications/{application_id}/approve",
    "审核通过参保编码申请",
    {200: CodeApplicationShape},
    body=Approval,
    refuses=("BAT-005", "BAT-002", "COD-003", "APP-013"),
)
@asks(Action.DECIDE_CODE_APPLICATION)
def approve_code_application(application_id: str) -> Response:
    """A code is issued and bound to the account that applied."""
    number = id_in_address(application_id)
    _refuse_decided(number)
    code = body(Approval).enrolment_code
    with writing(REQUEST_WAIT_SECONDS) as records:
        return answer(_shape(approve_application(records, viewer(), number, business_now(records), code=code)))


@family.post(
    "/code-applications/{application_id}/reject",
    "审核不通过参保编码申请",
    {200: CodeApplicationShape},
    body=Rejection,
    refuses=("BAT-005", "BAT-002", "APP-012"),
)
@asks(Action.DECIDE_CODE_APPLICATION)
def reject_code_application(application_id: str) -> Response:
    """With a reason that the unit reads."""
    number = id_in_address(application_id)
    _refuse_decided(number)
    reason = body(Rejection).reason
    with writing(REQUEST_WAIT_SECONDS) as records:
        return answer(_shape(reject_application(records, viewer(), number, reason, business_now(records))))


@family.get("/code-applications/{application_id}/files/{n}", "一份附件", {200: _ANY_FILE}, refuses=("BAT-005",))
@asks(Action.READ_CODE_APPLICATION)
def get_application_file(application_id: str, n: str) -> Response:
    """As it was stored: images are JPEGs."""
    with reading() as records:
        return attachment(application_file(records, viewer(), id_in_address(application_id), id_in_address(n)))


def _refuse_decided(application_id: int) -> None:
    with reading() as records:
        refuse_decided(find_application(records, viewer(), application_id, Action.DECIDE_CODE_APPLICATION))


def _done(done: CodeApplication | FormRefused) -> CodeApplicationShape | FormRefused:
    return done if isinstance(done, FormRefused) else _shape(done)


def _told(done: CodeApplicationShape | FormRefused, status: int = 200) -> Response:
    if isinstance(done, FormRefused):  # after the commit: a wrong try is counted
        raise done
    location = address("get_code_application", application_id=done.id) if status == 201 else ""
    return answer(done, status, location=location)


def _shape(application: CodeApplication) -> CodeApplicationShape:
    return CodeApplicationShape(
        id=application.id,
        status=ApplicationStatus(application.status),
        status_text=ApplicationStatus(application.status).text,
        enrolment_code=application.code.code if application.code else None,
        reason=application.reason or None,
        files=[
            ApplicationFile(n=file.number, name=file.name, media_type=FileKind(file.kind), size=file.size)
            for file in application.files
        ],
        submitted_at=application.submitted_at,
        updated_at=application.updated_at,
        **{name: getattr(application, name) for name in LABELS},
    )
