"""帮助: how a roster is filled in, uploaded and mended, and what each code means. For everybody, log-in or not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from config.messages import catalogue, remedy, short
from config.settings import settings
from models.queries.plan_years import current_plan
from models.records.business_clock import business_now
from models.records.database import reading
from tasks.workbook.header import HEADERS
from tasks.workbook.template import SAMPLE_PEOPLE
from web.access import open_to_all
from web.page import render
from web.second_check import email_offered

pages = Blueprint("help", __name__)

GROUPS = {
    "IMP": "清册文件",
    "ROW": "清册中的行",
    "IDN": "证件号码",
    "RST": "参保清册",
    "VAL": "清册校验",
    "REG": "已参保、已被占用",
    "PRJ": "保障项目",
    "FEE": "保费",
    "PAY": "缴费凭证",
    "RCP": "专用收据",
    "WDR": "批次撤回",
    "WIN": "开放与截止",
    "BAT": "参保批次",
    "COD": "参保编码",
    "APP": "参保编码申请",
    "HDL": "经办人填报",
    "AUTH": "登录与权限",
    "SMS": "验证码",
    "NTF": "通知",
    "JOB": "处理结果",
    "SYS": "系统提示",
}
"""Groups of codes as the page calls them, in the order in which a clerk meets them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: what it says, with … for its particulars, and what to do."""

    code: str
    short: str
    sentence: str
    remedy: str


@pages.get("/help")
@open_to_all
def show_help() -> ResponseReturnValue:
    """From the template to the submitted roster, in the order of the work."""
    return _page(
        "help/help.html",
        headers=HEADERS,
        sample=SAMPLE_PEOPLE,
        technical_phone=settings().technical_phone,
        email_offered=email_offered(),
    )


@pages.get("/help/codes")
@open_to_all
def show_codes() -> ResponseReturnValue:
    """Every code that a page may show."""
    groups = {title: [entry_of(code) for code in catalogue() if _group(code) == name] for name, title in GROUPS.items()}
    return _page("help/codes.html", groups=groups)


@pages.get("/help/codes/<code>")
@open_to_all
def show_code(code: str) -> ResponseReturnValue:
    """One code, which stands behind each sentence that has one."""
    if code not in catalogue() or _group(code) not in GROUPS:
        abort(404)
    return _page("help/code.html", entry=entry_of(code), group=GROUPS[_group(code)])


def entry_of(code: str) -> Entry:
    """A code as the help shows it."""
    sentence = catalogue()[code]["text"].format_map(defaultdict(lambda: "…"))
    return Entry(code, short(code).format_map(defaultdict(lambda: "…")), sentence, remedy(code))


def _group(code: str) -> str:
    return code.partition("-")[0]


def _page(template: str, **values: object) -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
    return render(template, now=now, plan=plan, **values)
