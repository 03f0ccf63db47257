"""`canbao reference load`: whole files or nothing, and never a number in clear."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from models.records.audit import AuditEntry
from models.records.database import reading
from models.records.reference import HistoricalPerson, SiPerson, SiUnit
from models.records.sealing import id_digest, unseal_id_no
from tests.builders import resident_id
from tests.web.commands.told import Told, tell

SI_PEOPLE = "id_type,id_no,name,personal_si_no,si_unit_code,status,as_of"
SI_UNITS = "si_unit_code,in_service_total,as_of"
HISTORY = "enrolment_code,plan_year,name,id_type,id_no,birth,sex,mobile,has_si,si_unit_code,personal_si_no"
ONE, TWO = resident_id(sequence=1), resident_id(sequence=2)


def load(folder: Path, table: str, *lines: str, options: tuple[str, ...] = (), encoding: str = "utf-8") -> Told:
    file = folder / f"{table}.csv"
    file.write_text("\n".join(lines) + "\n", encoding=encoding)
    return tell("reference", "load", table, str(file), *options, "--json")


def si_person(number: str, name: str = "王豆豆", status: str = "在职", as_of: str = "2020-04-01") -> str:
    return f"身份证,{number},{name},310000000000001,SH0001,{status},{as_of}"


def register() -> dict[bytes, tuple[str, str]]:
    with reading() as session:
        return {person.id_digest: (person.name, person.status) for person in session.scalars(select(SiPerson))}


def test_a_register_is_loaded_by_digests(database: str, tmp_path: Path) -> None:
    told = load(tmp_path, "si-people", SI_PEOPLE, si_person(ONE), si_person(TWO, "李小满", "退休"))
    assert (told.status, told.data) == (0, {"table": "si-people", "lines": 2, "removed": 0})
    assert register() == {id_digest(ONE): ("王豆豆", "in_service"), id_digest(TWO): ("李小满", "retired")}


def test_a_later_line_takes_the_place_of_an_earlier_one_and_the_others_stay(database: str, tmp_path: Path) -> None:
    load(tmp_path, "si-people", SI_PEOPLE, si_person(ONE), si_person(TWO))
    load(tmp_path, "si-people", SI_PEOPLE, si_person(TWO, status="退休"))
    assert register() == {id_digest(ONE): ("王豆豆", "in_service"), id_digest(TWO): ("王豆豆", "retired")}


def test_with_replace_the_file_is_the_whole_table(database: str, tmp_path: Path) -> None:
    load(tmp_path, "si-people", SI_PEOPLE, si_person(ONE), si_person(TWO))
    told = load(tmp_path, "si-people", SI_PEOPLE, si_person(TWO), options=("--replace",))
    assert (told.data["removed"], set(register())) == (1, {id_digest(TWO)})


def test_units_and_what_was_loaded_stand_in_the_audit_log(database: str, tmp_path: Path) -> None:
    load(tmp_path, "si-units", SI_UNITS, "SH0001,120,2020-04-01", "SH0002,0,2020-04-01")
    with reading() as session:
        assert {unit.si_unit_code: unit.in_service_total for unit in session.scalars(select(SiUnit))} == {
            "SH0001": 120,
            "SH0002": 0,
        }
        [entry] = session.scalars(select(AuditEntry))
        assert (entry.action, entry.details) == ("load_reference", {"table": "si_unit", "lines": 2, "removed": 0})


def test_earlier_rosters_are_sealed_and_the_number_says_birth_and_sex(database: str, tmp_path: Path) -> None:
    passport = "0088D2,2019,王豆,护照,H801213602X,1998-12-09,男,,否,,"
    load(tmp_path, "history", HISTORY, f"0088d2,2019,王豆豆,身份证,{ONE},,,14200000001,是,SH0001,", passport)
    with reading() as session:
        first, second = session.scalars(select(HistoricalPerson).order_by(HistoricalPerson.id_type.desc()))
    assert unseal_id_no(first.id_sealed, first.id_digest) == ONE
    assert (first.enrolment_code, first.birth.strftime("%Y%m%d"), first.has_si) == ("0088D2", ONE[6:14], True)
    assert (second.name, second.sex, second.mobile) == ("王豆", "male", None)


def test_loading_the_same_earlier_roster_again_changes_nothing(database: str, tmp_path: Path) -> None:
    for _ in range(2):
        load(tmp_path, "history", HISTORY, f"0088D2,2019,王豆豆,身份证,{ONE},,,,是,,")
    with reading() as session:
        assert len(session.scalars(select(HistoricalPerson)).all()) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (si_person(ONE[:-1] + ("0" if ONE[-1] != "0" else "1")), "line 3, column id_no: IDN-005"),
        (si_person(ONE).replace("身份证", "驾照"), "line 3, column id_type"),
        (si_person(ONE, status="失业"), "line 3, column status"),
        (si_person(ONE, as_of="2020-02-30"), "line 3, column as_of"),
        (si_person(ONE, name=""), "line 3, column name"),
        (si_person(ONE) + ",", "line 3: 8 cells"),
        (si_person(TWO), "lines 2 and 3"),
        ('"' + si_person(ONE), "line 3: not CSV"),
    ],
)
def test_a_wrong_line_is_named_and_changes_nothing(database: str, tmp_path: Path, line: str, reason: str) -> None:
    told = load(tmp_path, "si-people", SI_PEOPLE, si_person(TWO), line)
    assert (told.status, reason in told.complained) == (2, True), told.complained
    assert ONE[:-1] not in told.complained
    assert register() == {}
    assert not (tmp_path / "reference.staging").exists()


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_told_and_a_byte_order_mark_is_none(tmp_path: Path, encoding: str) -> None:
    assert "not UTF-8" in load(tmp_path, "si-people", SI_PEOPLE, si_person(ONE), encoding=encoding).complained
    assert load(tmp_path, "si-people", SI_PEOPLE, si_person(ONE), encoding="utf-8-sig").status == 0


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("header", ["", SI_UNITS, SI_PEOPLE + ",more", SI_PEOPLE.replace(",as_of", "")])
def test_another_header_is_told(tmp_path: Path, header: str) -> None:
    told = load(tmp_path, "si-people", header, si_person(ONE))
    assert (told.status, "line 1: the header must be" in told.complained) == (2, True)


@pytest.mark.usefixtures("sqlite")
def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    assert load(tmp_path, "si-units", "as_of,si_unit_code,in_service_total", "2020-04-01,SH0001,7").status == 0


@pytest.mark.usefixtures("sqlite")
def test_more_lines_than_a_chunk_all_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.reference_file.CHUNK", 7)
    numbers = [resident_id(sequence=sequence) for sequence in range(1, 41)]
    load(tmp_path, "si-people", SI_PEOPLE, *(si_person(number) for number in numbers))
    load(tmp_path, "si-people", SI_PEOPLE, *(si_person(number) for number in numbers[10:30]), options=("--replace",))
    assert set(register()) == {id_digest(number) for number in numbers[10:30]}
