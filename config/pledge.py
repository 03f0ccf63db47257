"""承诺书: the text that a handler agrees to at 清册提交, as versioned data in pledge.toml beside this file."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pledge:
    """One version of the text; whoever agrees to it names the version."""

    version: str
    text: str
    promise_version: str
    """Of the sentence VAL-008, which is promised for each person over age."""

    @property
    def sha256(self) -> str:
        """Of the text, in hex: what was agreed to can be told from a text that was changed without a new version."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def pledge() -> Pledge:
    """The version in force."""
    return Pledge(**tomllib.loads(Path(__file__).with_name("pledge.toml").read_text(encoding="utf-8")))
