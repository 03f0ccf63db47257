"""The roster's filters as forms and addresses hold them. A certificate number stands in no address: what is asked for
with one travels sealed, for the account and the batch that asked, and for an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from urllib.parse import urlencode

from flask import url_for

from models.queries.roster import RosterFilters
from models.records.sealing import PREFIX_LENGTH
from models.records.viewer import Viewer
from models.rules.identity import RESIDENT_ID_LENGTH, normalise
from models.rules.person import EmploymentStatus, mask_typed
from web.sealed_query import sealed_query, unsealed_query

OVER_AGE = {"": None, "true": True, "false": False}
EMPLOYMENT = {status.value: status.text for status in EmploymentStatus} | {
    EmploymentStatus.UNKNOWN.value: f"职退情况为“{EmploymentStatus.UNKNOWN.text}”"  # a dash alone is no choice
}


def filters_from(typed: Mapping[str, str], *, with_number: bool = False) -> RosterFilters:
    """What somebody typed or an address says; a number only where the form says so, never from an address."""
    employment = typed.get("employment", "")
    return RosterFilters(
        name=typed.get("name", "").strip()[:50],
        id_no=typed.get("id_no", "").strip()[:40] if with_number else "",
        si_unit_code=typed.get("si", "").strip()[:20],
        employment_status=employment if employment in EMPLOYMENT else "",
        over_age=OVER_AGE.get(typed.get("over_age", "")),
    )


def over_age_word(filters: RosterFilters) -> str:
    """How the form says it."""
    return next(word for word, value in OVER_AGE.items() if value is filters.over_age)


def roster_address(viewer: Viewer, batch_no: str, filters: RosterFilters, size: str = "") -> str:
    """Where the people under these filters are shown; it can be reloaded and come back to."""
    if _holds_a_number(filters):
        query = {"f": sealed(viewer, batch_no, filters)}
    else:
        query = {
            "name": filters.name,
            "si": filters.si_unit_code,
            "employment": filters.employment_status,
            "over_age": over_age_word(filters),
        }
    query["size"] = size
    kept = urlencode({name: value for name, value in query.items() if value})
    return url_for("roster.show_roster", batch_no=batch_no) + (f"?{kept}" if kept else "")


def sealed(viewer: Viewer, batch_no: str, filters: RosterFilters) -> str:
    """The filters, encrypted, as an address or a form can carry them."""
    return sealed_query(asdict(filters), _bound_to(viewer, batch_no))


def unsealed(viewer: Viewer, batch_no: str, token: str) -> RosterFilters | None:
    """The filters again. None: too old, somebody else's, of another batch, or never ours."""
    values = unsealed_query(token, _bound_to(viewer, batch_no))
    return RosterFilters(**values) if values is not None else None


def in_words(filters: RosterFilters) -> str:
    """The filters as the page repeats them when nobody was found."""
    words = []
    if filters.name:
        words.append(f"姓名含“{filters.name}”")
    if filters.id_no:
        words.append(_number_in_words(filters.id_no))
    if filters.si_unit_code:
        words.append(f"单位社保号“{filters.si_unit_code}”")
    if filters.employment_status:
        words.append(f"职退情况：{EMPLOYMENT[filters.employment_status]}")
    if filters.over_age is not None:
        words.append("是否超龄：" + ("超龄" if filters.over_age else "未超龄"))
    return " · ".join(words)


def _number_in_words(typed: str) -> str:
    """The number itself is not repeated; what may be wrong with it is."""
    number = normalise(typed)
    if len(number) < PREFIX_LENGTH or "*" in number:
        return "证件号（请输入全号或前 6 位）"
    if number.isdigit() and len(number) < RESIDENT_ID_LENGTH:
        return "证件号（身份证号码可输入前 6 至 17 位，护照请输入全号或前 6 位）"
    return "证件号"


def _holds_a_number(filters: RosterFilters) -> bool:
    """Whether a number was typed, in its own field or in another one."""
    digits_in_name = sum(map(str.isdigit, filters.name))
    others = (filters.name, filters.si_unit_code)
    return bool(filters.id_no) or digits_in_name > 5 or any(mask_typed(None, text) != text for text in others)


def _bound_to(viewer: Viewer, batch_no: str) -> bytes:
    return f"roster_filters:{viewer.account_id}:{batch_no}".encode()
