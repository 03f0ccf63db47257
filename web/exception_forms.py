"""The forms of 特殊事项: which are offered for a code, what stands in them first, and what each brings about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from flask import url_for

from models.queries.exceptions import CodeSeen
from models.rules.exceptions import HANDLER_FIELDS, ExceptionKind
from web.formats import for_input

FORMS: Mapping[ExceptionKind, str] = {
    ExceptionKind.SPECIAL_CHANNEL: (
        "写入该编码本年度已有和以后建立的批次，列表中显示“特殊”。单位社保比例由校验改为免校验（或相反）时，尚未提交的清册须重新校验，"
        "已提交的不变。延长期内仍按集中参保办理：起保日不变，全额计费，没有免责期。"
    ),
    ExceptionKind.CONFIRM_BINDING: "核实后，该账号可以获取上年度建议名单；删除最后一个批次后，编码仍属于该账号。",
    ExceptionKind.RELEASE_BINDING: (
        "解除后编码不属于任何账号，由下一个用它建立批次的账号使用。该编码下还有未失效、未删除的批次时不能解除；已失效的批次留在原账号。"
    ),
    ExceptionKind.TRANSFER_BINDING: (
        "该编码下的批次随编码转到新账号，原账号不能再查看；已通过的缴费凭证一并转移。"
        "有清册正在处理、有缴费凭证尚未办结、或缴费凭证还包含其他参保编码的批次时不能转移。"
    ),
    ExceptionKind.CHANGE_HANDLER: (
        "手机号码有变化时，新经办人须先在【经办人填报】中用验证码验证，才能继续办理批次。登录账号和密码不变。"
    ),
}
"""What the reader has to know before asking; kinds that have a form here."""


class Offer(NamedTuple):
    """One exception that may be asked for."""

    text: str
    url: str


def offered(seen: CodeSeen, years: Sequence[str]) -> Iterator[Offer]:
    """What makes sense for this code as it is; the special channel once for each published year."""
    code = seen.code.code
    for year in years:
        to = url_for("exceptions.ask", exception_kind=ExceptionKind.SPECIAL_CHANNEL.value, code=code, year=year)
        yield Offer(f"{ExceptionKind.SPECIAL_CHANNEL.text}（{year} 年度）", to)
    if seen.account is None:
        return
    for kind in FORMS:
        if kind is ExceptionKind.SPECIAL_CHANNEL or (kind is ExceptionKind.CONFIRM_BINDING and seen.verified):
            continue
        yield Offer(kind.text, url_for("exceptions.ask", exception_kind=kind.value, code=code))


def as_it_is(kind: ExceptionKind, seen: CodeSeen, year: str) -> dict[str, object]:
    """What a form holds before anything is typed."""
    if kind is ExceptionKind.CHANGE_HANDLER and seen.profile is not None:
        return {field.name: getattr(seen.profile, field.name) for field in HANDLER_FIELDS}
    grant = next((grant for grant in seen.grants if grant.plan_year == year), None)
    if kind is not ExceptionKind.SPECIAL_CHANNEL or grant is None:
        return {}
    until = grant.central_extension_until
    return {
        "ratio_exempt": "1" if grant.ratio_exempt else "",
        "central_extension_until": for_input(until) if until else "",
    }
