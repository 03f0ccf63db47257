"""The OpenAPI 3.1 document: made of the calls themselves, so that it can't say anything else than they do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from config.messages import catalogue
from models.rules.permissions import PERMISSIONS, Action, Role
from web.api.calls import JSON, Call, Family
from web.api.problems import PROBLEM_JSON, Problem
from web.error_pages import status_of

SERVER = "/api/v1"
VERSION = "1.0"
"""Of the interface, not of the program: calls and fields are added to it, and none is changed."""
_REF = "#/components/schemas/{model}"
_NAMES = {
    "batch_no": "no",
    "person_id": "id",
    "import_id": "id",
    "job_id": "id",
    "voucher_id": "id",
    "application_id": "id",
}
"""Arguments of views that have another name in the document."""
_PATH_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "batch_no": ("批次号", {"type": "string", "pattern": "^[A-Z0-9]{1,20}$", "examples": ["SZSH202004200001"]}),
    "person_id": ("人员编号", {"type": "integer", "minimum": 1}),
    "import_id": ("导入编号", {"type": "integer", "minimum": 1}),
    "job_id": ("处理编号", {"type": "integer", "minimum": 1}),
    "voucher_id": ("缴费凭证编号", {"type": "integer", "minimum": 1}),
    "application_id": ("申请编号", {"type": "integer", "minimum": 1}),
    "n": ("附件序号", {"type": "integer", "minimum": 1}),
    "row": ("行号，与表格软件中的行号一致", {"type": "integer", "minimum": 2}),
    "year": ("保障年度", {"type": "string", "pattern": "^[0-9A-Z]{1,10}$", "examples": ["2020"]}),
}
_DESCRIPTION = """\
供用人单位的人事系统和脚本使用，与网页执行同样的操作。

* 每次请求带 `Authorization: Bearer 令牌`；令牌由管理员发放。
* 金额以分为单位（`…_fen`），日期为 `YYYY-MM-DD`，时间带时区。证件号码只在请求体中发送，返回时部分隐藏。
* 列表返回 `{"items": […], "next": 游标或 null}`，下一页用 `?cursor=` 取，`?limit=` 最多 1000。
* 批次带 `version`；修改时可用 `If-Match: "version"` 送回，批次已有变动时得到 409（BAT-004）。
* 拒绝时返回 `application/problem+json`（RFC 9457），`code` 为消息代码。
* 拒绝的先后：401、403、404、状态（409）、内容（422）。
"""

_ANY_CALL = {405: ("SYS-003",), 500: ("SYS-001",), 503: ("SYS-001",)}
_WITH_TOKEN = {401: ("AUTH-005",), 403: ("AUTH-006", "AUTH-007")}
_OF_HANDLERS = {Action.WORK_ON_BATCH, Action.WORK_ON_VOUCHER, Action.WITHDRAW_BATCH, Action.DELETE_BATCH}
"""Whoever has not done 经办人填报 gets HDL-001."""
_STATUS_WORDS = {
    200: "完成",
    201: "已新增",
    202: "已收到，正在处理",
    204: "完成，没有内容",
    401: "没有令牌，或令牌无效",
    403: "没有权限",
    404: "不存在，或不在本账户范围内",
    405: "不支持该方法",
    409: "当前状态不允许",
    413: "内容过大",
    415: "不支持该格式",
    422: "内容有误",
    429: "过于频繁，请按 Retry-After 重试",
    500: "系统错误",
    503: "系统繁忙，请按 Retry-After 重试",
}


def document(families: Sequence[Family]) -> dict[str, Any]:
    """The whole interface as OpenAPI 3.1."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for family in families:
        for call in family.calls:
            paths[_documented(call.path)][call.method.lower()] = _operation(call, family.title)
    return {
        "openapi": "3.1.0",
        "info": {"title": "职工互助保障参保接口", "version": VERSION, "description": _DESCRIPTION},
        "servers": [{"url": SERVER}],
        "security": [{"token": []}],
        "tags": [{"name": family.title} for family in families],
        "paths": dict(paths),
        "components": {
            "schemas": _schemas(families),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "管理员发放的访问令牌"}},
        },
    }


