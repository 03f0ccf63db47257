"""附件: what may be attached to a voucher or an application, and what it is called (DOMAIN 11.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from models.rules.refusal import Refused

MAX_MEGABYTES = 10
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
"""Of one file."""
MAX_FILES = 10
NAME_LENGTH = 200


class FileKind(StrEnum):
    """The media types that are stored: every image is a JPEG by then."""

    JPEG = "image/jpeg"
    PDF = "application/pdf"

    @property
    def suffix(self) -> str:
        """What a file of this kind is called at its end."""
        return ".jpg" if self is FileKind.JPEG else ".pdf"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was made safe: nothing in it runs."""

    name: str
    """附件名称, as the clerk's own folder has it."""
    kind: FileKind
    content: bytes


def refuse_by_size(size_bytes: int) -> None:
    """Refused APP-003: empty; APP-004: more than 10 MB."""
    if not size_bytes:
        raise Refused("APP-003")
    if size_bytes > MAX_BYTES:
        raise Refused("APP-004", n=MAX_MEGABYTES)


def stored_name(name: str, kind: FileKind) -> str:
    """The clerk's name for the file with the end that says what it is now."""
    stem = PurePosixPath(name).stem or "附件"
    return stem[: NAME_LENGTH - len(kind.suffix)] + kind.suffix
