"""管理 → 参考数据: what there is, files as jobs, and what is wrong with them."""

from __future__ import annotations

import io
import re

import pytest
from werkzeug.test import TestResponse

from models.actions import queue_reference
from models.actions.move_clock import move_clock
from models.records.database import reading, writing
from models.records.reference_load import ReferenceLoad
from tasks.reference_load import load
from tests.builders import resident_id
from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.web.conftest import MORNING, Browser, text_of

__all__ = ["quick_passwords", "silent_doorbell"]

UNITS = "si_unit_code,in_service_total,as_of"


def upload(
    admin: Browser, *lines: str, kind: str = "si-units", encoding: str = "utf-8", **fields: object
) -> TestResponse:
    content = ("\n".join(lines) + "\n").encode(encoding) if lines else b""
    return admin.post(
        "/desk/reference", "/desk/reference", kind=kind, file=(io.BytesIO(content), "在职人数.csv"), **fields
    )


def done(admin: Browser, *lines: str, **fields: str) -> str:
    """Upload, do the job, and read the page of it."""
    answer = upload(admin, *lines, **fields)
    assert answer.status_code == 303, text_of(answer)
    load_id = int(re.search(r"/loads/(\d+)", answer.location)[1])  # type: ignore[index]  # the address has one
    with reading() as records:
        job_id = records.get_one(ReferenceLoad, load_id).job_id
    load(job_id)
    return text_of(admin.get(answer.location))


def test_empty_tables_are_told(admin: Browser) -> None:
    page = text_of(admin.get("/desk/reference"))
    assert "单位社保编码在职人数 0 – 没有数据" in page
    assert "还没有上传过文件" in page


def test_a_file_is_waited_for_and_then_told(admin: Browser) -> None:
    answer = upload(admin, UNITS, "SH0001,7,2020-04-01")
    waiting = admin.get(answer.location)
    assert 'hx-get="/desk/reference/loads/1/progress"' in waiting.get_data(as_text=True)
    assert "排队中" in text_of(admin.get("/desk/reference/loads/1/progress"))
    with reading() as records:
        job_id = records.get_one(ReferenceLoad, 1).job_id
    load(job_id)
    assert admin.get("/desk/reference/loads/1/progress").location == "/desk/reference/loads/1"
    assert "已导入 1 行，其他行保留。" in text_of(admin.get("/desk/reference/loads/1"))


def test_rows_and_the_day_they_are_of_are_told(admin: Browser) -> None:
    done(admin, UNITS, "SH0001,7,2020-03-01", "SH0002,1200,2020-04-01")
    page = text_of(admin.get("/desk/reference"))
    assert "单位社保编码在职人数 2 2020-04-01 最早 2020-03-01 19 天前" in page
    assert "在职人数.csv 单位社保编码在职人数 已完成" in page


def test_a_register_older_than_sixty_days_is_told(admin: Browser) -> None:
    done(admin, UNITS, "SH0001,7,2020-04-01")
    with writing() as records:
        move_clock(records, MORNING.replace(month=5, day=31))
    assert "60 天前" in text_of(admin.get("/desk/reference"))
    with writing() as records:
        move_clock(records, MORNING.replace(month=6, day=1))
    assert "已 61 天，超过 60 天未更新" in text_of(admin.get("/desk/reference"))


def test_replacing_all_says_how_many_were_removed(admin: Browser) -> None:
    done(admin, UNITS, "SH0001,7,2020-04-01", "SH0002,7,2020-04-01")
    assert "已导入 1 行，移除文件中没有的 1 行。" in done(admin, UNITS, "SH0001,8,2020-04-02", replace_all="1")


def test_wrong_lines_are_named_in_words_and_without_their_numbers(admin: Browser) -> None:
    number = resident_id(sequence=7)
    page = done(
        admin,
        "id_type,id_no,name,personal_si_no,si_unit_code,status,as_of",
        f"身份证,{number[:-1]}?,王豆豆,,SH0001,在职,2020-04-01",
        f"身份证,{number},,,SH0001,离职,2020-04-01",
        kind="si-people",
    )
    assert "2 行有误。 没有导入任何内容，原有数据不变。" in page
    assert "2 id_no 身份证号码含有不允许的字符" in page
    assert "3 name 不是姓名" in page
    assert number[:-1] not in page


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("a,b", "1,2"), f"首行表头须为 {UNITS}"),
        ((UNITS, "SH0001,7"), "有 2 列，应为 3 列"),
        ((UNITS, "SH0001,7,2020-04-01", "SH0001,8,2020-04-01"), "3 – 与第 2 行是同一人或同一单位"),
        ((UNITS, "SH0001,,2020-04-01"), "in_service_total 不能为空"),
        ((UNITS, "SH0001,7,1 April"), "as_of 日期须写成 2020-04-01 的形式"),
    ],
)
def test_each_kind_of_mistake_has_its_sentence(admin: Browser, lines: tuple[str, ...], said: str) -> None:
    assert said in done(admin, *lines)


def test_a_file_that_is_wrong_as_a_whole_has_no_wrong_line(admin: Browser) -> None:
    page = done(admin, f"{UNITS},在职", encoding="gb18030")
    assert "文件有误。 没有导入任何内容，原有数据不变。" in page
    assert "文件不是UTF-8编码" in page
    assert "行有误" not in page


def test_a_second_file_for_the_table_waits_its_turn(admin: Browser) -> None:
    upload(admin, UNITS, "SH0001,7,2020-04-01")
    answer = upload(admin, UNITS, "SH0002,7,2020-04-01")
    assert (answer.status_code, "请等它完成。没有导入任何内容。 BAT-007" in text_of(answer)) == (409, True)


@pytest.mark.parametrize(("kind", "said"), [("", "请选择参考表。"), ("si-units", "请选择一个有内容的文件。")])
def test_what_is_missing_is_told(admin: Browser, kind: str, said: str) -> None:
    answer = upload(admin, kind=kind, replace_all="1")
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert 'name="replace_all" value="1" checked' in answer.get_data(as_text=True)


def test_a_file_above_the_limit_is_led_to_the_command(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_reference, "MAX_BYTES", 20)
    answer = upload(admin, UNITS, "SH0001,7,2020-04-01")
    assert answer.status_code == 413
    assert "没有导入任何内容。更大的文件请在服务器上用【canbao reference load】导入。 IMP-008" in text_of(answer)


def test_more_than_other_forms_may_send_is_taken(admin: Browser) -> None:
    lines = [f"SH{number:08},7,2020-04-01" for number in range(480_000)]
    assert upload(admin, UNITS, *lines).status_code == 303
