"""Groups and projects of a plan year as rows of its form; a row without its code is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from config.messages import text
from models.rules.money import fen_of, yuan
from models.rules.plan_fields import Tier, halves_exactly, told_by_code
from web.projects import TIER_TEXTS
from web.typed_form import Problem

MAX_ROWS = 60
EMPTY_GROUPS, EMPTY_PROJECTS = 1, 3
"""Rows below the last one, for what is new."""

ODD = "金额须大于0，且折半后仍为整分，例如 120.00。"
"""What PlanInvalid means by `even`."""
_CODE = re.compile(r"[A-Z][0-9A-Z]{1,7}")
_LETTER = re.compile(r"[A-Z]")
_WHOLE = re.compile(r"[0-9]{1,4}")
_BETWEEN = re.compile(r"[,，、;；\s]+")


def missing(label: str) -> Problem:
    """SYS-002 of a field."""
    return Problem(text("SYS-002", field=label), "SYS-002")


def malformed(label: str) -> Problem:
    """SYS-003 of a field."""
    return Problem(text("SYS-003", field=label), "SYS-003")


def group_rows(data: Mapping[str, Any]) -> dict[str, str]:
    """A row for each group: its letter, name, waiting days, and which tiers wait for no accident."""
    values: dict[str, str] = {}
    waiting = data.get("waiting_days", {})
    exempt = data.get("waiting_accident_exempt_groups", [])
    for place, (letter, name) in enumerate(_groups(data).items()):
        values |= {
            f"group-{place}-letter": letter,
            f"group-{place}-name": name,
            **{f"group-{place}-{kind}": str(waiting.get(kind, {}).get(letter, "")) for kind in ("central", "instant")},
            **{f"group-{place}-exempt_{tier}": "1" for tier in Tier if f"{letter}_{tier}" in exempt},
        }
    return values


def project_rows(data: Mapping[str, Any]) -> dict[str, str]:
    """A row for each project."""
    values: dict[str, str] = {}
    described = data.get("projects", {})
    for place, (code, fen) in enumerate(data.get("prices_fen", {}).items()):
        about = described.get(code, {})
        group, tier = told_by_code(code)
        values |= {
            f"project-{place}-code": code,
            f"project-{place}-group": about.get("group", group),
            f"project-{place}-tier": about.get("tier", tier),
            f"project-{place}-price": yuan(fen),
            f"project-{place}-benefits": "\n".join(about.get("benefits", [])),
            f"project-{place}-only_for": " ".join(about.get("only_for", [])),
            f"project-{place}-si_only": "1" if code in data.get("si_only", []) else "",
        }
    return values


def rows_shown(values: Mapping[str, object], kind: str) -> range:
    """The rows that the form has: those that are filled in, and some to add to."""
    filled = [place for place in range(MAX_ROWS) if values.get(f"{kind}-{place}-{_FIRST[kind]}")]
    empty = EMPTY_GROUPS if kind == "group" else EMPTY_PROJECTS
    return range(min(MAX_ROWS, max(filled, default=-1) + 1 + empty))


_FIRST = {"group": "letter", "project": "code"}


def groups_into(data: dict[str, Any], form: Mapping[str, str], problems: dict[str, Problem]) -> None:
    """Put the groups of the form into a plan's data."""
    groups: dict[str, str] = {}
    waiting: dict[str, dict[str, int]] = {"central": {}, "instant": {}}
    exempt = []
    for place, letter in _rows(form, "group"):
        row = f"group-{place}-"
        if not _LETTER.fullmatch(letter) or letter in groups:
            problems[f"{row}letter"] = malformed("项目组代码")
            continue
        groups[letter] = form.get(f"{row}name", "").strip()
        if not groups[letter]:
            problems[f"{row}name"] = missing("项目组名称")
        for kind, days in waiting.items():
            typed = form.get(row + kind, "").strip()
            if _WHOLE.fullmatch(typed):
                days[letter] = int(typed)
            else:
                problems[row + kind] = malformed("免责期") if typed else missing("免责期")
        exempt += [f"{letter}_{tier}" for tier in Tier if form.get(f"{row}exempt_{tier}")]
    data["groups"], data["waiting_days"], data["waiting_accident_exempt_groups"] = groups, waiting, exempt


def projects_into(data: dict[str, Any], form: Mapping[str, str], problems: dict[str, Problem]) -> None:
    """Put the projects of the form, in its order, into a plan's data."""
    prices: dict[str, int] = {}
    described: dict[str, dict[str, Any]] = {}
    si_only = []
    for place, code in _rows(form, "project"):
        row = f"project-{place}-"
        if not _CODE.fullmatch(code) or code in described:
            problems[f"{row}code"] = malformed("项目代码")
            continue
        price, group, tier = (form.get(row + name, "").strip() for name in ("price", "group", "tier"))
        fen = fen_of(price)
        if fen is None or not halves_exactly(fen):
            problems[f"{row}price"] = Problem(ODD, "") if price else missing("价格")
        else:
            prices[code] = fen
        if group.upper() not in data["groups"]:
            problems[f"{row}group"] = malformed("项目组")
        if tier not in TIER_TEXTS:
            problems[f"{row}tier"] = malformed("保障层")
        benefits = [line.strip() for line in form.get(f"{row}benefits", "").splitlines() if line.strip()]
        described[code] = {"group": group.upper(), "tier": tier, "benefits": benefits}
        codes = [word for word in _BETWEEN.split(form.get(f"{row}only_for", "").upper()) if word]
        if codes:
            described[code]["only_for"] = codes
        if form.get(f"{row}si_only"):
            si_only.append(code)
    data["prices_fen"], data["projects"], data["si_only"] = prices, described, si_only


def place_of(path: str, values: Mapping[str, object]) -> str:
    """The field of a row that a path of the data is about; '' where there is none."""
    table, _, rest = path.partition(".")
    code, _, part = rest.partition(".")
    if table == "waiting_days":
        return _row_of("group", part, values, code)
    if table == "groups":
        return _row_of("group", code, values, "name")
    if table in {"projects", "prices_fen"}:
        return _row_of("project", code, values, part or "price")
    return ""


def _row_of(kind: str, code: str, values: Mapping[str, object], part: str) -> str:
    for place in range(MAX_ROWS):
        if str(values.get(f"{kind}-{place}-{_FIRST[kind]}", "")).strip().upper() == code:
            return f"{kind}-{place}-{part}"
    return ""


def _rows(form: Mapping[str, str], kind: str) -> Iterator[tuple[int, str]]:
    for place in range(MAX_ROWS):
        if first := form.get(f"{kind}-{place}-{_FIRST[kind]}", "").strip().upper():
            yield place, first


def _groups(data: Mapping[str, Any]) -> Mapping[str, str]:
    """As they are named, or each by its letter alone."""
    named: dict[str, str] = data.get("groups") or {}
    projects = data.get("projects", {})
    letters = {projects.get(code, {}).get("group", told_by_code(code)[0]): None for code in data.get("prices_fen", {})}
    return named or {letter: letter for letter in letters}
