"""The texts that cells refer to by number."""

from __future__ import annotations

from tasks.workbook.cell_values import MAX_CELL_CHARACTERS, decode_escapes
from tasks.workbook.rejections import TooBig
from tasks.workbook.xml_limits import bounded_parser, feed, in_main_namespace, local_name, skip_element

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Iterable

MAX_STRINGS = 1_000_000
_MAX_ELEMENTS = 4 * MAX_STRINGS


def read_shared_strings(pieces: Iterable[bytes]) -> list[str]:
    """All of them in order; of rich text the words, without the phonetic reading that may stand beside them."""
    reader = _SharedStringsReader()
    feed(reader.parser, pieces)
    return reader.strings


class _SharedStringsReader:
    """Hears the XML of the shared strings."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.parser = bounded_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._known: dict[str, str] = {}
        self._elements = 0
        self._texts: list[str] = []
        self._length = 0

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        word = self._known.get(name) or self._learn(name)
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise TooBig.inside(f"more than {_MAX_ELEMENTS} elements among the shared strings")
        if word == "t":
            self.parser.CharacterDataHandler = self._take
        elif word == "si":
            self._texts.clear()
            self._length = 0
        elif word == "other":
            skip_element(self.parser)

    def _end(self, name: str) -> None:
        word = self._known[name]
        if word == "t":
            self.parser.CharacterDataHandler = None
        elif word == "si":
            if len(self.strings) >= MAX_STRINGS:
                raise TooBig.inside(f"more than {MAX_STRINGS} shared strings")
            self.strings.append(decode_escapes("".join(self._texts)))

    def _take(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CELL_CHARACTERS:
            raise TooBig.inside("a text longer than a cell can hold")
        self._texts.append(text)

    def _learn(self, name: str) -> str:
        """The four words that matter, in either namespace; a font, a phonetic reading and the like are `other`."""
        local = local_name(name)
        matters = in_main_namespace(name) and local in {"sst", "si", "r", "t"}
        return self._known.setdefault(name, local if matters else "other")
