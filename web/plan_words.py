"""What is said of a plan year before it is published."""

from __future__ import annotations

from models.rules.plan_check import Objection

_WORDS = {
    "central_after_cover": "集中参保开始于保障期满之后。",
    "instant_before_cover": "即时参保开放过早：次日起保会早于保障开始。",
    "instant_before_central_closes": "即时参保在集中参保截止之前开放，两个通道会同时办理。",
    "payment_before_central_closes": "集中参保缴费截止早于集中参保截止，缴费期限将只按缴费天数计算。",
    "not_twelve_months": "保障期限不是十二个月。",
    "half_price_outside_cover": "半价起保日不在保障期限之内，即时参保将全部半价或全部全价。",
    "over": "保障期已满或今日期满，发布后不能办理参保。",
    "covers_overlap": "保障期限与 {other} 保障年度重叠，同一人可在两个年度分别参保。",
    "gap_before": "与 {other} 保障年度的期满日之间有空档。",
    "no_bank_account": "收款账号全为0，还不是真实账号。",
    "no_benefits": "项目 {other} 没有保障内容，保费一览表中只显示价格。",
    "for_nobody": "个性化项目 {other} 没有指定参保编码，任何单位都看不到。",
}


def objection_words(objection: Objection) -> str:
    """One sentence."""
    return _WORDS[objection.code].format(other=objection.other)
