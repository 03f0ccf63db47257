"""更正: the association corrects somebody whose batch holds claims, with evidence (DOMAIN 11.6)."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from werkzeug.datastructures import FileStorage

from models.actions.batch_change import refuse_if_stale
from models.actions.correct_person import CORRECTED, Evidence, correct_person, person_to_correct
from models.queries.people_search import find_anywhere
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.attachment import MAX_FILES
from models.rules.findings import Outcome
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from web.access import asks
from web.api.calls import Family, answer
from web.api.fields import Asked, Text, id_in_address
from web.api.incoming import form_with_files, version_asked
from web.api.people_search import FoundShape, found_shape
from web.api.person import REGISTER_CODES, ROW_CODES, typed_word
from web.attachment import received
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("person_corrections", "人员更正")

_Cell = Annotated[Text, Field(max_length=200)]


def _sent(files: list[FileStorage]) -> list[FileStorage]:
    return [file for file in files if file.filename]  # a field without a file is sent as one without a name


_Files = Annotated[
    list[FileStorage],
    AfterValidator(_sent),
    WithJsonSchema({"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": MAX_FILES}),
]


class CorrectionForm(Asked):
    """What is right, and why. A field that is not sent stays as it is."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: _Cell | None = Field(default=None, title="姓名")
    id_type: _Cell | None = Field(default=None, title="证件类型", description="不可变更（RST-002）")
    id_no: _Cell | None = Field(default=None, title="证件号码")
    birth: _Cell | None = Field(
        default=None, title="出生日期", description="身份证人员由号码得出", examples=["1990-03-07"]
    )
    sex: _Cell | None = Field(default=None, title="性别", description="身份证人员由号码得出", examples=["male", "女"])
    reason: Annotated[Text, Field(max_length=2000)] = Field(default="", title="更正原因")
    file: _Files = Field(
        default=[], max_length=MAX_FILES, title="证明材料", description="JPG、PNG、PDF，可重复，每个不超过10MB"
    )

    def cells(self) -> dict[str, str]:
        """The cells that were sent, as a clerk types them."""
        sent = {column: getattr(self, column) for column in (*CORRECTED, "id_type")}
        return {str(column): typed_word(value) for column, value in sent.items() if value is not None}


class CorrectedShape(FoundShape):
    """The person as corrected."""

    outcome: Outcome = Field(title="结果", description="updated 或 unchanged")
    over_age_differs: bool = Field(title="按更正后的信息，超龄结论与清册提交时不同（提交时的结论不变）")


@family.post(
    "/people/{person_id}/correction",
    "更正已提交或已参保的人员",
    {200: CorrectedShape},
    form=CorrectionForm,
    refuses=(
        *("BAT-005", "BAT-002", "BAT-004", "RST-002", "APP-003", "APP-004", "SYS-001"),
        *ROW_CODES,
        *REGISTER_CODES,
    ),
    changes_batch=True,
)
@asks(Action.CORRECT_PERSON)
def correct_one_person(person_id: str) -> Response:
    """The claim moves with the number, or nothing changes. Money, over-age results and the checks stay."""
    number = id_in_address(person_id)
    with reading() as records:
        refuse_if_stale(person_to_correct(records, viewer(), number).batch, version_asked())
    asked = form_with_files(CorrectionForm)
    evidence = Evidence(asked.reason, received(asked.file))
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        done = correct_person(records, viewer(), number, asked.cells(), evidence, now, version=version_asked())
        found = find_anywhere(records, viewer(), number, Action.CORRECT_PERSON)
    if isinstance(done, FormRefused):  # after the commit: what the register told is audited
        raise done
    shape = CorrectedShape(**dict(found_shape(found)), outcome=done.outcome, over_age_differs=done.over_age_differs)
    return answer(shape, version=found.batch.version)
