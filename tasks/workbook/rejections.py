"""Why a file is refused as a whole. A wrong row is a value (models.rules.findings), a wrong file is one of these."""


class RosterRejected(Exception):  # noqa: N818 -- the domain's word; a refused file is no error of the program
    """A file that is refused as a whole, with its IMP code (DOMAIN 7.5, "Which code a refused file gets")."""

    def __init__(self, code: str, detail: str, **values: int) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        """One line in English for logs and `canbao check`; never what a cell says."""
        self.values = values
        """What the code's sentence in config/messages.toml has placeholders for."""


class NotAWorkbook(RosterRejected):
    """Wrong type or macros (IMP-001), or damaged, encrypted, with a DOCTYPE or zip tricks (IMP-005)."""

    @classmethod
    def wrong_type(cls, detail: str) -> "NotAWorkbook":
        """Something else under the name of .xlsx, or a workbook that carries macros."""
        return cls("IMP-001", detail)

    @classmethod
    def unreadable(cls, detail: str) -> "NotAWorkbook":
        """Damaged, encrypted, or built to deceive."""
        return cls("IMP-005", detail)


class WrongTemplate(RosterRejected):
    """The header is not the template's, another filled sheet stands in front, or data cells are merged."""

    def __init__(self, detail: str) -> None:
        super().__init__("IMP-002", detail)


class TooManyPeople(RosterRejected):
    """More people than one file may hold (5000, `roster_import_max_rows`); `values["n"]` is how many there are."""

    def __init__(self, people: int) -> None:
        super().__init__("IMP-003", f"{people} people in one file", n=people)


class NobodyInside(RosterRejected):
    """A workbook without a single person: only the header, only blank sheets, only charts."""

    def __init__(self, detail: str) -> None:
        super().__init__("IMP-004", detail)


class TooBig(RosterRejected):
    """More than 10 MB (IMP-008), or too much when unpacked, or structural nonsense (IMP-012)."""

    @classmethod
    def upload(cls, size_bytes: int) -> "TooBig":
        """More bytes than may be uploaded."""
        return cls("IMP-008", f"{size_bytes} bytes")

    @classmethod
    def inside(cls, detail: str) -> "TooBig":
        """Too much to unpack or to parse, or a structure that no spreadsheet program writes."""
        return cls("IMP-012", detail)


def rejection(code: str, detail: str, values: dict[str, int]) -> RosterRejected:
    """The rejection of this code, as the parser's process tells it to the one that waits for it."""
    if code == "IMP-002":
        return WrongTemplate(detail)
    if code == "IMP-003":
        return TooManyPeople(values["n"])
    if code == "IMP-004":
        return NobodyInside(detail)
    kinds: dict[str, type[RosterRejected]] = {
        "IMP-001": NotAWorkbook,
        "IMP-005": NotAWorkbook,
        "IMP-008": TooBig,
        "IMP-012": TooBig,
    }
    return kinds[code](code, detail)
