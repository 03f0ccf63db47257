"""A form as it goes back to who filled it in: what was typed, and what is wrong, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from config.messages import text, text_without_row
from models.rules.form_fields import FormRefused
from models.rules.refusal import Refused


class Problem(NamedTuple):
    """What stands below a field."""

    message: str
    code: str


@dataclass(slots=True)
class TypedForm:
    """The values of the fields and what is to be said about them."""

    values: Mapping[str, object]
    problems: dict[str, Problem] = field(default_factory=dict)
    said: str = ""
    """Over the form, where it concerns no field or several."""
    said_code: str = ""
    tone: str = "bad"
    focus: str = ""
    """The field at which the reader goes on."""

    def value(self, name: str) -> object:
        """What stands in a field."""
        return self.values.get(name, "")

    def refuse(self, refused: Refused, *, unsaved: str = "尚未保存") -> None:
        """Say why not: below the fields that are wrong, and how many they are, else over the form."""
        if isinstance(refused, FormRefused):
            for name, no in refused.problems.items():
                self.problems[name] = Problem(text_without_row(no.code, **no.values), no.code)
            self.focus = next(iter(refused.problems))
            self.said = f"有 {len(self.problems)} 处需要修改，{unsaved}。" if len(self.problems) > 1 else ""
            return
        self.said, self.said_code = text(refused.code, **refused.values), refused.code

    def tell(self, sentence: str, focus: str = "") -> None:
        """Say that something was done, and where it goes on."""
        self.tone, self.said, self.focus = "work", sentence, focus
