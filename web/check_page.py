"""The report of 清册校验 in words: one large line, a line for each check, the tabs, the pledge's paragraphs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from config.messages import text
from models.queries.jobs import Progress
from models.queries.validation_report import ReportSeen, Tab
from models.records.job import JobState
from models.rules.months import birthday
from models.rules.plan import PlanYear
from models.rules.ratio import Ratio
from models.rules.validation import Check
from web.badges import Badge
from web.formats import people

TO_DO = Badge("bad", "alert-triangle", "需处理")
TO_CONFIRM = Badge("todo", "alert-triangle", "请确认")
PASSED = Badge("good", "check", "通过")
NOTICE = Badge("work", "info-circle", "提示")

_TAB_TEXTS = {
    Tab.OVER_AGE: "在职超龄",
    Tab.RETIRED: "退休人员",
    Tab.OCCUPIED: "已被占用",
    Tab.MALFORMED: "数据错误",
    Tab.NO_BASIC: "无基本保障",
    Tab.NOTICES: "提示",
}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """What one check says; `tab` leads to its people."""

    badge: Badge
    name: str
    words: str
    codes: tuple[str, ...] = ()
    tab: Tab | None = None

    @property
    def open(self) -> bool:
        """Whether it stands in the way of 清册提交."""
        return self.badge is TO_DO


@dataclass(frozen=True, slots=True)
class TabLink:
    """A tab that has something to list; `bad`: something in it is still to be done."""

    tab: Tab
    text: str
    count: int
    bad: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The report as the page tells it."""

    headline: str
    hint: str
    code: str
    tone: str
    lines: tuple[CheckLine, ...]
    tabs: tuple[TabLink, ...]

    @property
    def ready(self) -> bool:
        """Whether 清册提交 is the next step."""
        return self.tone == "good"

    @property
    def open(self) -> int:
        """How many checks stand in the way."""
        return sum(line.open for line in self.lines)


def tab_text(tab: Tab, plan: PlanYear) -> str:
    """A tab's name."""
    return f"单位社保比例校验({plan.ratio_rule.min_percent}%)" if tab is Tab.RATIO else _TAB_TEXTS[tab]


def told(seen: ReportSeen, plan: PlanYear) -> Report:
    """The report in words; without a report nothing is said of any check."""
    if seen.report is None or not seen.report.people:
        empty = text("VAL-001") if not seen.people else ""
        return Report(empty or "清册尚未校验", "", "VAL-001" if empty else "", "todo", (), ())
    lines = tuple(line for make in _LINES for line in make(seen, plan))
    open_lines = sum(line.open for line in lines)
    bad = {line.tab for line in lines if line.open}
    tabs = tuple(TabLink(tab, tab_text(tab, plan), seen.count(tab), tab in bad) for tab in Tab if seen.count(tab))
    if not seen.fresh:
        return Report(
            text("VAL-011"), "请重新校验；以下是上次校验的结果，已移除的人员不再列出。", "VAL-011", "todo", lines, tabs
        )
    if open_lines:
        return Report(f"还有 {open_lines} 项需要处理", "", "", "bad", lines, tabs)
    if not seen.report.passed:
        return Report("需要处理的都已处理，可以提交", "提交时会再校验一次。", "", "good", lines, tabs)
    return Report("校验通过，可以提交", "", "", "good", lines, tabs)


def shown_tab(report: Report, asked: str) -> Tab | None:
    """The tab that was asked for, or the first one in which something is to be done; None: there are no tabs."""
    named = next((link.tab for link in report.tabs if link.tab == asked), None)
    return named or next((link.tab for link in sorted(report.tabs, key=lambda link: not link.bad)), None)


def _over_age(seen: ReportSeen, _: PlanYear) -> list[CheckLine]:
    old, tab = seen.over_age, Tab.OVER_AGE
    if old.open:
        parts, codes = [], []
        if old.unpromised:
            parts.append(text("VAL-002", n=old.unpromised))
            codes.append("VAL-002")
        if old.without_si:
            parts.append(
                f"有{old.without_si}名超龄且无社保人员不可参保，请移除；确为在职且缴纳社保的，请先【设置在职】。"
            )
            codes.append("VAL-005")
        return [CheckLine(TO_DO, "在职超龄", "".join(parts), tuple(codes), tab)]
    if old.to_confirm:
        words = f"{people(old.to_confirm)}名超龄人员的承诺作于批次撤回之前，仍然有效，请再确认一次。"
        return [CheckLine(TO_CONFIRM, "在职超龄", words, (), tab)]
    if old.people:
        return [CheckLine(PASSED, "在职超龄", f"{people(old.people)}名超龄人员已全部承诺。", (), tab)]
    return [CheckLine(PASSED, "在职超龄", "没有超龄人员。")]


