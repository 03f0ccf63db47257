"""XML from a stranger: expat that refuses a DOCTYPE and ends before a token, a count or a depth gets absurd."""

from __future__ import annotations

import pyexpat

from tasks.workbook.rejections import NotAWorkbook, TooBig

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Callable, Iterable

    Start = Callable[[str, dict[str, str]], None]

MAX_TOKEN_BYTES = 2**20
"""One tag, comment or the like. Expat before 2.6 scans an unfinished token again with every piece it gets."""
MAX_ELEMENTS = 1_000_000
"""In any part but the roster's sheet; a sheet counts only the elements that are no cells."""
MAX_DEPTH = 200
MAX_ATTRIBUTES = 100
"""Of one element; readers check it at each start, since a million attributes cost seconds and count as one element."""
TOO_MANY_ATTRIBUTES = f"an XML element with more than {MAX_ATTRIBUTES} attributes"

MAIN_NAMESPACES = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",  # "Strict Open XML Spreadsheet" in the save dialogue
    }
)


class BoundedXml:
    """A parser with real namespaces: names come as `namespace local`, attributes without a prefix as `local`."""

    def __init__(self) -> None:
        self.parser = pyexpat.ParserCreate(None, " ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self.parser.EntityDeclHandler = _refuse_doctype
        self.elements = 0
        """Those that count against MAX_ELEMENTS: the skipped ones, and what else the reader adds."""

    def feed(self, pieces: Iterable[bytes]) -> None:
        """Parse a whole part. NotAWorkbook if it is no XML or has a DOCTYPE, TooBig if it is too much of it."""
        fed = 0
        try:
            for piece in pieces:
                self.parser.Parse(piece, False)
                fed += len(piece)
                if fed - self.parser.CurrentByteIndex > MAX_TOKEN_BYTES:
                    raise TooBig.inside("an endless XML token")
                if self.elements > MAX_ELEMENTS:
                    raise TooBig.inside(f"more than {MAX_ELEMENTS} XML elements in one part")
            self.parser.Parse(b"", True)
        except pyexpat.ExpatError as error:
            if error.code == 1:  # XML_ERROR_NO_MEMORY, for which pyexpat has only a text
                raise MemoryError from error
            raise NotAWorkbook.unreadable(f"XML: {error}") from error
        except (LookupError, ValueError) as error:
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                raise  # from a reader's handler: a bug
            raise NotAWorkbook.unreadable("XML in an encoding that nobody knows") from error

    def skip_element(self) -> None:
        """Called at an element's start: nothing of it or in it is heard; afterwards all is as it was."""
        parser = self.parser
        start, end, text = parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler
        self.elements += 1
        depth = 1

        def deeper(_name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            self.elements += 1
            depth += 1
            if len(attributes) > MAX_ATTRIBUTES:
                raise TooBig.inside(TOO_MANY_ATTRIBUTES)
            if depth > MAX_DEPTH:
                raise TooBig.inside(f"XML nested more than {MAX_DEPTH} deep")

        def higher(_name: str) -> None:
            nonlocal depth
            depth -= 1
            if not depth:
                parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text

        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = deeper, higher, None


def each_element(pieces: Iterable[bytes], take: Start) -> None:
    """Call `take` with each element's name and attributes, in the order of the document."""
    xml = BoundedXml()

    def start(name: str, attributes: dict[str, str]) -> None:
        xml.elements += 1
        if len(attributes) > MAX_ATTRIBUTES:
            raise TooBig.inside(TOO_MANY_ATTRIBUTES)
        take(name, attributes)

    xml.parser.StartElementHandler = start
    xml.feed(pieces)


def refuse_doctype_in(pieces: Iterable[bytes]) -> None:
    """Look for a DOCTYPE in a part that is not read otherwise; that it may be broken is nobody's concern."""
    try:
        BoundedXml().feed(pieces)
    except NotAWorkbook as rejection:
        if rejection.__cause__ is None:  # the DOCTYPE; everything else is what the parser met
            raise


def local_name(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]


def in_main_namespace(name: str) -> bool:
    """Whether a name belongs to SpreadsheetML, in either of its two editions."""
    return name.rpartition(" ")[0] in MAIN_NAMESPACES


def _refuse_doctype(*_declaration: object) -> None:
    raise NotAWorkbook.unreadable("XML with a DOCTYPE")
