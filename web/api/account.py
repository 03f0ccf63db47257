"""Who calls: the account behind the token, and a handler's 经办人填报."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from models.queries.accounts import codes_of, profile_of
from models.records.database import reading
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web.access import asks
from web.api.calls import Family, answer
from web.api.fields import Moment, Shape
from web.api.problems import problem
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
