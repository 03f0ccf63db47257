"""What forms offer for choice, as data in choices.toml beside this file: 单位性质, 行业, liaison groups."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Choices:
    """The lists, in the order in which they are offered."""

    natures: tuple[str, ...]
    """单位性质."""
    industries: tuple[str, ...]
    """单位所属行业名称."""
    liaison_groups: int
    """How many groups of the association's staff look after the 工委; pages say which looks after which."""


@cache
def choices() -> Choices:
    """The lists of this deployment."""
    data = tomllib.loads(Path(__file__).with_name("choices.toml").read_text(encoding="utf-8"))
    return Choices(tuple(data["natures"]), tuple(data["industries"]), data["liaison_groups"])
