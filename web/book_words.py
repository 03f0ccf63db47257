"""对账 in words: what is compared, what is wrong, and in which unit the figures are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.records.reconciliation import Reconciliation
from models.rules.books import Comparison, Disagreement, Wrong
from models.rules.money import yuan
from web.badges import Badge
from web.formats import people

AGREES = Badge("good", "check", "一致")
NOT_COMPARED = Badge("off", "ban", "未核对")


@dataclass(frozen=True, slots=True)
class _Kind:
    text: str
    expected: str
    found: str
    compared: str
    """What was compared, of which there are so many."""


_KINDS: Mapping[Comparison, _Kind] = {
    Comparison.CHARGES: _Kind("保费", "批次应缴保费合计", "每人保费合计", "个批次"),
    Comparison.CLAIMS: _Kind("年度登记", "已提交清册的人数", "登记的人数", "个批次"),
    Comparison.RECEIPTS: _Kind("专用收据", "应缴保费合计", "专用收据金额合计", "张缴费凭证"),
    Comparison.REGISTER: _Kind("社保登记", "最多可用", "距登记日期", "份数据"),
}

_WRONG: Mapping[Wrong, str] = {
    Wrong.SUM: "每人保费的合计与批次应缴保费不同",
    Wrong.UNCHARGED: "应缴保费已确定，有人员没有保费",
    Wrong.NO_TOTAL: "批次没有应缴保费",
    Wrong.CHARGED_EARLY: "应缴保费未确定，有人员已有保费",
    Wrong.UNCLAIMED: "清册已提交，有人员没有年度登记",
    Wrong.STRAY_CLAIMS: "年度登记多于应登记的人数",
    Wrong.RECEIPTS: "专用收据的合计与应缴保费不同",
    Wrong.REGISTER_OLD: "社保登记数据过期，请导入新数据",
}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure of the report."""

    text: str
    plan_year: str
    scope: str
    expected: tuple[str, str]
    """What it is called, and how much."""
    found: tuple[str, str]
    badge: Badge
    period: datetime


@dataclass(frozen=True, slots=True)
class DisagreementLine:
    """One disagreement; empty where it is about no batch or voucher."""

    kind: str
    plan_year: str
    text: str
    expected: str
    found: str
    batch_no: str
    voucher_id: int | None


def figure_line(figure: Reconciliation) -> FigureLine:
    """A figure with its sums, and whether they agree."""
    kind = Comparison(figure.kind)
    words = _KINDS[kind]
    bad = Badge("bad", "alert-triangle", f"{people(figure.disagreeing)} 处不一致")
    nothing = figure.compared == 0
    return FigureLine(
        words.text,
        figure.plan_year,
        _nothing_to_compare(kind) if nothing else f"{people(figure.compared)} {words.compared}",
        (words.expected, "–" if nothing else _amount(kind, figure.expected)),
        (words.found, "–" if nothing else _amount(kind, figure.found)),
        bad if figure.disagreeing else NOT_COMPARED if nothing else AGREES,
        figure.period,
    )


def disagreement_lines(figures: Sequence[Reconciliation]) -> list[DisagreementLine]:
    """Every disagreement that is named, in the order of the report."""
    return [
        _line(Comparison(figure.kind), figure.plan_year, Disagreement.from_data(data))
        for figure in figures
        for data in figure.named
    ]


def _line(kind: Comparison, plan_year: str, each: Disagreement) -> DisagreementLine:
    counted = each.wrong in {Wrong.UNCHARGED, Wrong.CHARGED_EARLY}
    expected, found = (
        f"{people(number)} 人" if counted else _amount(kind, number) for number in (each.expected, each.found)
    )
    return DisagreementLine(
        _KINDS[kind].text, plan_year, _WRONG[each.wrong], expected, found, each.batch_no, each.voucher_id
    )


def _nothing_to_compare(kind: Comparison) -> str:
    return "没有开放的参保时段，或没有数据" if kind is Comparison.REGISTER else "没有需要核对的"


def _amount(kind: Comparison, number: int) -> str:
    if kind is Comparison.CLAIMS:
        return f"{people(number)} 人"
    return f"{people(number)} 天" if kind is Comparison.REGISTER else f"{yuan(number)} 元"
