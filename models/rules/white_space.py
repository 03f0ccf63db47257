"""What may stand between characters without being one: trimmed or dropped, never refused."""

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""Unicode's White_Space property. Python's own strip() also takes U+001C to U+001F, which are control characters."""

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width forms and the ASCII characters that they stand for (DOMAIN 7.3)."""


def trimmed(text: str) -> str:
    """The text without white space at its ends and with full-width forms as ASCII."""
    return text.strip(WHITE_SPACE).translate(FULL_WIDTH).strip(WHITE_SPACE)


def is_blank(text: str) -> bool:
    """Whether nothing is there but white space."""
    return not text or (text.isspace() and not text.strip(WHITE_SPACE))
