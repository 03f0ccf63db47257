"""获取上年度建议名单: what becomes of somebody of the year before (DOMAIN 7.2)."""

from __future__ import annotations

from models.rules.person import EmploymentStatus


def suggested_status(register_status: EmploymentStatus | None, had_si: bool) -> EmploymentStatus:
    """职退情况 of a suggested person: the social-insurance register's word, else last year's 是否有社保.

    `register_status` None: the register does not know the person.
    """
    if register_status is EmploymentStatus.RETIRED:
        return EmploymentStatus.RETIRED
    if register_status is EmploymentStatus.IN_SERVICE or had_si:
        return EmploymentStatus.IN_SERVICE
    return EmploymentStatus.UNKNOWN
