"""Fictitious people, numbered: person 17 of seed 3 is always the same, and nobody else's numbers are theirs.

The numbers are well-formed but belong to nobody: county codes 00… and mobile segments 142, 143 are not assigned.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from models.rules.person import IdType, Person, Sex

PEOPLE_PER_SEED = 1_000_000
"""Beyond so many people a seed's numbers run into those of the next; seeds from 15,000 on may meet earlier ones."""

PROVINCES = (
    *(11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46),
    *(50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83),
)
"""The address codes of DOMAIN 7.3, residence permits of Hong Kong, Macau and Taiwan residents (81–83) included."""

_FIRST_BIRTH, _LAST_BIRTH = date(1976, 1, 1), date(2001, 12, 31)
"""Grown up, and under every age limit, in all plan years from 2018 to 2030."""
_FIRST_OLD_BIRTH, _LAST_OLD_BIRTH = date(1946, 1, 1), date(1957, 12, 31)
"""Past 60 in all of them."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_SCATTER = 2_147_483_647  # a prime: neighbours in number get numbers that look unrelated
_SEQUENCES, _COUNTIES = 999, 100

_FAMILY_NAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_DOUBLE_FAMILY_NAMES = ("欧阳", "上官", "司徒", "诸葛", "夏侯", "皇甫")
_GIVEN_CHARACTERS = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕彬斌宇浩凯健俊帆鑫波辉龙"
    "梅琳雪慧莹婷雅欣怡佳思文博宁安然晨阳嘉诗涵子轩梓一诺依可馨若熙泽睿哲瀚骏昊天朗清和"
)
_RARE_NAMES = ("𠮷田", "李𬎆", "王㛃", "陈䶮", "周堃", "刘𣲗", "张翀", "赵𬱖宁", "孙淼垚", "吴喆")
"""Characters beyond the everyday sets, some of them surrogate pairs in UTF-16."""
_DOTTED_NAMES = ("阿依古丽·买买提", "迪丽娜尔·阿不都", "扎西·多吉", "买买提江·吐尔逊", "其其格·巴特尔")
_FOREIGN_NAMES = ("Jean Dupont", "Anna-Maria Rossi", "Sean O'Neil", "J. P. Weber-Lang", "Yuki Tanaka", "Ivan Petrov")


def fictitious_people(people: int, seed: int, over_age: int = 0) -> Iterator[Person]:
    """People 0 … `people` − 1 of a seed. The first `over_age` of them are past every age limit, with and without
    social insurance in turn; nobody else is over or under age in the plan years 2018 to 2030.
    """
    for number in range(people):
        yield fictitious_person(seed, number, over_age=number < over_age)


def fictitious_person(seed: int, number: int, *, id_type: IdType | None = None, over_age: bool = False) -> Person:
    """Person `number` of a seed; of seventeen people about one has a passport, unless `id_type` says otherwise."""
    choice = random.Random(f"{seed}/{number}")  # noqa: S311 - the same people every time is what it is for
    position = seed * PEOPLE_PER_SEED + number
    drawn_type = IdType.PASSPORT if choice.randrange(17) == 0 else IdType.RESIDENT_ID
    id_type = id_type or drawn_type
    birth, sex, id_no = _resident_number(position, over_age=over_age)
    if id_type is IdType.PASSPORT:
        id_no = _passport_number(position)
    return Person(
        name=_name(choice, id_type),
        id_type=id_type,
        id_no=id_no,
        birth=birth,
        sex=sex,
        mobile=f"14{choice.choice('23')}{choice.randrange(10**8):08d}" if choice.randrange(4) else None,
        has_si=number % 2 == 0 if over_age else choice.randrange(6) > 0,
    )


def resident_number(address: str, birth: date, sequence: int) -> str:
    """A resident ID number with its check character: six digits, a birth date, 0–999 (odd for men)."""
    body = f"{address}{birth:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """The 18th character for 17 digits, ISO 7064 MOD 11-2; written here once more, since samples test the rules."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def _resident_number(position: int, *, over_age: bool) -> tuple[date, Sex, str]:
    first, last = (_FIRST_OLD_BIRTH, _LAST_OLD_BIRTH) if over_age else (_FIRST_BIRTH, _LAST_BIRTH)
    days = (last - first).days + 1
    rest = position * _SCATTER % (len(PROVINCES) * _COUNTIES * days * _SEQUENCES)
    rest, sequence = divmod(rest, _SEQUENCES)
    rest, day = divmod(rest, days)
    county, province = divmod(rest, len(PROVINCES))
    birth = first + timedelta(days=day)
    sex = Sex.MALE if (sequence + 1) % 2 else Sex.FEMALE
    return birth, sex, resident_number(f"{PROVINCES[province]}00{county:02d}", birth, sequence + 1)


def _passport_number(position: int) -> str:
    """A home-return permit (H or M and ten digits) or two letters and eight digits, by turns."""
    half, kind = divmod(position, 2)
    if kind:
        return f"{'HM'[half % 2]}{half * _SCATTER % 10**10:010d}"
    letters, digits = divmod(half * _SCATTER % (26 * 26 * 10**8), 10**8)
    return f"{chr(65 + letters // 26 % 26)}{chr(65 + letters % 26)}{digits:08d}"


def _name(choice: random.Random, id_type: IdType) -> str:
    if id_type is IdType.PASSPORT and choice.randrange(2):
        return choice.choice(_FOREIGN_NAMES)
    kind = choice.randrange(100)
    if kind < 2:
        return choice.choice(_RARE_NAMES)
    if kind < 5:
        return choice.choice(_DOTTED_NAMES)
    family = choice.choice(_DOUBLE_FAMILY_NAMES) if kind < 7 else choice.choice(_FAMILY_NAMES)
    return family + "".join(choice.choices(_GIVEN_CHARACTERS, k=1 if choice.randrange(4) == 0 else 2))
