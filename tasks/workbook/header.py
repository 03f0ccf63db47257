"""The header of the import template and how a header is compared (DOMAIN 7.5); the one place that has its words."""

HEADERS = (
    "*姓名",
    "*证件类型 (身份证、护照)",
    "*证件号码",
    "出生日期(护照类型为必填) 格式例如(1990-01-01)",
    "性别 (护照类型为必填)",
    "手机号",
    "*是否有社保",
)
"""Columns A to G of row 1, as the template prints them."""

RETURN_HEADERS = ("错误原因", "错误代码")
"""The two columns that the 标注文件 adds at the end; on return they are ignored, never trusted."""

_WITHOUT_FULL_WIDTH_BRACKETS = str.maketrans("（）", "()")


def comparable(header: str) -> str:
    """A header without what may differ: white space, and full-width in place of plain brackets."""
    return "".join(header.split()).translate(_WITHOUT_FULL_WIDTH_BRACKETS)


COMPARABLE_HEADERS = tuple(comparable(header) for header in HEADERS)
COMPARABLE_RETURN_HEADERS = frozenset(comparable(header) for header in RETURN_HEADERS)
