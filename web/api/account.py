"""Who calls: the account behind the token, and a handler's 经办人填报."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import Field, StrictInt

from models.actions.save_handler import save_handler
from models.actions.sms_code import RESEND_AFTER, VALID, Purpose, send_sms_code, usual_purpose
from models.queries.accounts import codes_of, profile_of
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.handler_profile import CODE_LABEL, LABELS
from models.rules.mobile import mask_mobile
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring_delivery
from web.access import asks
from web.api.calls import Family, answer
from web.api.fields import Asked, Moment, Shape, Text
from web.api.incoming import body
from web.api.problems import problem
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("account", "账户")


class CodeOfAccount(Shape):
    """An enrolment code that the account uses."""

    enrolment_code: str = Field(title="参保编码")
    unit_name: str = Field(title="单位名称")


class Me(Shape):
    """The account behind the token."""

    email: str = Field(title="账号")
    name: str = Field(title="姓名")
    role: str = Field(title="角色")
    role_text: str = Field(title="角色名称")
    enrolment_codes: list[CodeOfAccount] = Field(title="参保编码")


class Handler(Shape):
    """经办人填报."""

    name: str = Field(title="经办人姓名")
    phone: str = Field(title="经办人电话")
    email: str = Field(title="经办人邮箱")
    unit_name: str = Field(title="单位名称")
    uscc: str = Field(title="统一社会信用代码")
    economic_type: str = Field(title="经济类型名称")
    union_first_level: str = Field(title="一级工会组织名称")
    union_second_level: str = Field(title="二级工会组织名称")
    address: str = Field(title="单位地址")
    industry: str = Field(title="单位所属行业名称")
    headcount: int = Field(title="职工人数")
    phone_verified_at: Moment | None = Field(title="手机验证时间")


Typed = Annotated[Text, Field(max_length=300)]
"""What is typed into a field; the form itself judges it."""


class HandlerTyped(Asked):
    """经办人填报 as it is filled in: every field, and a code if the phone is new."""

    name: Annotated[Typed, Field(title=LABELS["name"])] = ""
    phone: Annotated[Typed, Field(title=LABELS["phone"])] = ""
    email: Annotated[Typed, Field(title=LABELS["email"])] = ""
    unit_name: Annotated[Typed, Field(title=LABELS["unit_name"])] = ""
    uscc: Annotated[Typed, Field(title=LABELS["uscc"])] = ""
    economic_type: Annotated[Typed, Field(title=LABELS["economic_type"])] = ""
    union_first_level: Annotated[Typed, Field(title=LABELS["union_first_level"])] = ""
    union_second_level: Annotated[Typed, Field(title=LABELS["union_second_level"], description="没有的填写“无”")] = ""
    address: Annotated[Typed, Field(title=LABELS["address"])] = ""
    industry: Annotated[Typed, Field(title=LABELS["industry"], description="GB/T 4754-2017 的门类名称")] = ""
    headcount: Annotated[StrictInt | Typed, Field(title=LABELS["headcount"])] = ""
    sms_code: Annotated[Typed, Field(title=CODE_LABEL, description="首次填报或更换手机号码时必填")] = ""


class PhoneToConfirm(Asked):
    """Where a code goes, and what for."""

    phone: Annotated[Typed, Field(title="手机号码", examples=["13912345678"])] = ""
    purpose: Purpose | None = Field(
        default=None,
        title="用途",
        description="handler_profile 经办人填报，code_application 参保编码申请；经办人不填为前者，服务处为后者",
    )


class CodeSent(Shape):
    """A code is on its way."""

    phone: str = Field(title="手机号码", description="部分隐藏")
    valid_seconds: int = Field(title="有效秒数")
    resend_seconds: int = Field(title="多少秒后可重新获取")


@family.get("/me", "当前账户", {200: Me})
@asks(Action.USE_OWN_ACCOUNT)
def get_me() -> Response:
    """The account, its role and the codes it enrols under."""
    who = viewer()
    with reading() as records:
        codes = [
            CodeOfAccount(enrolment_code=code.code, unit_name=code.unit.name)
            for code in codes_of(records, who.account_id)
        ]
    return answer(Me(email=who.email, name=who.name, role=who.role, role_text=who.role.text, enrolment_codes=codes))


@family.get("/handler", "经办人填报", {200: Handler}, absent=("HDL-001",))
@asks(Action.READ_HANDLER_PROFILE)
def get_handler() -> Response:
    """The account's own profile; 404 where there is none."""
    with reading() as records:
        profile = profile_of(records, viewer().account_id)
    if profile is None:
        return problem(404, Refused("HDL-001"))
    return answer(Handler.model_validate(profile, from_attributes=True))


@family.put(
    "/handler",
    "填写经办人填报",
    {200: Handler},
    body=HandlerTyped,
    refuses=("SMS-001", "SMS-004", "SMS-005", "SMS-006", "SMS-008", "APP-005", "APP-007"),
)
@asks(Action.WRITE_HANDLER_PROFILE)
def put_handler() -> Response:
    """All fields at once. A new phone is confirmed by the code that it was sent."""
    asked = body(HandlerTyped)
    typed = {name: str(getattr(asked, name)) for name in LABELS}
    with writing(REQUEST_WAIT_SECONDS) as records:
        no = save_handler(records, viewer(), typed, asked.sms_code, business_now(records))
        profile = profile_of(records, viewer().account_id)
    if no is not None:  # after the commit: a wrong try is counted
        raise no
    return answer(Handler.model_validate(profile, from_attributes=True))


@family.post(
    "/handler/sms-codes",
    "获取短信验证码",
    {200: CodeSent},
    body=PhoneToConfirm,
    refuses=("SMS-001", "SMS-002", "SMS-003", "SMS-007"),
)
@asks(Action.CREATE_CODE_APPLICATION)  # of every role that has a use for one; the action asks for the purpose's own
def send_code_by_sms() -> Response:
    """Six digits to the phone, for one purpose."""
    asked = body(PhoneToConfirm)
    with writing(REQUEST_WAIT_SECONDS) as records:
        purpose = asked.purpose or usual_purpose(viewer().role)
        number = send_sms_code(records, viewer(), asked.phone, purpose, now=business_now(records))
    ring_delivery()
    return answer(CodeSent(phone=mask_mobile(number), valid_seconds=VALID.seconds, resend_seconds=RESEND_AFTER.seconds))
