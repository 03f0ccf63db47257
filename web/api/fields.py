"""Values of the JSON interface as pydantic types: texts that every database can hold, moments with their offset."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from config.clock import SHANGHAI
from models.queries.people import LARGEST_ID
from models.rules.refusal import Refused

MAX_LIMIT = 1000
"""Rows of a list at most."""


class Shape(BaseModel):
    """An object that we answer with."""

    model_config = ConfigDict(frozen=True)


class Asked(BaseModel):
    """An object that programs send. What it holds besides is ignored, so that fields may be added on either side."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def id_in_address(text: str) -> int:
    """The id in an address. Refused BAT-005: it is no number that a database could hold, so there is no such thing."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= LARGEST_ID):
        raise Refused("BAT-005")
    return int(text)


def _storable(text: str) -> str:
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("no database stores this")
    return text


def _in_shanghai(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _without_blank(value: object) -> object:
    return None if value == "" else value


Text = Annotated[str, AfterValidator(_storable)]
"""Text without NUL (PostgreSQL) and without halves of characters (UTF-8)."""

Moment = Annotated[
    datetime,
    PlainSerializer(_in_shanghai, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2020-04-20T09:00:00+08:00"]}),
]
"""A moment, written in Shanghai's time with its offset."""

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]

Flag = Annotated[
    bool | None,
    BeforeValidator(_without_blank),
    WithJsonSchema({"type": "string", "enum": ["", "0", "1", "true", "false"]}),
]
"""Yes or no as a field of a form: 1, or nothing."""


class Listed(Asked):
    """What every list may be asked."""

    cursor: Annotated[Text, Field(title="游标", max_length=100, description="上一页的 next")] | None = None
    limit: int = Field(default=100, ge=1, le=MAX_LIMIT, title="每页条数")
