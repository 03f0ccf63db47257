"""The texts that cells refer to by number."""

from __future__ import annotations

from tasks.workbook.cell_values import MAX_CELL_CHARACTERS, decode_escapes
from tasks.workbook.rejections import TooBig
from tasks.workbook.xml_limits import MAX_ATTRIBUTES, TOO_MANY_ATTRIBUTES, BoundedXml, in_main_namespace, local_name

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Iterable, Iterator

MAX_STRINGS = 600_000


def read_shared_strings(pieces: Iterable[bytes]) -> list[str]:
    """All of them in order; of rich text the words, without the phonetic reading that may stand beside them."""
    reader = _SharedStringsReader()
    reader.read(pieces)
    return reader.strings


class _SharedStringsReader:
    """Hears the XML of the shared strings."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._xml = BoundedXml()
        self._parser = self._xml.parser
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._known: dict[str, str] = {}
        self._texts: list[str] = []

    def read(self, pieces: Iterable[bytes]) -> None:
        """The whole part."""
        self._xml.feed(self._bounded(pieces))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(attributes) > MAX_ATTRIBUTES:
            raise TooBig.inside(TOO_MANY_ATTRIBUTES)
        word = self._known.get(name) or self._learn(name)
        if word == "t":
            self._xml.elements += 1
            self._parser.CharacterDataHandler = self._texts.append
        elif word == "si":
            self._texts.clear()
        else:
            self._xml.elements += 1
            if word == "other":
                self._xml.skip_element()

    def _end(self, name: str) -> None:
        word = self._known[name]
        if word == "t":
            self._parser.CharacterDataHandler = None
        elif word == "si":
            texts = self._texts
            text = texts[0] if len(texts) == 1 else "".join(texts)
            if len(text) > MAX_CELL_CHARACTERS:
                raise TooBig.inside("a text longer than a cell can hold")
            self.strings.append(decode_escapes(text))

    def _bounded(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, as long as what they brought is bearable."""
        for piece in pieces:
            yield piece
            if len(self.strings) > MAX_STRINGS:
                raise TooBig.inside(f"more than {MAX_STRINGS} shared strings")
            if sum(map(len, self._texts)) > MAX_CELL_CHARACTERS:
                raise TooBig.inside("a text longer than a cell can hold")

    def _learn(self, name: str) -> str:
        """The four words that matter, in either namespace; a font, a phonetic reading and the like are `other`."""
        local = local_name(name)
        matters = in_main_namespace(name) and local in {"sst", "si", "r", "t"}
        return self._known.setdefault(name, local if matters else "other")
