"""The people of a roster as the interface tells and takes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.messages import text_without_row
from models.queries.roster import RosterLine
from models.rules.findings import Column, Finding, Outcome
from models.rules.person import EmploymentStatus, IdType, Sex, mask_id_no
from web.api.fields import Asked, Id, Listed, Shape, Text

MAX_IDS = 10_000
"""People that one call may name."""

ROW_CODES = (
    *(f"ROW-{number:03d}" for number in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 19)),
    *(f"IDN-{number:03d}" for number in range(1, 9)),
)
"""Why one person can't be taken."""

REGISTER_CODES = ("REG-001", "REG-002", "REG-003", "REG-004")
"""Why the annual register has one person elsewhere."""

_WORDS: dict[str | bool | None, str] = {
    **{str(kind): kind.text for kind in IdType},
    **{str(sex): sex.text for sex in Sex},
    True: "是",
    False: "否",
    None: "",
}

Cell = Annotated[Text, Field(max_length=200)]


class PersonShape(Shape):
    """One person of a roster; the number is masked."""

    id: int = Field(title="编号")
    name: str = Field(title="姓名")
    id_type: IdType = Field(title="证件类型")
    id_no: str = Field(title="证件号码（部分隐藏）", examples=["1101*****9091"])
    birth: date = Field(title="出生日期")
    sex: Sex = Field(title="性别")
    mobile: str | None = Field(title="手机号")
    has_si: bool = Field(title="是否有社保")
    is_suggested: bool = Field(title="是否建议名单")
    employment_status: EmploymentStatus = Field(title="职退情况")
    si_unit_code: str | None = Field(title="单位社保号")
    personal_si_no: str | None = Field(title="个人社保登记号")
    over_age: bool = Field(title="是否超龄")
    promised: bool = Field(title="医保享受在职待遇（超龄人员）")
    eligible: bool = Field(title="是否可参保")
    eligible_text: str = Field(title="是否可参保（文字）", examples=["是", "否(超龄)", "是(超龄已承诺)"])


class PeopleList(Shape):
    """A page of people, in the order in which they came to the roster."""

    items: list[PersonShape]
    next: str | None = Field(title="下一页的游标")


class Hint(Shape):
    """Something to know about a person who was taken."""

    code: str = Field(title="代码")
    message: str = Field(title="说明")


class PersonChanged(PersonShape):
    """A person who was added or changed, and how that ended."""

    outcome: Outcome = Field(title="结果")
    hints: list[Hint] = Field(title="提示")


class PeopleQuery(Listed):
    """Filters of a roster (DOMAIN 7.8)."""

    name: Annotated[Text, Field(max_length=50, title="姓名")] = ""
    si_unit_code: Annotated[Text, Field(max_length=20, title="单位社保号")] = ""
    employment_status: EmploymentStatus | None = Field(default=None, title="职退情况")
    over_age: bool | None = Field(default=None, title="是否超龄")


class NumberAsked(Asked):
    """Whom to look for."""

    id_no: Annotated[Text, Field(min_length=1, max_length=40, title="证件号码", description="完整号码，或前 6 位以上")]


class PersonTyped(Asked):
    """One person as a row of the template; `id_type`, `sex` and `has_si` may also be its words (身份证, 男, 是)."""

    name: Cell = Field(title="姓名")
    id_type: Cell = Field(title="证件类型", examples=["resident_id", "passport"])
    id_no: Cell = Field(title="证件号码")
    birth: Cell | None = Field(default=None, title="出生日期", examples=["1990-03-07"])
    sex: Cell | None = Field(default=None, title="性别", examples=["male", "female"])
    mobile: Cell | None = Field(default=None, title="手机号")
    has_si: bool | Cell = Field(title="是否有社保")

    def cells(self) -> dict[str, str]:
        """The seven cells as a clerk types them."""
        return _typed({column: getattr(self, column) for column in Column})


class PersonEdited(Asked):
    """The cells of a passport person that change."""

    name: Cell | None = Field(default=None, title="姓名")
    id_type: Cell | None = Field(default=None, title="证件类型", description="不可变更（RST-002）")
    id_no: Cell | None = Field(default=None, title="证件号码")
    birth: Cell | None = Field(default=None, title="出生日期", examples=["1990-03-07"])
    sex: Cell | None = Field(default=None, title="性别", examples=["male", "female"])
    mobile: Cell | None = Field(default=None, title="手机号")
    has_si: bool | Cell | None = Field(default=None, title="是否有社保")

    def cells(self) -> dict[str, str]:
        """The cells that were sent; null empties one."""
        return _typed({column: getattr(self, column) for column in Column if column in self.model_fields_set})


class Ticked(Asked):
    """Some people of the roster."""

    ids: list[Id] = Field(max_length=MAX_IDS, title="人员编号")


class TickedOrAll(Asked):
    """Some people of the roster, or everybody."""

    ids: list[Id] | None = Field(default=None, max_length=MAX_IDS, title="人员编号")
    all: Literal[True] | None = Field(default=None, title="全部")

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.all and self.ids is not None:
            raise ValueError("some people or everybody")
        return self


class Removed(Shape):
    """How many left the roster."""

    removed: int = Field(title="移除人数")
    version: int = Field(title="批次版本")


class SetInService(Shape):
    """How many are in service now who were “-” before."""

    in_service: int = Field(title="设置在职人数")
    version: int = Field(title="批次版本")


def person_shape(line: RosterLine) -> PersonShape:
    """A person with what the roster says of them."""
    person = line.person
    return PersonShape(
        id=person.id,
        name=person.name,
        id_type=IdType(person.id_type),
        id_no=mask_id_no(person.id_no),
        birth=person.birth,
        sex=Sex(person.sex),
        mobile=person.mobile,
        has_si=person.has_si,
        is_suggested=person.is_suggested,
        employment_status=EmploymentStatus(person.employment_status),
        si_unit_code=person.si_unit_code,
        personal_si_no=person.personal_si_no,
        over_age=line.over_age,
        promised=person.promised_at is not None,
        eligible=line.why_not is None,
        eligible_text=line.eligible_text,
    )


def person_changed(line: RosterLine, outcome: Outcome, findings: Sequence[Finding]) -> PersonChanged:
    """A person after a change by hand, with the hints that came of it."""
    hints = [Hint(code=hint.code, message=text_without_row(hint.code, **hint.values)) for hint in findings]
    return PersonChanged(**dict(person_shape(line)), outcome=outcome, hints=hints)


def typed_word(value: str | bool | None) -> str:
    """A value as the template writes it: 男 for `male`."""
    return _WORDS.get(value, str(value))


def _typed(values: dict[Column, str | bool | None]) -> dict[str, str]:
    return {str(column): typed_word(value) for column, value in values.items()}
