"""护照号码冲突: somebody whom 新增人员 has refused is looked for by what they tell; it is written down (DOMAIN 9.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.permit import permit
from models.queries.passports import Applicant, Collision, collision_of
from models.queries.plan_years import published_plans
from models.records.audit import record_act
from models.records.viewer import Viewer
from models.rules.identity import check_passport, real_birth
from models.rules.permissions import Action
from models.rules.person import Sex, mask_id_no
from models.rules.refusal import Refused

_REQUIRED = (("id_no", "护照号码"), ("birth", "出生日期"), ("sex", "性别"))
_NAME_LENGTH = 50


def look_up_passport(session: Session, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> Collision | None:
    """Whoever holds the number instead of the person typed (`id_no`, `name`, `birth`, `sex`, `year`); None: nobody.

    Refused AUTH-006; SYS-002, SYS-003, IDN-006, IDN-007 for what was typed.
    """
    permit(viewer, Action.READ_EXCEPTION)
    years = [plan.plan_year for plan in published_plans(session)]
    applicant = _applicant(typed, local_date(now), years)
    found = collision_of(session, applicant)
    record_act(
        session,
        viewer,
        now,
        "look_up_passport",
        id_no=mask_id_no(applicant.id_no),
        found=found is not None,
    )
    return found


def _applicant(typed: Mapping[str, str], today: date, years: list[str]) -> Applicant:
    for name, label in _REQUIRED:
        if not typed.get(name, "").strip():
            raise Refused("SYS-002", field=label)
    number = check_passport(typed["id_no"])
    if not isinstance(number, str):
        raise Refused(number.code, **number.values)
    birth, sex = real_birth(typed["birth"].strip(), today), typed["sex"]
    if birth is None:
        raise Refused("SYS-003", field="出生日期")
    if sex not in set(Sex):
        raise Refused("SYS-003", field="性别")
    year = typed.get("year", "")
    if year not in years:
        raise Refused("SYS-003", field="保障年度")
    name = typed.get("name", "").strip()[:_NAME_LENGTH]
    return Applicant(year, number, name or "未填姓名", birth, Sex(sex))
