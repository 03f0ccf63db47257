"""Forms as data: what each field is called, how it is read, and by which code it is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from models.rules.refusal import Refused
from models.rules.white_space import trimmed

Value = str | int
_CONTROL = {*map(chr, range(32)), "\x7f"}


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. `read` gives the value to be stored, or None for what can't be one."""

    name: str
    label: str
    """As the handbook calls it."""
    read: Callable[[str], Value | None]
    code: str = "SYS-003"
    """What is said of a malformed value."""
    required: bool = True


class FormRefused(Refused):
    """Some fields are wrong: each with the refusal of its own, in the form's order. The whole goes by the first."""

    def __init__(self, problems: Mapping[str, Refused]) -> None:
        first = next(iter(problems.values()))
        super().__init__(first.code, **first.values)
        self.problems = problems


def read_form(fields: Sequence[FormField], typed: Mapping[str, str]) -> dict[str, Value]:
    """The values of a form; an optional field left empty is ''. Raises FormRefused: SYS-002 for each required field
    that is empty, its own code for each malformed one.
    """
    values: dict[str, Value] = {}
    problems: dict[str, Refused] = {}
    for field in fields:
        text = typed.get(field.name, "")
        if not trimmed(text):
            values[field.name] = ""
            if field.required:
                problems[field.name] = Refused("SYS-002", field=field.label)
            continue
        value = field.read(text)
        if value is None:
            problems[field.name] = _malformed(field)
        else:
            values[field.name] = value
    if problems:
        raise FormRefused(problems)
    return values


def line(max_characters: int) -> Callable[[str], str | None]:
    """Reads one line of at most so many characters, as it was typed, without blanks around it."""

    def read(text: str) -> str | None:
        kept = text.strip()
        return kept if len(kept) <= max_characters and not _CONTROL & set(kept) else None

    return read


def one_of(choices: Collection[str]) -> Callable[[str], str | None]:
    """Reads one of these words."""

    def read(text: str) -> str | None:
        word = text.strip()
        return word if word in choices else None

    return read


def _malformed(field: FormField) -> Refused:
    return Refused(field.code, field=field.label) if field.code == "SYS-003" else Refused(field.code)
