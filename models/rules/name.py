"""姓名: what may stand in a name, and when two are the same (DOMAIN 7.5)."""

import re

from models.rules.white_space import trimmed

MAX_CHARACTERS = 50

# · is U+00B7; the others are what input methods and other systems write for it.
_MIDDLE_DOTS = dict.fromkeys(map(ord, "\u0387\u16eb\u2022\u2027\u2219\u22c5\u2e31\u2e33\u30fb\ua78f\uff65"), "·")
_SPACES = re.compile(r"[ \xa0\u1680\u2000-\u200a\u202f\u205f]+")

# Han characters with 々 and 〇, and the planes of rare ones; radicals are left out, they only look like characters.
_HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_LATIN = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_COMMON_NAME = re.compile(r"[\u4e00-\u9fff]{1,50}")
_NAME = re.compile(rf"[{_HAN}{_LATIN}· \-'.]{{1,{MAX_CHARACTERS}}}")


def normalise_name(text: str) -> str:
    """Trimmed, full-width forms as ASCII, one kind of middle dot, one blank where there are several.

    Two names are the same if their normalised forms are equal, letter by letter.
    """
    if _COMMON_NAME.fullmatch(text):
        return text
    return _SPACES.sub(" ", trimmed(text).translate(_MIDDLE_DOTS))


def is_name(name: str) -> bool:
    """Whether a normalised name is short enough and holds nothing but what names are made of."""
    return _NAME.fullmatch(name) is not None
