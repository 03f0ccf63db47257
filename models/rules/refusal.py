"""What a rule or an action says when it says no."""


class Refused(Exception):  # noqa: N818 - a refusal is an answer to the clerk, not an error of ours
    """A rule or an action says no: a code of the catalogue and the values of its placeholders."""

    def __init__(self, code: str, /, **values: str | int) -> None:
        super().__init__(code)  # the code alone: values may hold names, and exceptions end up in logs
        self.code = code
        self.values: dict[str, str | int] = values


class TooOften(Refused):
    """The account has asked too much for now; after `seconds` it is answered again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("SYS-001")
        self.seconds = seconds
