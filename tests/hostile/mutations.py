"""Spoils good workbooks at random, as broken disks, strange programs and curious people do."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from functools import cache
from zipfile import ZipFile

from tests.raw_workbooks import zipped
from tests.records import a_roster
from tests.workbooks import WANG_DOU, WANG_DOUDOU, a_workbook, some_people

Parts = dict[str, str | bytes]

_NUMBERS = ("0", "-1", "1", "2", "7", "65536", "1048576", "1048577", "2147483648", "99999999999999999999", "1e308", "")
_STRANGE = (
    b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>", b"&a;", b"&#0;", b"&#xD800;", b"\x00", b"\xff\xfe", b"]]>",
    b"<![CDATA[", b"<!--", b"<row>", b"</sheetData>", b"<c r='ZZ9'/>", b"<mergeCell ref='A2:B3'/>",
    "１Ⅹ①\u202e\u200b".encode(), b"<is><t>", b"\xf0\x90",
)  # fmt: skip
_DIGITS = re.compile(rb"[0-9]+")


def mutated(number: int, seed: int) -> bytes:
    """The mutated workbook of this number; the same for the same seed."""
    dice = random.Random(f"{seed}:{number}")
    spoil = MUTATIONS[number % len(MUTATIONS)]
    return spoil(dice, dice.choice(_good_ones()))


def flipped_bytes(dice: random.Random, workbook: bytes) -> bytes:
    """A few bytes anywhere in the file are other ones."""
    spoilt = bytearray(workbook)
    for _ in range(dice.choice((1, 1, 2, 8, 64))):
        spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    return bytes(spoilt)


def cut_off(dice: random.Random, workbook: bytes) -> bytes:
    """The file ends too early, or a piece of its middle is missing."""
    start = dice.randrange(len(workbook))
    return workbook[:start] if dice.random() < 0.5 else workbook[:start] + workbook[start + dice.randrange(1, 400) :]


def swapped_parts(dice: random.Random, workbook: bytes) -> bytes:
    """Two parts stand under each other's names, or one is missing or there twice."""
    parts = _parts(workbook)
    one, other = dice.sample(sorted(parts), 2)
    match dice.randrange(3):
        case 0:
            parts[one], parts[other] = parts[other], parts[one]
        case 1:
            del parts[one]
        case _:
            parts[one] = parts[other]
    return zipped(parts)


def cut_xml(dice: random.Random, workbook: bytes) -> bytes:
    """One part's XML ends in the middle, or has lost a piece of it."""

    def cut(xml: bytes) -> bytes:
        start = dice.randrange(len(xml) + 1)
        return xml[:start] + (b"" if dice.random() < 0.5 else xml[start + dice.randrange(1, 60) :])

    return _with_one_part(dice, workbook, cut)


def changed_numbers(dice: random.Random, workbook: bytes) -> bytes:
    """Some numbers of one part are others: rows, references, styles, indexes, people's own."""
    chance = dice.choice((0.002, 0.02, 0.3))

    def change(found: re.Match[bytes]) -> bytes:
        if dice.random() >= chance:
            return found[0]
        if dice.random() < 0.5:
            return dice.choice(_NUMBERS).encode()
        digits = bytearray(found[0])
        digits[dice.randrange(len(digits))] = dice.choice(b"0123456789")
        return bytes(digits)

    return _with_one_part(dice, workbook, lambda xml: _DIGITS.sub(change, xml))


def strange_insertions(dice: random.Random, workbook: bytes) -> bytes:
    """One part has something in it that does not belong there."""

    def insert(xml: bytes) -> bytes:
        for _ in range(dice.choice((1, 1, 3))):
            place = dice.randrange(len(xml) + 1)
            xml = xml[:place] + dice.choice(_STRANGE) * dice.choice((1, 1, 200)) + xml[place:]
        return xml

    return _with_one_part(dice, workbook, insert)


def repeated_pieces(dice: random.Random, workbook: bytes) -> bytes:
    """A piece of one part stands there many times."""

    def repeat(xml: bytes) -> bytes:
        start = dice.randrange(len(xml) + 1)
        end = min(len(xml), start + dice.randrange(1, 300))
        return xml[:end] + xml[start:end] * dice.choice((1, 10, 3000)) + xml[end:]

    return _with_one_part(dice, workbook, repeat)


MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    flipped_bytes,
    cut_off,
    swapped_parts,
    cut_xml,
    changed_numbers,
    strange_insertions,
    repeated_pieces,
)


@cache
def _good_ones() -> tuple[bytes, ...]:
    people = [WANG_DOUDOU, WANG_DOU, *some_people(20)]
    return (a_workbook(people), a_workbook(people, writer="xlsxwriter"), a_roster(60, 3, "0.2"))


def _parts(workbook: bytes) -> Parts:
    with ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_one_part(dice: random.Random, workbook: bytes, change: Callable[[bytes], bytes]) -> bytes:
    parts = _parts(workbook)
    sheets = [name for name in parts if "worksheets/" in name or "sharedStrings" in name]
    name = dice.choice(sheets) if dice.random() < 0.7 else dice.choice(sorted(parts))
    content = parts[name]
    assert isinstance(content, bytes)
    parts[name] = change(content)
    return zipped(parts)
