"""What an administrator does with plan years, texts and reference data, for the test of the audit log."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from werkzeug.test import TestResponse

from config.plans import FOLDER
from models.actions.keep_plans import fingerprint_of, load_plan
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord
from models.rules.next_year import a_year_later
from tests.builders import resident_id
from tests.web.conftest import MORNING
from web.plan_form import typed_values

if TYPE_CHECKING:
    from tests.web.test_audit import Stage

DRAFT = "2021"


def _upload(stage: Stage) -> TestResponse:
    content = (FOLDER / "2024.toml").read_bytes()
    return stage.form("/desk/plans/upload", file=(io.BytesIO(content), "2024.toml"))


def _with_draft(path: str, **fields: object) -> Callable[[Stage], TestResponse]:
    def act(stage: Stage) -> TestResponse:
        data = a_draft()
        return stage.form(f"/desk/plans/{DRAFT}/{path}", fingerprint=fingerprint_of(data), confirmed="1", **fields)

    return act


def _save(stage: Stage) -> TestResponse:
    data = a_draft()
    typed = typed_values(data) | {"payment_days": "20", "fingerprint": fingerprint_of(data)}
    return stage.form(f"/desk/plans/{DRAFT}/edit", **typed)


def _load(stage: Stage) -> TestResponse:
    content = b"si_unit_code,in_service_total,as_of\nSH0001,7,2020-04-01\n"
    return stage.form("/desk/reference", kind="si-units", file=(io.BytesIO(content), "在职人数.csv"))


def _grant(stage: Stage) -> TestResponse:
    typed = {"plan_year": "2020", "id_type": "resident_id", "id_no": resident_id(sequence=77), "reason": "返聘"}
    return stage.form("/desk/overrides", **typed)


PLAN_ACTS: Mapping[str, tuple[str, Callable[[Stage], TestResponse]]] = {
    "plans.upload": ("load_plan", _upload),
    "plans.copy": ("roll_over_plan", lambda stage: stage.form("/desk/plans/2020/copy")),
    "plans.save": ("write_plan", _save),
    "plans.publish": ("publish_plan", _with_draft("publish")),
    "plans.delete": ("delete_plan", _with_draft("delete")),
    "texts.write": (
        "write_text",
        lambda stage: stage.form("/desk/texts", kind="pledge", text="新", valid_from="2020-05-01T00:00"),
    ),
    "reference.upload": ("ask_to_load_reference", _load),
    "overrides.grant": ("override_retired", _grant),
    "overrides.withdraw": (
        "withdraw_retired_override",
        lambda stage: stage.form("/desk/overrides/{override_id}/withdraw", confirmed="1"),
    ),
}
"""Endpoint -> what it writes down, and how it is done."""


def a_draft() -> dict[str, object]:
    """Plan year 2021 as a draft, 2020 moved by a year; its data."""
    with reading() as records:
        data = a_year_later(records.get_one(PlanYearRecord, "2020").data)
    with writing() as records:
        load_plan(records, data, MORNING)
    return data
