"""`python -m tests.acceptance.listing` writes docs/acceptance.md: each criterion with the tests named after it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.acceptance.criteria import CRITERIA

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PAGE = ROOT / "docs" / "acceptance.md"

HEAD = """\
# Acceptance criteria

The handbook's questions and the criteria of its operating pages, each with the tests that are named after it. They walk
through the pages or the JSON interface as a clerk does; the rules behind them have tests of their own beside the code.

    python -m pytest tests/acceptance          # all of them; -k ac10 for one
    python -m tests.acceptance.listing         # writes this page; a test compares it with the tests
"""

_NAMED = re.compile(r"test_(ac\d\d)_(\w+)")


@cache
def by_criterion() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Criterion -> file and sentence of each of its tests, in their order."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for file in sorted(FOLDER.glob("test_*.py")):
        for name in _functions(file):
            if named := _NAMED.fullmatch(name):
                found[named[1].upper()].append((file.relative_to(ROOT).as_posix(), named[2].replace("_", " ")))
    return found


def page() -> str:
    """What docs/acceptance.md holds."""
    found = by_criterion()
    return HEAD + "".join(
        f"\n## {criterion.number} {criterion.question}\n\n{_sentence(criterion.words)}\n\n"
        + "".join(f"* {_sentence(sentence)} `{file}`\n" for file, sentence in found.get(criterion.number, ()))
        for criterion in CRITERIA
    )


def _functions(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
