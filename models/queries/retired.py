"""Whom the social-insurance register calls 退休, as far as `admin` has not decided otherwise (DOMAIN 7.6)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists

from models.records.person import BatchPerson
from models.records.reference import RetiredOverride, SiPerson
from models.rules.person import EmploymentStatus


def known_as_retired(plan_year: str) -> ColumnElement[bool]:
    """The condition of somebody on a roster of this plan year; the roster itself may not say so yet."""
    retired = exists().where(SiPerson.id_digest == BatchPerson.id_digest, SiPerson.status == EmploymentStatus.RETIRED)
    return and_(retired, ~is_overridden(plan_year, BatchPerson.id_digest))


def is_overridden(plan_year: str, digest: SQLColumnExpression[bytes]) -> ColumnElement[bool]:
    """The condition of a number that does not count as 退休 in this plan year, whatever the register says."""
    return exists().where(RetiredOverride.plan_year == plan_year, RetiredOverride.id_digest == digest)
