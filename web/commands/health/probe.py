"""One look at one part of the service, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found of one thing; `remedy` says what to do where it is not ok."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A look at one part of the service, which may find several things; `remedy` is for one that fails as a whole."""

    name: str
    look: Callable[[Settings], Iterator[Finding]]
    remedy: str
