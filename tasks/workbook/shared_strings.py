"""The texts that cells refer to by number."""

from __future__ import annotations

from tasks.workbook.cell_values import MAX_CELL_CHARACTERS, decode_escapes
from tasks.workbook.rejections import TooBig
from tasks.workbook.xml_limits import bounded_parser, feed, in_main_namespace, local_name, skip_element

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Iterable

MAX_STRINGS = 1_000_000
_MAX_OTHER_ELEMENTS = 4 * MAX_STRINGS


def read_shared_strings(pieces: Iterable[bytes]) -> list[str]:
    """All of them in order; of rich text the words, without the phonetic reading some keyboards leave beside them."""
    strings: list[str] = []
    texts: list[str] = []
    characters = 0
    left = _MAX_OTHER_ELEMENTS
    parser = bounded_parser()

    def take(text: str) -> None:
        nonlocal characters
        characters += len(text)
        if characters > MAX_CELL_CHARACTERS:
            raise TooBig.inside("a text longer than a cell can hold")
        texts.append(text)

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal characters, left
        kind = kinds.get(name) or learn(name)
        if kind == "t":
            parser.CharacterDataHandler = take
            return
        left -= 1
        if left < 0:
            raise TooBig.inside("too many elements among the shared strings")
        if kind == "si":
            texts.clear()
            characters = 0
        elif kind == "other":
            skip_element(parser)

    def end(name: str) -> None:
        kind = kinds[name]
        if kind == "t":
            parser.CharacterDataHandler = None
        elif kind == "si":
            if len(strings) >= MAX_STRINGS:
                raise TooBig.inside(f"more than {MAX_STRINGS} shared strings")
            strings.append(decode_escapes("".join(texts)))

    kinds: dict[str, str] = {}

    def learn(name: str) -> str:
        known = in_main_namespace(name) and local_name(name) in {"sst", "si", "r", "t"}
        return kinds.setdefault(name, local_name(name) if known else "other")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    feed(parser, pieces)
    return strings
