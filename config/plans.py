"""Plan years as data: one TOML file a year in the folder `plans`, or a file of one's own."""

import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("plans")
_YEAR = re.compile(r"[0-9]{4}")


class PlanUnreadable(ValueError):  # noqa: N818 - said of a file, like tomllib's own error
    """There is no such plan year, or the file is not TOML."""


def plan_data(year_or_path: str) -> dict[str, Any]:
    """The plan year in the form of DOMAIN 3.2 (dates as ISO text, ready for JSON), from a year or a TOML file.

    Raises PlanUnreadable. What the values mean is judged by `models.rules.plan`.
    """
    path = FOLDER / f"{year_or_path}.toml" if _YEAR.fullmatch(year_or_path) else Path(year_or_path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.toml")))
        raise PlanUnreadable(f"no plan year or file {year_or_path!r} (known years: {known})") from None
    except OSError as error:
        raise PlanUnreadable(f"cannot read {year_or_path!r}: {error.strerror}") from None
    return plan_from_toml(content, repr(year_or_path))


def plan_from_toml(content: bytes, called: str) -> dict[str, Any]:
    """The same from a file's content. PlanUnreadable: it is not TOML; the message names it as it is `called`."""
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except ValueError as error:  # not UTF-8, or not TOML
        raise PlanUnreadable(f"{called} is not a TOML file: {error}") from None
    plain = _without_dates(data)
    assert isinstance(plain, dict)  # noqa: S101 - a TOML document is a table; tells mypy so
    return plain


def _without_dates(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_dates(inner) for inner in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value
