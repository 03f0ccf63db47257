"""What stands in the audit log, and what must not."""

from __future__ import annotations

import re

from models.records.audit import AuditEntry
from models.records.database import reading

A_NUMBER = re.compile(r"(?<![0-9A-Za-z*])(\d{17}[\dX]|H801213602X)(?![0-9A-Za-z*])")
"""A whole certificate number of the tests' people."""


def entries() -> list[AuditEntry]:
    """The whole log, in its order."""
    with reading() as records:
        return records.query(AuditEntry).order_by(AuditEntry.id).all()
