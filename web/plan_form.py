"""A plan year as a form: each value of DOMAIN 3.2 as a field, and the form's fields as a plan year's data again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.clock import SHANGHAI
from models.rules.money import fen_of, yuan
from models.rules.plan_fields import PlanInvalid, halves_exactly
from web.moments import day_or_none, moment_or_none
from web.plan_rows import (
    ODD,
    group_rows,
    groups_into,
    malformed,
    missing,
    place_of,
    project_rows,
    projects_into,
)
from web.typed_form import Problem, TypedForm

_WHOLE = re.compile(r"[0-9]{1,9}")
MALFORMED = object()
"""What can't be read."""


@dataclass(frozen=True, slots=True)
class PlanField:
    """One value: its name is the path of DOMAIN 3.2 with - for the dot."""

    name: str
    label: str
    kind: str
    hint: str = ""
    required: bool = True

    @property
    def type(self) -> str:
        """Of the browser's field."""
        return {"day": "date", "moment": "datetime-local"}.get(self.kind, "text")

    @property
    def path(self) -> tuple[str, ...]:
        """Where it stands in the data."""
        return tuple(self.name.split("-"))


_DAYS = "天数，以逗号分隔"
SECTIONS: Mapping[str, tuple[PlanField, ...]] = {
    "名称与日期": (
        PlanField("name", "产品名称", "text", "与保障年度分开：可以多年不变"),
        PlanField("coverage_start", "保障开始", "day"),
        PlanField("coverage_end", "保障期满", "day", "当日24时止；不必正好十二个月"),
        PlanField("central_open_at", "集中参保开始", "moment"),
        PlanField("central_close_at", "集中参保截止", "moment", "到此时刻为止，正点即为已截止"),
        PlanField("instant_open_at", "即时参保开放", "moment"),
        PlanField("central_payment_close_on", "集中参保缴费截止", "day", "当日24时止"),
    ),
    "办理规则": (
        PlanField("payment_days", "缴费天数", "whole", "自提交确认保费之日起"),
        PlanField("upload_grace_days", "即时参保上传凭证宽限天数", "whole"),
        PlanField("resubmit_days", "凭证退回后重新提交天数", "whole"),
        PlanField("fee_confirm_days_instant", "即时参保确认保费天数", "whole"),
        PlanField("half_price_months", "半价月数", "whole", "保障期剩余不超过此月数的，即时参保减半"),
        PlanField("roster_import_max_rows", "单个清册文件人数上限", "whole"),
        PlanField("expired_retention_days", "失效批次人员保留天数", "whole"),
        PlanField("import_retention_days", "导入文件保留天数", "whole"),
    ),
    "年龄与参保比例": (
        PlanField("age_rule-mode", "超龄认定", "mode"),
        PlanField("age_rule-male", "男（周岁）", "whole"),
        PlanField("age_rule-female", "女（周岁）", "whole"),
        PlanField("age_rule-min_age", "最低年龄（周岁）", "whole"),
        PlanField("ratio_rule-min_percent", "单位社保比例（%）", "whole"),
        PlanField("ratio_rule-small_unit_max_headcount", "小单位人数上限", "whole", "不设小单位比例的留空", False),
        PlanField("ratio_rule-small_unit_percent", "小单位比例（%）", "whole", "", False),
    ),
    "提醒": (
        PlanField("reminders-payment_due_days", "缴费截止前", "wholes", _DAYS),
        PlanField("reminders-central_close_days", "集中参保截止前", "wholes", _DAYS),
        PlanField("reminders-untouched_batch_days", "批次未处理", "wholes", _DAYS),
        PlanField("reminders-coverage_end_days", "保障期满前", "wholes", _DAYS),
        PlanField("reminders-review_working_days", "待审核超过（工作日）", "whole"),
    ),
    "收款账户": (
        PlanField("bank_account-name", "户名", "text"),
        PlanField("bank_account-number", "账号", "text"),
        PlanField("bank_account-bank", "开户行", "text"),
    ),
    "优惠组合": (
        PlanField("combo-items", "同时参加", "words", "项目代码，以空格分隔，例如 A0 B0 C0"),
        PlanField("combo-price_fen", "优惠价（元）", "yuan", "每人全年"),
    ),
}
AGE_MODES = {"fixed": "固定年龄", "statutory_2025": "2025年起的法定退休年龄"}
FIELDS = {field.name: field for fields in SECTIONS.values() for field in fields}

