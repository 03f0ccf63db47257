"""导入参保人员 by programs: from the file to its result, and back again."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models.records.database import reading
from models.records.job import Job
from models.records.roster_import import RosterImport
from tasks.import_report import make_report
from tasks.roster_import.undo import undo_import
from tests.statements import statements
from tests.web.api.conftest import ROOT, Program, code_of, work
from tests.web.clock import LAST_CENTRAL_MINUTE, at
from tests.workbooks import WANG_DOU, WANG_DOUDOU, a_workbook, some_people

WRONG = ("李四", "身份证", "110101199003079092", "", "", "", "是")
"""A row whose number has a wrong check character."""
MENDED = {
    "name": "李四",
    "id_type": "passport",
    "id_no": "E12345678",
    "birth": "1990-01-01",
    "sex": "male",
    "has_si": True,
}
COUNTS = ("added", "updated", "unchanged", "already_enrolled", "occupied", "duplicate", "invalid")


def test_an_upload_is_received_and_done(li: Program, batch_no: str) -> None:
    received = li.upload(batch_no, a_workbook([WANG_DOUDOU, WANG_DOU, WRONG]))
    assert received.status_code == 202
    assert received.headers["Location"] == f"{ROOT}/imports/{received.json['id']}"
    assert re.fullmatch(r"R20200420-\d{4}", received.json["receipt_no"])
    assert (received.json["state"], received.json["counts"], received.json["code"]) == ("queued", None, None)
    work(received.json["id"])
    done = li.get(received.headers["Location"]).json
    assert (done["state"], done["rows_total"], done["code"]) == ("done", 3, "IMP-007")
    assert done["counts"] == {**dict.fromkeys(COUNTS, 0), "added": 2, "invalid": 1}
    assert done["estimate"]["total_fen"] == 18000 + 7000
    assert done["estimate"]["basis"] == "default"
    assert done["message"].startswith("导入完成：共3行，新增2人")
    assert done["received_at"].startswith("2020-04-20T09:00")
    assert done["finished_at"].startswith("2020-04-20T09:0")


def test_an_import_has_exactly_the_promised_fields(li: Program, batch_no: str) -> None:
    promised = {
        "id", "receipt_no", "batch_no", "file_name", "state", "stage", "rows_total", "rows_done", "rows_per_second",
        "seconds_left", "files_ahead", "received_at", "finished_at", "counts", "estimate", "code", "message",
    }  # fmt: skip
    assert promised <= set(li.upload(batch_no, a_workbook([WANG_DOUDOU])).json)


def test_the_same_bytes_again_give_the_earlier_import(li: Program, batch_no: str) -> None:
    content = a_workbook([WANG_DOUDOU])
    first = li.upload(batch_no, content)
    again = li.upload(batch_no, content)
    assert (again.status_code, again.json["id"], again.json["code"]) == (200, first.json["id"], "IMP-009")
    assert "2020-04-20 09:00" in again.json["message"]
    work(first.json["id"])
    deliberate = li.upload(batch_no, content, repeat="1")
    assert deliberate.status_code == 202
    assert deliberate.json["id"] != first.json["id"]


def test_a_check_stores_nobody(li: Program, batch_no: str) -> None:
    done = li.imported(batch_no, [WANG_DOUDOU], check_only="1")
    assert (done["check_only"], done["state"], done["counts"]["added"], done["code"]) == (True, "done", 1, None)
    assert li.get(f"/batches/{batch_no}").json["people"] == 0


def test_projects_of_the_estimate_are_sent_as_text(li: Program, batch_no: str) -> None:
    done = li.imported(batch_no, [WANG_DOUDOU], projects="B0, C0")
    assert (done["estimate"]["projects"], done["estimate"]["basis"]) == (["B0", "C0"], "chosen")
    assert done["estimate"]["total_fen"] == 7000


@pytest.mark.parametrize(
    ("content", "fields", "refused"),
    [
        (b"", {}, (422, "IMP-005")),
        (b"x" * (10 * 1024 * 1024 + 1), {}, (413, "IMP-008")),
        (b"x" * (11 * 1024 * 1024), {}, (413, "IMP-008")),
        (b"x", {"projects": "Z9"}, (422, "PRJ-005")),
        (b"x", {"projects": "A1"}, (422, "PRJ-003")),
        (b"x", {"check_only": "perhaps"}, (422, "SYS-003")),
    ],
    ids=["empty", "10 MB and one byte", "11 MB", "no project", "no basic", "no yes or no"],
)
def test_what_is_refused_at_the_door(
    li: Program, batch_no: str, content: bytes, fields: dict[str, str], refused: tuple[int, str]
) -> None:
    assert code_of(li.upload(batch_no, content, **fields)) == refused


def test_a_form_without_its_file_says_so(li: Program, batch_no: str) -> None:
    address = f"/batches/{batch_no}/imports"
    assert code_of(li.call("POST", address, data={}, content_type="multipart/form-data")) == (422, "SYS-002")
    assert code_of(li.call("POST", address, data={"file": "text"}, content_type="multipart/form-data")) == (
        422,
        "SYS-003",
    )
    assert code_of(li.post(address, {"file": "text"})) == (415, "SYS-003")


def test_a_refused_file_ends_failed_with_its_code(li: Program, batch_no: str) -> None:
    received = li.upload(batch_no, b"no workbook at all")
    work(received.json["id"])
    failed = li.get(f"/imports/{received.json['id']}").json
    assert (failed["state"], failed["code"], failed["counts"]) == ("failed", "IMP-001", None)
    assert failed["message"] == "清册导入失败：请上传.xlsx格式的导入模板文件。"


def test_the_file_next_in_line_knows_how_many_are_ahead(li: Program, batch_no: str) -> None:
    li.upload(batch_no, a_workbook([WANG_DOUDOU]))
    second = li.upload(batch_no, a_workbook([WANG_DOU])).json
    assert second["files_ahead"] == 1
    listed = li.get(f"/batches/{batch_no}/imports").json["items"]
    assert [one["files_ahead"] for one in listed] == [1, 0]


def test_uploads_of_a_batch_are_listed_latest_first(li: Program, batch_no: str) -> None:
    ids = [li.upload(batch_no, a_workbook(some_people(1, first=number))).json["id"] for number in range(3)]
    first = li.get(f"/batches/{batch_no}/imports?limit=2").json
    rest = li.get(f"/batches/{batch_no}/imports?limit=2&cursor={first['next']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == ids[::-1]
    with statements() as for_one:
        li.get(f"/batches/{batch_no}/imports?limit=1")
    with statements() as for_three:
        li.get(f"/batches/{batch_no}/imports")
    assert len(for_three) == len(for_one)


def test_findings_come_row_by_row_in_pages_and_masked(li: Program, batch_no: str) -> None:
    two = ("", "身份证", "110101199003079092", "", "", "12", "是")
    done = li.imported(batch_no, [WANG_DOUDOU, two, WRONG])
    address = f"/imports/{done['id']}/findings"
    seen, cursor = [], ""
    while cursor is not None:
        page = li.get(f"{address}?limit=1&cursor={cursor}").json
        seen += [(one["row"], one["column"], one["code"]) for one in page["items"]]
        cursor = page["next"]
    assert seen == [
        (3, "name", "ROW-001"),
        (3, "id_no", "IDN-005"),
        (3, "mobile", "ROW-010"),
        (4, "id_no", "IDN-005"),
    ]
    whole = li.get(address)
    assert whole.json["items"][1]["typed"] == "1101*****9092"
    assert whole.json["items"][0]["message"] == "第3行：姓名不能为空。"
    assert "110101199003079092" not in whole.get_data(as_text=True)
    assert len(li.get(f"{address}?code=IDN-005").json["items"]) == 2
    assert li.get(f"{address}?outcome=occupied").json["items"] == []


def test_the_marked_workbook_is_a_conflict_until_it_is_ready(li: Program, batch_no: str) -> None:
    done = li.imported(batch_no, [WANG_DOUDOU, WRONG])
    early = li.get(f"/imports/{done['id']}/report.xlsx")
    assert code_of(early) == (409, "BAT-007")
    assert early.headers["Retry-After"]
    with reading() as records:
        report_job = records.get_one(RosterImport, done["id"]).report_job_id
    make_report(report_job)
    ready = li.get(f"/imports/{done['id']}/report.xlsx")
    assert ready.data.startswith(b"PK")
    assert "filename*=UTF-8''%E6%A0%87%E6%B3%A8_" in ready.headers["Content-Disposition"]


def test_without_wrong_rows_there_is_no_marked_workbook(li: Program, batch_no: str) -> None:
    done = li.imported(batch_no, [WANG_DOUDOU])
    assert code_of(li.get(f"/imports/{done['id']}/report.xlsx")) == (409, "BAT-002")


def test_a_waiting_import_is_cancelled_and_a_finished_one_is_not(li: Program, batch_no: str) -> None:
    waiting = li.upload(batch_no, a_workbook([WANG_DOUDOU])).json["id"]
    cancelled = li.post(f"/imports/{waiting}/cancel")
    assert (cancelled.status_code, cancelled.json["state"], cancelled.json["code"]) == (200, "cancelled", "JOB-002")
    assert li.post(f"/imports/{waiting}/cancel").status_code == 200
    done = li.imported(batch_no, [WANG_DOUDOU])
    assert code_of(li.post(f"/imports/{done['id']}/cancel")) == (409, "BAT-002")


def test_an_import_is_taken_back_and_ends_undone(li: Program, batch_no: str) -> None:
    done = li.imported(batch_no, [WANG_DOUDOU, WANG_DOU])
    asked = li.post(f"/imports/{done['id']}/undo")
    assert (asked.status_code, asked.headers["Location"]) == (202, f"{ROOT}/imports/{done['id']}")
    with reading() as records:
        job_id = records.get_one(RosterImport, done["id"]).undo_job_id
    assert li.get(f"/jobs/{job_id}").json["kind"] == "roster.undo"
    undo_import(job_id)
    undone = li.get(f"/imports/{done['id']}").json
    assert (undone["state"], undone["code"]) == ("undone", "IMP-011")
    assert undone["message"] == "撤销完成：移除2人，恢复0人，保留0人（导入后有变动）。"
    assert li.get(f"/batches/{batch_no}").json["people"] == 0
    assert code_of(li.post(f"/imports/{done['id']}/undo")) == (409, "BAT-002")


def test_one_refused_row_is_corrected_and_counts_in_its_import(li: Program, batch_no: str) -> None:
    done = li.imported(batch_no, [WANG_DOUDOU, WRONG])
    row = f"/imports/{done['id']}/rows/3"
    version = li.get(f"/batches/{batch_no}").json["version"]
    again = li.call("PUT", row, json={**MENDED, "id_no": "1", "sex": "neither"})
    assert [(error["field"], error["code"]) for error in again.json["errors"]] == [
        ("id_no", "IDN-006"),
        ("sex", "ROW-019"),
    ]
    mended = li.call("PUT", row, json=MENDED, headers={"If-Match": f'"{version}"'})
    assert (mended.status_code, mended.json["counts"]["added"], mended.json["counts"]["invalid"]) == (200, 2, 0)
    assert mended.json["message"].startswith("导入完成：共2行，新增2人")
    assert mended.headers["ETag"] == f'"{version + 1}"'
    assert li.get(f"/imports/{done['id']}/findings").json["items"] == []
    assert code_of(li.call("PUT", row, json=MENDED)) == (409, "BAT-004")


@pytest.mark.parametrize("row", ["1", "99", "4"])
def test_a_row_that_the_file_never_had_is_not_found(li: Program, batch_no: str, row: str) -> None:
    done = li.imported(batch_no, [WANG_DOUDOU, WANG_DOU])
    assert code_of(li.call("PUT", f"/imports/{done['id']}/rows/{row}", json="nothing")) == (404, "BAT-005")


@pytest.mark.parametrize("row", ["2", "3"])
def test_a_row_that_is_not_to_mend_is_a_conflict_whatever_is_sent(li: Program, batch_no: str, row: str) -> None:
    done = li.imported(batch_no, [WANG_DOUDOU, WANG_DOU])
    assert code_of(li.call("PUT", f"/imports/{done['id']}/rows/{row}", json="nothing")) == (409, "BAT-004")


def test_changes_wait_for_an_import_that_is_not_done(li: Program, batch_no: str) -> None:
    done = li.imported(batch_no, [WANG_DOUDOU, WRONG])
    li.upload(batch_no, a_workbook([WANG_DOU]))
    assert code_of(li.call("PUT", f"/imports/{done['id']}/rows/3", json="nothing")) == (409, "BAT-007")
    assert code_of(li.post(f"/batches/{batch_no}/people", "nothing")) == (409, "BAT-007")
    assert li.upload(batch_no, a_workbook(some_people(1))).status_code == 202, "uploads take their turn"


def test_after_the_window_nothing_is_received(li: Program, batch_no: str) -> None:
    at(LAST_CENTRAL_MINUTE.replace(hour=17, minute=0))
    assert code_of(li.upload(batch_no, a_workbook([WANG_DOUDOU]))) == (409, "WIN-002")
    with reading() as records:
        assert records.scalars(select(Job)).all() == []


def test_reading_a_running_import_asks_the_database_three_times(li: Program, batch_no: str) -> None:
    received = li.upload(batch_no, a_workbook([WANG_DOUDOU])).json
    with statements() as asked:
        li.get(f"/imports/{received['id']}")
    assert len(asked) - asked.count("BEGIN") <= 3