def _ratio(seen: ReportSeen, plan: PlanYear) -> list[CheckLine]:
    short = [line for line in seen.ratios if line.ok is False]
    judged = [line for line in seen.ratios if line.ok is not None]
    name, tab = "单位社保比例", Tab.RATIO if seen.ratios else None
    if len(short) == 1:
        return [CheckLine(TO_DO, name, ratio_words(short[0]), ("VAL-003",), tab)]
    if short:
        words = f"{len(short)}个单位社保编码的参保比例低于{plan.ratio_rule.min_percent}%。"
        return [CheckLine(TO_DO, name, words, ("VAL-003",), tab)]
    if judged:
        return [CheckLine(PASSED, name, f"{len(judged)}个单位社保编码均达标。", (), tab)]
    return [CheckLine(PASSED, name, "没有需要校验比例的单位社保编码。", (), tab)]


def ratio_words(line: Ratio) -> str:
    """VAL-003 of one 社保编码."""
    return text(
        "VAL-003",
        si=line.si_unit_code,
        n=line.people,
        total=line.total or 0,
        percent=line.percent,
        min=line.min_percent,
        need=line.need or 0,
    )


def _of_people(  # noqa: PLR0917 - which tab and check, and its words
    tab: Tab, check: Check, code: str, name: str, good: str, words: Callable[[int], str] | None = None
) -> Callable[[ReportSeen, PlanYear], list[CheckLine]]:
    def line(seen: ReportSeen, _: PlanYear) -> list[CheckLine]:
        if number := seen.found.get(check, 0):
            message = words(number) if words else text(code, n=number)
            return [CheckLine(TO_DO, name, message, (code,) if code else (), tab)]
        return [CheckLine(PASSED, name, good)] if good else []

    return line


def _notices(seen: ReportSeen, _: PlanYear) -> list[CheckLine]:
    lines = []
    if number := seen.notices_people:
        lines.append(CheckLine(NOTICE, "无社保编码", text("VAL-009", n=number), ("VAL-009",), Tab.NOTICES))
    if number := seen.found.get("VAL-010", 0):
        words = f"{number}个单位社保编码暂无在职人员总数，本次不校验比例。"
        lines.append(CheckLine(NOTICE, "比例不校验", words, ("VAL-010",), Tab.NOTICES))
    if number := seen.found.get("REG-005", 0):
        words = f"{number}名护照人员可能是换发护照的同一人，请确认。"
        lines.append(CheckLine(NOTICE, "换发护照", words, ("REG-005",), Tab.NOTICES))
    return lines


_LINES: tuple[Callable[[ReportSeen, PlanYear], list[CheckLine]], ...] = (
    _over_age,
    _ratio,
    _of_people(Tab.RETIRED, Check.RETIRED, "VAL-004", "退休人员", "名单中没有退休人员。"),
    _of_people(Tab.OCCUPIED, Check.OCCUPIED, "VAL-006", "已被占用", "没有人已由其他批次参保。"),
    _of_people(
        Tab.MALFORMED,
        Check.WELL_FORMED,
        "",
        "数据格式",
        "全部人员的数据均符合要求。",
        lambda number: f"有{people(number)}处数据不符合要求，请编辑，或移除后重新导入。",
    ),
    _of_people(Tab.NO_BASIC, Check.NO_BASIC, "PRJ-011", "无基本保障", ""),
    _notices,
)


@dataclass(frozen=True, slots=True)
class CheckLive:
    """How far a check has come."""

    headline: str
    words: str
    done: int
    total: int
    """0: not known yet."""


def live(state: Progress, *, submits: bool) -> CheckLive:
    """The polled part in words. Nobody is told a percentage of something that takes a second."""
    if state.job.state == JobState.QUEUED:
        ahead = f"前面还有{people(state.ahead)}份清册" if state.ahead else "马上开始"
        return CheckLive(ahead, "清册较多时依次处理，请稍候。" if state.ahead else "", 0, 0)
    what = "正在提交清册" if submits else "正在校验清册"
    if state.stalled:
        return CheckLive(what, "正在等待处理继续，无需再次点击。", 0, 0)
    running = next((stage for stage in state.stages if stage.state == "running"), None)
    if running is None or running.stage != "validate" or not running.total:
        return CheckLive(what, "正在核对年龄、社保比例和本年度登记", 0, 0)
    return CheckLive(what, f"已核对 {people(running.done)} / {people(running.total)} 人", running.done, running.total)


def age_on(birth: date, day: date) -> int:
    """周岁 on that day."""
    years = day.year - birth.year
    return years if birthday(birth, years) <= day else years - 1


def paragraphs(pledge: str) -> list[str]:
    """The pledge's text cut where its numbered promises begin, and where they end; or as its lines are."""
    if "\n" in pledge:
        return pledge.splitlines()
    *parts, last = re.split(r"(?=[一二三四五六七八九十]、)", pledge)
    promise, stop, rest = last.partition("。")
    return [part for part in (*parts, promise + stop, rest) if part]