_CONTRADICTIONS = {
    "coverage_end": "保障期满不能早于保障开始。",
    "central_close_at": "集中参保截止须晚于集中参保开始。",
    "instant_open_at": "即时参保开放须早于保障期的最后一天。",
    "si_only": "仅限社保人员的项目没有价格。",
    "combo.items": "优惠组合中的项目没有价格。",
    "combo.price_fen": "优惠价不能高于各项目价格之和。",
}


def typed_values(data: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the form of this plan year."""
    values = {name: _shown(field, _at(data, field.path)) for name, field in FIELDS.items()}
    return values | group_rows(data) | project_rows(data)


def read_plan_form(form: Mapping[str, str], base: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Problem]]:
    """The data of a form, over those that it was made from, and what can't be read, field by field."""
    data, problems = deepcopy(dict(base)), {}
    for name, field in FIELDS.items():
        typed = form.get(name, "").strip()
        value: Any = _READ[field.kind](typed) if typed else [] if field.kind == "wholes" else None
        if value is MALFORMED or (field.kind == "yuan" and value is not None and not halves_exactly(value)):
            problems[name] = Problem(ODD, "") if field.kind == "yuan" else malformed(field.label)
        elif value is None and field.required:
            problems[name] = missing(field.label)
        else:
            _put(data, field.path, value)
    groups_into(data, form, problems)
    projects_into(data, form, problems)
    return data, problems


def refuse_plan(form: TypedForm, invalid: PlanInvalid) -> None:
    """Say below its field why the data make no plan year; over the form where it concerns none."""
    name = invalid.field.replace(".", "-")
    name = name if name in FIELDS else place_of(invalid.field, form.values)
    field = FIELDS.get(name)
    label = field.label if field else "本项"
    if invalid.reason.startswith("contradiction:"):
        problem = Problem(_CONTRADICTIONS[invalid.field], "")
    elif invalid.reason == "even":
        problem = Problem(ODD, "")
    elif invalid.reason == "empty":
        problem = missing(label)
    elif invalid.reason == "only_for_tier":
        problem = Problem("只有个性化保障层的项目可以限定单位。", "")
    else:
        problem = malformed(label)
    if name:
        form.problems[name], form.focus = problem, name
    else:
        form.said = f"{problem.message}（{invalid}）" if not invalid.reason.startswith("contra") else problem.message


def show_problems(form: TypedForm, problems: Mapping[str, Problem]) -> None:
    """Every field that can't be read."""
    form.problems.update(problems)
    form.focus = next(iter(problems))
    form.said = f"有 {len(problems)} 处需要修改，尚未保存。" if len(problems) > 1 else ""


def _day(typed: str) -> object:
    day = day_or_none(typed)
    return MALFORMED if day is None else day.isoformat()


def _moment(typed: str) -> object:
    moment = moment_or_none(typed)
    return MALFORMED if moment is None else moment.isoformat()


def _whole(typed: str) -> object:
    return int(typed) if _WHOLE.fullmatch(typed) else MALFORMED


def _wholes(typed: str) -> object:
    parts = re.split(r"[,，、\s]+", typed.strip(",，、 "))
    return [int(part) for part in parts] if all(map(_WHOLE.fullmatch, parts)) else MALFORMED


def _yuan(typed: str) -> object:
    fen = fen_of(typed)
    return MALFORMED if fen is None else fen


_READ: Mapping[str, Callable[[str], Any]] = {
    "text": lambda typed: typed,
    "mode": lambda typed: typed if typed in AGE_MODES else MALFORMED,
    "day": _day,
    "moment": _moment,
    "whole": _whole,
    "wholes": _wholes,
    "words": lambda typed: re.split(r"[,，、\s]+", typed.upper().strip(",，、 ")),
    "yuan": _yuan,
}


def _shown(field: PlanField, value: Any) -> str:
    if value is None:
        return ""
    match field.kind:
        case "moment":
            return f"{datetime.fromisoformat(value).astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
        case "wholes":
            return ", ".join(map(str, value))
        case "words":
            return " ".join(value)
        case "yuan":
            return yuan(value)
        case _:
            return str(value)


def _at(data: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = data
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        data = data.setdefault(name, {})
    if value is None:
        data.pop(path[-1], None)
    else:
        data[path[-1]] = value
