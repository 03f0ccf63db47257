"""What forms offer for choice, as data in choices.toml beside this file: 单位性质, 行业, 工委."""

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
    liaison_groups: tuple[tuple[str, ...], ...]
    """The 工委 of each of the association's groups of staff."""

    @property
    def district_unions(self) -> tuple[str, ...]:
        """工委名称, all groups one after the other."""
        return tuple(union for group in self.liaison_groups for union in group)


@cache
def choices() -> Choices:
    """The lists of this deployment."""
    data = tomllib.loads(Path(__file__).with_name("choices.toml").read_text(encoding="utf-8"))
    groups = tuple(tuple(group) for group in data["liaison_groups"])
    return Choices(tuple(data["natures"]), tuple(data["industries"]), groups)
