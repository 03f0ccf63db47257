"""`canbao check` as a user runs it: real workbooks in, the report and the exit status out."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from click.testing import CliRunner

from tasks.sample_people import fictitious_people
from tasks.sample_roster import sample_workbook
from tasks.workbook.template import SAMPLE_PEOPLE, Formula, WrittenCell, template_workbook
from tests.web.commands.checking import CENTRAL, of_people, report_of, roster, run, written
from web.commands.main import canbao


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    path = roster(tmp_path, 3, 0)
    program = (
        "import sys\nfrom web.commands.main import canbao\n"
        f"try: canbao({['check', str(path), *CENTRAL]!r})\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "print(sorted(set(sys.modules) & {'pydantic', 'sqlalchemy', 'flask', 'celery', 'openpyxl'}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_the_report_has_the_promised_shape(tmp_path: Path) -> None:
    path = written(tmp_path, [list(person) for person in SAMPLE_PEOPLE])
    report = report_of(path, *CENTRAL)
    assert report["file"]["name"] == "roster.xlsx"
    assert len(report["file"]["sha256"]) == 64
    assert report["file"]["rows"] == 2
    assert (report["plan"], report["type"], report["projects"]) == ("2020", "central", ["A0", "B0", "C0"])
    assert report["counts"] == {"accepted": 2, "invalid": 0, "duplicate": 0}
    assert report["findings"] == report["notices"] == report["premium"]["notices"] == []
    assert report["people"][0] == {
        "row": 2,
        "name": "王豆豆",
        "id_type": "resident_id",
        "id_no": "1101*****9091",
        "birth": "1990-03-07",
        "sex": "male",
        "has_si": True,
        "over_age": False,
        "charge_fen": 18_000,
    }
    assert list(report["seconds"]) == ["read", "validate", "dedupe", "price"]


def test_a_finding_names_row_column_reason_and_remedy_and_hides_the_number(tmp_path: Path) -> None:
    path = written(tmp_path, [["王豆豆", "身份证", "110101199003079092", "", "", "", "是"]])
    assert report_of(path, *CENTRAL)["findings"] == [
        {
            "row": 2,
            "column": "id_no",
            "code": "IDN-005",
            "typed": "1101*****9092",
            "message": "身份证号码校验位不正确，请核对。",
            "remedy": "对照身份证逐位核对，最后一位可能是 X",
        }
    ]


def test_no_number_stands_in_the_report_in_full(tmp_path: Path) -> None:
    path = tmp_path / "sample.xlsx"
    sample_workbook(path, 300, 3, Decimal("0.5"))
    assert not re.search(r"\d{15}", re.sub(r'"sha256": "\w+"', "", run(path, *CENTRAL, "--json").stdout))


def test_what_people_write_differently_is_made_right(tmp_path: Path) -> None:
    rows: list[list[WrittenCell]] = [
        [" 王豆豆 ", "身份证 ", "１１０１０１１９９００３０７９０９１", "", "", 13912345678, "是"],
        ["阿依古丽•买买提", "身份证", "11010519491231002x\n", "1949-12-31", "女", "+86 139-1234-5678", "是"],
        ["𠮷田", "护照", "p.1234567", date(1998, 12, 9), "男", "", "否"],
    ]
    report = report_of(written(tmp_path, rows), *CENTRAL)
    assert report["findings"] == []
    assert [person["name"] for person in report["people"]] == ["王豆豆", "阿依古丽·买买提", "𠮷田"]


def test_equal_rows_count_once(tmp_path: Path) -> None:
    (person,) = fictitious_people(1, 1)
    report = report_of(of_people(tmp_path, [person, person, person]), *CENTRAL)
    assert report["counts"] == {"accepted": 1, "invalid": 0, "duplicate": 2}
    assert [finding["row"] for finding in report["findings"]] == [3, 4]
    assert report["findings"][0]["message"] == "第3行：证件号码与第2行重复。"


def test_rows_that_differ_count_not_at_all(tmp_path: Path) -> None:
    first, other = fictitious_people(2, 1)
    rows = [first, replace(first, has_si=not first.has_si), other]
    report = report_of(of_people(tmp_path, rows), *CENTRAL)
    assert report["counts"] == {"accepted": 1, "invalid": 2, "duplicate": 0}


def test_over_age_people_without_social_insurance_are_accepted_and_counted(tmp_path: Path) -> None:
    result = run(of_people(tmp_path, fictitious_people(6, 1, over_age=4)), *CENTRAL, "--json")
    report = json.loads(result.stdout)
    assert report["notices"] == [{"code": "VAL-005", "people": 2}]
    assert [person["over_age"] for person in report["people"]] == [True] * 4 + [False] * 2
    assert result.exit_code == 0


def test_a_waiting_period_over_all_the_cover_is_noticed(tmp_path: Path) -> None:
    instant = ("--plan", "2020", "--type", "instant", "--projects", "B0,C0", "--submitted-on", "2021-03-01")
    (notice,) = report_of(roster(tmp_path, 1, 0), *instant)["premium"]["notices"]
    assert (notice["code"], notice["projects"]) == ("PRJ-008", ["B0"])
    assert notice["message"].startswith("提示：B0的免责期")


@pytest.mark.parametrize(
    ("day", "code"), [("2020-05-11", "WIN-003"), ("2021-03-31", "WIN-004")], ids=["before it opens", "after it closed"]
)
def test_an_instant_roster_outside_its_window_has_no_premium_and_no_dates(tmp_path: Path, day: str, code: str) -> None:
    instant = ("--plan", "2020", "--type", "instant", "--projects", "C0", "--submitted-on", day)
    report = report_of(roster(tmp_path, 1, 0), *instant)
    assert report["premium"]["code"] == code
    assert (report["coverage_start"], report["coverage_end"], report["half_price"]) == (None, None, None)
    assert report["counts"]["accepted"] == 1
    assert report["people"][0]["charge_fen"] is None


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (datetime(2020, 9, 29, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai")), "2020-09-30"),
        (datetime(2020, 9, 30, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")), "2020-10-01"),
    ],
    ids=["the last minute of 29 September in Shanghai", "the first of 30 September"],
)
def test_an_instant_roster_without_a_day_is_judged_by_today_in_shanghai(
    tmp_path: Path, now: datetime, start: str
) -> None:
    path = roster(tmp_path, 1, 0)
    with time_machine.travel(now):
        report = report_of(path, "--plan", "2020", "--type", "instant", "--projects", "C0")
    assert (report["coverage_start"], report["half_price"]) == (start, start == "2020-10-01")


def test_a_roster_of_nobody_acceptable_has_no_premium(tmp_path: Path) -> None:
    path = written(tmp_path, [["", "身份证", "110101199003079091", "", "", "", "是"]])
    assert report_of(path, *CENTRAL)["premium"]["code"] == "VAL-001"


def test_some_rows_refused_is_exit_status_1(tmp_path: Path) -> None:
    path = tmp_path / "sample.xlsx"
    sample_workbook(path, 20, 1, Decimal("0.05"))
    assert run(path, *CENTRAL).exit_code == 1


def test_a_refused_file_is_exit_status_2_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    path.write_bytes(template_workbook())
    result = run(path, *CENTRAL, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 2
    assert (report["file"]["name"], report["rejected"]["code"]) == ("empty.xlsx", "IMP-004")
    assert report["rejected"]["message"] == "清册导入失败：文件中没有人员数据。"


def test_one_person_too_many_refuses_the_file_and_says_how_many(tmp_path: Path) -> None:
    report = report_of(roster(tmp_path, 5_001, 0), *CENTRAL)
    assert report["rejected"]["code"] == "IMP-003"
    assert "5001" in report["rejected"]["message"]
    assert report["file"]["rows"] == 5_001


def test_a_refused_file_is_told_on_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "text.xlsx"
    path.write_text("姓名", encoding="utf-8")
    result = run(path, *CENTRAL)
    assert result.exit_code == 2
    assert "IMP-001" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["missing.xlsx", *CENTRAL], "missing.xlsx"),
        (["here.xlsx", "--plan", "1999", "--type", "central", "--projects", "A0"], "1999"),
        (["here.xlsx", "--plan", "broken.toml", "--type", "central", "--projects", "A0"], "broken.toml"),
        (["here.xlsx", "--plan", "2020", "--type", "yearly", "--projects", "A0"], "yearly"),
        (["here.xlsx", "--plan", "2020", "--type", "central"], "--projects"),
        (["here.xlsx", *CENTRAL, "--submitted-on", "2020-02-30"], "2020-02-30"),
        (["here.xlsx", *CENTRAL, "--loud"], "--loud"),
    ],
    ids=["no file", "no such year", "no TOML", "no such type", "no projects", "no such day", "no such option"],
)
def test_wrong_arguments_are_exit_status_2_and_named_on_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.xlsx").write_bytes(b"")
    Path("broken.toml").write_text("= 1", encoding="utf-8")
    result = run(*arguments)
    assert result.exit_code == 2
    assert named in result.stderr
    assert result.stdout == ""


def test_the_report_for_people_groups_findings_and_ends_with_the_premium(tmp_path: Path) -> None:
    rows: list[list[WrittenCell]] = [
        ["王豆豆", "身份证", "110101199003079091", "", "", "", "是"],
        ["王豆", "身份证", "110101199003079092", "", "", "", "是"],
        [Formula("=1+1"), "身份证", "310000196504010019", "", "", "", "是"],
    ]
    text = run(written(tmp_path, rows), *CENTRAL).stdout
    assert "accepted 1, invalid 2, duplicate 0" in text
    assert "IDN-005  身份证号码校验位不正确: 1" in text
    assert "row 3  id_no  1101*****9092" in text
    assert "total 180.00 yuan" in text


def test_what_would_steer_a_terminal_is_shown_by_code_point(tmp_path: Path) -> None:
    path = written(tmp_path, [["\u202e\x1b[31m王", "身份证", "110101199003079091", "", "", "", "是"]])
    text = run(path, *CENTRAL).stdout
    assert "<U+202E><U+001B>[31m王" in text
    assert "\x1b" not in text


def test_help_lists_the_commands() -> None:
    text = CliRunner().invoke(canbao, ["--help"]).stdout
    assert all(name in text for name in ("check", "sample", "template"))