def codes_by_status(call: Call) -> dict[int, tuple[str, ...]]:
    """Every status by which the call may be refused, with its codes."""
    found: dict[int, list[str]] = defaultdict(list)
    for status, codes in (_WITH_TOKEN | _ANY_CALL).items():
        found[status] += codes
    for code in call.refuses:
        found[status_of(code)].append(code)
    found[404] += call.absent
    found[409] += call.of_state
    if call.method != "GET" and call.view.asks in _OF_HANDLERS:  # type: ignore[attr-defined]  # the mark of web.access
        found[409].append("HDL-001")
    if call.asks_register:
        found[429].append("SYS-001")
    if call.query or call.body or call.form:
        found[422] += ["SYS-002", "SYS-003"]
    if call.body or call.form:
        found[413].append("IMP-008")
        found[415].append("SYS-003")
    return {status: tuple(dict.fromkeys(codes)) for status, codes in sorted(found.items()) if codes}


def roles_of(call: Call) -> list[Role]:
    """Who may make the call at all."""
    action: Action = call.view.asks  # type: ignore[attr-defined]  # the mark of web.access
    return list(PERMISSIONS[action])


def _operation(call: Call, tag: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.summary,
        "description": "可使用的角色：" + "、".join(role.text for role in roles_of(call)),
        "tags": [tag],
        "responses": {
            **{str(status): _answer(call, status, held) for status, held in call.answers.items()},
            **{str(status): _refusal(status, codes) for status, codes in codes_by_status(call).items()},
        },
    }
    if parameters := _parameters(call):
        operation["parameters"] = parameters
    if call.body:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(call.body)}}}
    if call.form:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _ref(call.form)}}}
    return operation


def _parameters(call: Call) -> list[dict[str, Any]]:
    parameters = []
    for name in re.findall(r"{(\w+)}", call.path):
        words, schema = _PATH_PARAMETERS[name]
        parameters.append(
            {"name": _NAMES.get(name, name), "in": "path", "required": True, "description": words, "schema": schema}
        )
    if call.query:
        schema = call.query.model_json_schema(ref_template=_REF)
        for name, field in schema["properties"].items():
            parameters.append({"name": name, "in": "query", "required": False, "schema": _without_null(field)})
    if call.changes_batch:
        parameters.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": False,
                "description": "批次或缴费凭证的 version，加引号",
                "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$', "examples": ['"3"']},
            }
        )
    return parameters


def _answer(call: Call, status: int, held: type[BaseModel] | str | None) -> dict[str, Any]:
    answered: dict[str, Any] = {"description": _STATUS_WORDS[status]}
    if isinstance(held, str):
        answered["content"] = {held: {"schema": {"type": "string", "contentMediaType": held}}}
    elif held is not None:
        answered["content"] = {JSON: {"schema": _ref(held)}}
    headers: dict[str, Any] = {}
    if status in {201, 202}:
        headers["Location"] = {"description": "新增对象的地址", "required": True, "schema": {"type": "string"}}
    if call.changes_batch:
        headers["ETag"] = {"description": "新版本", "required": True, "schema": {"type": "string"}}
    return answered | ({"headers": headers} if headers else {})


def _refusal(status: int, codes: Sequence[str]) -> dict[str, Any]:
    lines = [f"* {code} {catalogue()[code]['text']}" for code in codes]
    refusal: dict[str, Any] = {
        "description": "\n".join([_STATUS_WORDS[status], "", *lines]),
        "content": {PROBLEM_JSON: {"schema": _ref(Problem)}},
    }
    if status == 401:
        refusal["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    if status in {429, 503}:
        refusal["headers"] = {"Retry-After": {"description": "秒", "schema": {"type": "string"}}}
    return refusal


def _documented(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: f"{{{_NAMES.get(found[1], found[1])}}}", path)


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query has no null: a parameter that isn't there isn't sent."""
    others = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name not in {"anyOf", "default"}}
    if schema.get("default") not in (None, ""):
        kept["default"] = schema["default"]
    return kept | others[0] if len(others) == 1 else kept


def _schemas(families: Sequence[Family]) -> dict[str, Any]:
    told: set[type[BaseModel]] = {Problem}
    asked: set[type[BaseModel]] = set()
    queries: set[type[BaseModel]] = set()
    for family in families:
        for call in family.calls:
            told |= {held for held in call.answers.values() if isinstance(held, type)}
            asked |= {model for model in (call.body, call.form) if model}
            queries |= {call.query} if call.query else set()
    modes: list[tuple[type[BaseModel], Any]] = [(model, "serialization") for model in told]
    modes += [(model, "validation") for model in asked | queries]
    _, schema = models_json_schema(modes, ref_template=_REF)
    parts = {model.__name__ for model in queries}  # they stand with their calls, field by field
    return {name: found for name, found in sorted(schema["$defs"].items()) if name not in parts}
