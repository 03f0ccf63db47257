"""The OpenAPI document and the page that people read it on. The page has no script: everything is written out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Blueprint, Response, render_template

from config.messages import catalogue
from web.access import open_to_all
from web.api.calls import JSON, Family
from web.api.document import document

_REF = "#/components/schemas/"
_FORMATS = {"date": "日期", "date-time": "时间", "binary": "文件"}
_TYPES = {"string": "文本", "integer": "整数", "number": "数值", "boolean": "true / false", "object": "对象"}


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """One parameter, or one field of a shape."""

    name: str
    words: str
    """What it holds: 文本, 整数, one of several values."""
    shape: str
    """The shape that it holds, if it holds one."""
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class AnswerSeen:
    """One status with what it means."""

    status: str
    about: str
    shape: str
    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class OperationSeen:
    """One call as the page shows it."""

    name: str
    method: str
    path: str
    summary: str
    about: str
    parameters: Sequence[FieldSeen]
    media: str
    body: Sequence[FieldSeen]
    answers: Sequence[AnswerSeen]
    refusals: Sequence[AnswerSeen]


def set_up(api: Blueprint, families: Sequence[Family]) -> None:
    """Register the document and the page, both without a token."""

    @cache
    def whole() -> dict[str, Any]:
        return document(families)

    @api.get("/openapi.json")
    @open_to_all
    def get_document() -> Response:
        return Response(json.dumps(whole(), ensure_ascii=False, indent=1), mimetype=JSON)

    @api.get("/docs")
    @open_to_all
    def show_docs() -> str:
        described = whole()
        groups = {tag["name"]: list(_operations(described, tag["name"])) for tag in described["tags"]}
        codes = {code for calls in groups.values() for call in calls for no in call.refusals for code in no.codes}
        return render_template(
            "api/docs.html",
            viewer=None,  # the page is everybody's, whoever's token comes along
            navigation=[],
            server=described["servers"][0]["url"],
            version=described["info"]["version"],
            groups=groups,
            shapes={name: list(_fields(shape)) for name, shape in described["components"]["schemas"].items()},
            shape_words={name: _about(shape) for name, shape in described["components"]["schemas"].items()},
            codes={code: entry["text"] for code, entry in catalogue().items() if code in codes},
        )


def _operations(described: Mapping[str, Any], tag: str) -> Iterator[OperationSeen]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if operation["tags"] != [tag]:
                continue
            media, body = _body(described, operation)
            answers = [_answer(status, answered) for status, answered in operation["responses"].items()]
            yield OperationSeen(
                name=operation["operationId"],
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                about=operation["description"],
                parameters=[_parameter(parameter) for parameter in operation.get("parameters", ())],
                media=media,
                body=body,
                answers=[seen for seen in answers if seen.status < "400"],
                refusals=[seen for seen in answers if seen.status >= "400"],
            )


def _body(described: Mapping[str, Any], operation: Mapping[str, Any]) -> tuple[str, Sequence[FieldSeen]]:
    if "requestBody" not in operation:
        return "", ()
    ((media, held),) = operation["requestBody"]["content"].items()
    shape = held["schema"]["$ref"].removeprefix(_REF)
    return media, list(_fields(described["components"]["schemas"][shape]))


def _answer(status: str, answered: Mapping[str, Any]) -> AnswerSeen:
    about, _, codes = answered["description"].partition("\n\n")
    held: Mapping[str, Any] = next(iter(answered.get("content", {}).values()), {"schema": {}})
    shape = held["schema"].get("$ref", "").removeprefix(_REF)
    return AnswerSeen(status, about, shape, [line.split()[1] for line in codes.splitlines()])


def _parameter(parameter: Mapping[str, Any]) -> FieldSeen:
    words, shape = _holds(parameter["schema"])
    about = parameter.get("description") or _about(parameter["schema"])
    place = {"path": "地址", "query": "查询", "header": "请求头"}[parameter["in"]]
    return FieldSeen(parameter["name"], f"{place}，{words}", shape, parameter["required"], about)


def _fields(shape: Mapping[str, Any]) -> Iterator[FieldSeen]:
    for name, held in shape.get("properties", {}).items():
        words, of = _holds(held)
        yield FieldSeen(name, words, of, name in shape.get("required", ()), _about(held))
    if "enum" in shape:
        for value in shape["enum"]:
            yield FieldSeen(str(value), "", "", False, "")


def _holds(schema: Mapping[str, Any]) -> tuple[str, str]:
    """What a schema holds, in words, and the shape that it names."""
    if "$ref" in schema:
        return "", schema["$ref"].removeprefix(_REF)
    if "anyOf" in schema:
        parts = [_holds(part) if part != {"type": "null"} else ("null", "") for part in schema["anyOf"]]
        return " 或 ".join(words for words, _ in parts if words), next((shape for _, shape in parts if shape), "")
    if schema.get("type") == "array":
        words, shape = _holds(schema["items"])
        return f"列表：{words}" if words else "列表：", shape
    if "enum" in schema:
        return " / ".join(f"“{value}”" for value in schema["enum"]), ""
    if "const" in schema:
        return json.dumps(schema["const"]), ""
    return _FORMATS.get(schema.get("format", "")) or _TYPES.get(schema.get("type", ""), ""), ""


def _about(schema: Mapping[str, Any]) -> str:
    title, more = schema.get("title", ""), schema.get("description", "")
    if not any("一" <= char <= "鿿" for char in title + more):  # what the code says of itself, in English
        return ""
    examples = [f"例 {example}" for example in schema.get("examples", ())[:1] if not isinstance(example, dict)]
    return "。".join([*(part for part in (title, more) if any("一" <= char <= "鿿" for char in part)), *examples])
