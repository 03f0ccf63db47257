"""The calls of the interface. Each is described once; its route and its place in the OpenAPI document come from that.

The library flask-openapi3 reads the body before the view runs. Here 404 and 409 come before 422, so that a foreign
object looks like an unknown one whatever is sent along: views find their object first and read the body then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Blueprint, Response, url_for
from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])

JSON = "application/json"

Answers = Mapping[int, type[BaseModel] | str | None]
"""What each status holds: a shape, a media type, or nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one address."""

    method: str
    path: str
    """With the names of the view's arguments: /batches/{batch_no}."""
    summary: str
    view: Callable[..., Any]
    answers: Answers
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    form: type[BaseModel] | None = None
    refuses: tuple[str, ...] = ()
    """Codes of the catalogue besides those that every call may answer."""
    absent: tuple[str, ...] = ()
    """Codes that this call answers with 404, whatever their status is elsewhere."""
    of_state: tuple[str, ...] = ()
    """The same with 409: here they say no to what is there, elsewhere to what was sent."""
    asks_register: bool = False
    """Whether it is answered out of the annual register, and so not without end (429)."""
    changes_batch: bool = False
    """Whether `If-Match` is heeded, and the answer says the batch's new version as its ETag."""

    @property
    def name(self) -> str:
        """Its operationId, and the endpoint inside the blueprint."""
        return self.view.__name__

    @property
    def rule(self) -> str:
        """The address as Flask writes it. Arguments are texts: an id that is no number is a 404 of ours."""
        return self.path.replace("{", "<").replace("}", ">")


@dataclass(frozen=True, slots=True)
class Family:
    """The calls about one kind of thing."""

    tag: str
    title: str
    calls: list[Call] = field(default_factory=list)

    def get(self, path: str, summary: str, answers: Answers, **more: Any) -> Callable[[View], View]:
        """Register a call that only reads."""
        return self._register("GET", path, summary, answers, more)

    def post(self, path: str, summary: str, answers: Answers, **more: Any) -> Callable[[View], View]:
        """Register a call that adds, or sets something going."""
        return self._register("POST", path, summary, answers, more)

    def put(self, path: str, summary: str, answers: Answers, **more: Any) -> Callable[[View], View]:
        """Register a call that replaces."""
        return self._register("PUT", path, summary, answers, more)

    def patch(self, path: str, summary: str, answers: Answers, **more: Any) -> Callable[[View], View]:
        """Register a call that changes the fields it names."""
        return self._register("PATCH", path, summary, answers, more)

    def delete(self, path: str, summary: str, answers: Answers, **more: Any) -> Callable[[View], View]:
        """Register a call that removes."""
        return self._register("DELETE", path, summary, answers, more)

    def add_to(self, api: Blueprint) -> None:
        """Give every call its route. The view itself is the endpoint, with the action that it asks for."""
        for call in self.calls:
            api.add_url_rule(call.rule, endpoint=call.name, view_func=call.view, methods=[call.method])

    def _register(
        self, method: str, path: str, summary: str, answers: Answers, more: dict[str, Any]
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            self.calls.append(Call(method, path, summary, view, answers, **more))
            return view

        return register


def answer(shape: BaseModel, status: int = 200, *, version: int | None = None, location: str = "") -> Response:
    """A shape as JSON, with the batch's version as its ETag and the address of what was made."""
    made = Response(shape.model_dump_json(), status, mimetype=JSON)
    if version is not None:
        made.set_etag(str(version))
    if location:
        made.headers["Location"] = location
    return made


def nothing(*, version: int | None = None) -> Response:
    """204: done, and there is nothing to say."""
    made = Response(status=204)
    if version is not None:
        made.set_etag(str(version))
    return made


def address(call: str, **values: str | int) -> str:
    """The address of one of our calls."""
    found: str = url_for(f"api.{call}", **values)  # type: ignore[arg-type]  # none of ours is named as an option
    return found
