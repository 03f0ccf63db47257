"""The answer to an upload: how many people are on the roster now, how many rows are not, and what it would cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.messages import text
from models.queries.imports import ImportSeen, to_mend
from models.rules.findings import ON_ROSTER, Outcome
from models.rules.money import yuan
from models.rules.plan import PlanYear
from models.rules.pricing import charge_fen
from web.formats import people
from web.import_page.summary import SENT_BACK, rows
from web.projects import in_words


@dataclass(frozen=True, slots=True)
class Part:
    """One of the seven outcomes; `start` is where its piece of the bar begins."""

    outcome: Outcome
    text: str
    hint: str
    fill: str
    rows: int
    start: int


_PARTS = (
    (Outcome.ADDED, "新增", "已加入清册", "fill-good"),
    (Outcome.UPDATED, "更新", "手机号或社保有变", "fill-1"),
    (Outcome.UNCHANGED, "未变化", "清册中已有", "fill-2"),
    (Outcome.ALREADY_ENROLLED, "本单位已参保", "在您的其他批次中", "fill-off"),
    (Outcome.OCCUPIED, "已被占用", "本年度已参保", "fill-wait"),
    (Outcome.DUPLICATE, "重复", "文件内重复", "fill-todo"),
    (Outcome.INVALID, "有误", "需要修改", "fill-bad"),
)
_CHECKED_HINTS = {Outcome.ADDED: "可以加入清册", Outcome.UPDATED: "将更新手机号或社保"}

_BASES = {"locked": "集中参保已选项目", "chosen": "本次勾选的项目", "default": "基本保障"}


@dataclass(frozen=True, slots=True)
class Result:
    """The first card of the result page."""

    headline: str
    parts: tuple[Part, ...]
    sum_words: str
    total: int
    refused: int
    to_mend: int
    refused_words: str
    """Which of the refused rows can be mended, and which need not be."""


def result(seen: ImportSeen) -> Result:
    """The seven outcomes of a finished upload, with their sum in sight."""
    counts, check_only = seen.upload.counts or {}, seen.upload.check_only
    parts, start = [], 0
    for outcome, words, hint, fill in _PARTS:
        number = counts.get(outcome, 0)
        shown_hint = _CHECKED_HINTS.get(outcome, hint) if check_only else hint
        parts.append(Part(outcome, words, shown_hint, fill, number, start))
        start += number
    refused = rows(counts, SENT_BACK)
    headline = _headline(rows(counts, ON_ROSTER), refused, counts.get(Outcome.ALREADY_ENROLLED, 0), check_only)
    return Result(
        headline="本次导入已撤销" if seen.upload.undone_at else headline,
        parts=tuple(parts),
        sum_words=" + ".join(people(part.rows) for part in parts),
        total=start,
        refused=refused,
        to_mend=to_mend(seen.upload),
        refused_words=_refused_words(counts, to_mend(seen.upload)),
    )


def _refused_words(counts: Mapping[str, int], mendable: int) -> str:
    """有误 46 行、已被占用 150 行可核对修改；重复 4 行无需修改: why two figures of one page differ."""
    named = ((Outcome.INVALID, "有误"), (Outcome.OCCUPIED, "已被占用"))
    words = "、".join(f"{name} {people(counts[outcome])} 行" for outcome, name in named if counts.get(outcome))
    duplicates = counts.get(Outcome.DUPLICATE, 0)
    parts = [f"{words}可核对修改" if mendable else "", f"重复 {people(duplicates)} 行无需修改" if duplicates else ""]
    return "；".join(part for part in parts if part)


def _headline(accepted: int, refused: int, own: int, check_only: bool) -> str:
    others = f"，{people(own)} 人已由本单位其他批次参保" if own else ""
    if check_only:
        rest = f"，{people(refused)} 行有问题" if refused else ""
        return f"校验完成，未写入清册：{people(accepted)} 人可以入册{rest}{others}"
    rest = f"，{people(refused)} 行没有入册" if refused else "，没有被退回的行"
    return f"{people(accepted)} 人已在清册中{rest}{others}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """预估保费 with its basis, or the reason why there is none."""

    total_fen: int | None
    facts: Sequence[tuple[str, str]]
    message: str
    code: str
    note: str


def estimate(data: dict[str, Any] | None, plan: PlanYear) -> Estimate | None:
    """The estimate as the page shows it."""
    if data is None:
        return None
    projects, half = data["projects"], bool(data.get("half_price"))
    facts = [("依据", f"{_BASES[data['basis']]} {in_words(projects)}")]
    waiting = data.get("over_age_without_si", 0)
    retired = data.get("retired", 0)
    on_roster = data["si_people"] + data["other_people"] + retired
    everybody = ("清册人数", f"{people(on_roster)} 人" + (f"（退休 {people(retired)} 人不计费）" if retired else ""))
    note = f"其中 {people(waiting)} 人超龄且无社保，不能参保；确为在职且缴纳社保的，改为“是”后再导入" if waiting else ""
    if "total_fen" not in data:
        return Estimate(None, [*facts, everybody], text(data["code"], **data["values"]), data["code"], note)
    for words, number, has_si in (("社保人员", data["si_people"], True), ("非社保人员", data["other_people"], False)):
        charge = charge_fen(projects, has_si, plan, half) if number else 0
        facts.append((words, f"{people(number)} 人" + (f" × {yuan(charge)}" if number else "")))
    if half:
        facts.append(("计费比例", "50%"))
    return Estimate(data["total_fen"], [*facts, everybody], "", "", note)


def named_rows(first_rows: Sequence[int], rows: int) -> str:
    """43、58、112 等 21 行: some rows in the spreadsheet's numbers, of which the first are named."""
    named = "、".join(map(str, first_rows))
    return named if rows <= len(first_rows) else f"{named} 等 {people(rows)} 行"
