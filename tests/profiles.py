"""经办人填报 as it is typed."""

PROFILE = {
    "name": "李小满",
    "phone": "14200000001",
    "email": "li@unit.example",
    "unit_name": "上海豆豆精密机械有限公司",
    "uscc": "91350100M000100Y43",
    "economic_type": "私营",
    "union_first_level": "机电",
    "union_second_level": "无",
    "address": "上海市黄浦区豆豆路1号",
    "industry": "制造业",
    "headcount": "5200",
}
"""Every field filled in rightly."""
