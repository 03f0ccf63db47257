"""The report of 清册校验 and 清册提交: the last one of a batch replaces the one before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.records.batch import Batch
from models.records.bulk import bulk_insert
from models.records.validation import ValidationFinding, ValidationReport
from models.rules.ratio import Ratio
from models.rules.validation import CheckFinding, passes

_COLUMNS = ("batch_id", "check", "code", "person_id", "values")


def write_report(  # noqa: PLR0917 - of which roster, what was found, on which day, when, by what
    session: Session,
    batch: Batch,
    findings: Sequence[CheckFinding],
    ratios: Sequence[Ratio],
    people: int,
    reference: date,
    now: datetime,
    job_id: int | None,
) -> None:
    """Keep what was found of the roster's present version."""
    drop_report(session, batch.id)
    session.add(
        ValidationReport(
            batch_id=batch.id,
            job_id=job_id,
            roster_version=batch.roster_version,
            passed=passes(findings),
            people=people,
            reference=reference,
            received_at=now,
            counts=dict(Counter(str(finding.check) for finding in findings)),
            ratios=[asdict(each) | {"percent": each.percent} for each in ratios],
        )
    )
    rows = (
        (batch.id, str(each.check), each.code, each.person_id, json.dumps(dict(each.values), ensure_ascii=False))
        for each in findings
    )
    bulk_insert(session, ValidationFinding, _COLUMNS, rows)


def drop_report(session: Session, batch_id: int) -> None:
    """Forget what was found of this batch's roster."""
    session.execute(delete(ValidationFinding).where(ValidationFinding.batch_id == batch_id))
    session.execute(delete(ValidationReport).where(ValidationReport.batch_id == batch_id))
    session.flush()
