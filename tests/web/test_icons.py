"""icons.svg holds exactly what pages use: an icon that is missing shows nothing, and nobody would notice."""

import re
from pathlib import Path

from web import badges

WEB = Path(badges.__file__).parent
SYMBOLS = set(re.findall(r'<symbol id="([\w-]+)"', (WEB / "static/icons.svg").read_text(encoding="utf-8")))


def names_used() -> set[str]:
    """Every quoted word of templates and Python files that could name an icon."""
    sources = [*(WEB / "templates").rglob("*.html"), *WEB.glob("*.py"), *(WEB / "pages").glob("*.py")]
    return {word for source in sources for word in re.findall(r'"([a-z][a-z0-9-]*)"', source.read_text("utf-8"))}


def test_every_icon_asked_for_by_name_is_there() -> None:
    templates = "".join(path.read_text("utf-8") for path in (WEB / "templates").rglob("*.html"))
    asked = set(re.findall(r'(?:icon|empty_state)\("([\w-]+)"', templates))
    named = (badges.BATCH, badges.VOUCHER, badges.REFUND, vars(badges))
    asked |= {badge.icon for badges_of in named for badge in badges_of.values() if isinstance(badge, badges.Badge)}
    assert asked <= SYMBOLS


def test_no_icon_is_carried_along_unused() -> None:
    assert names_used() >= SYMBOLS
