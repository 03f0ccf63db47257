"""One person as the association sees them, and 更正, as pages."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.rules.lifecycle import BatchState
from tests.builders import a_person, resident_id
from tests.imports import another_batch, submitted
from tests.people import a_passport, stored_people
from tests.records import BatchOf, people_on
from tests.vouchers import a_photo
from tests.web.api.conftest import viewer_of
from tests.web.conftest import MORNING, Browser, Town, text_of

RIGHT = resident_id(sequence=77)
REASON = "单位来函"


@pytest.fixture
def batch(town: Town) -> BatchOf:
    """李小满's submitted batch of 王豆豆 and, with a passport, 王豆."""
    made = another_batch(viewer_of(town.li), "0088E1", now=MORNING)
    people_on(made, [a_person(), a_passport()])
    return submitted(made)


def ids(batch: BatchOf) -> tuple[int, int]:
    doudou, dou = stored_people(batch)
    return doudou.id, dou.id


def card(content: bytes | None = None, name: str = "身份证.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(a_photo() if content is None else content), name


def fields_of(page: TestResponse) -> dict[str, str]:
    """What the form holds."""
    text = page.get_data(as_text=True)
    found = dict(re.findall(r'name="(name|id_no|birth|version)" [^>]*?value="([^"]*)"', text))
    if sex := re.search(r"<option selected>(男|女)</option>", text):
        found["sex"] = sex[1]
    return found


def correct(browser: Browser, person_id: int, files: list[tuple[io.BytesIO, str]], **typed: str) -> TestResponse:
    """Open the form, change it and press 提交更正."""
    to = f"/people/{person_id}/correction"
    return browser.post(to, **fields_of(browser.get(to)) | {"reason": REASON} | typed, file=files)


def entries(action: str) -> list[AuditEntry]:
    with reading() as records:
        return records.query(AuditEntry).filter_by(action=action).all()


def test_from_the_person_to_the_correction_and_its_evidence(reviewer: Browser, batch: BatchOf) -> None:
    doudou, _ = ids(batch)
    page = reviewer.get(f"/people/{doudou}")
    assert all(said in text_of(page) for said in ("1101*****9091", "占用", "李小满", "没有更正记录", "更正"))
    letter = card(b"%PDF-1.4\nstartxref\n0\n%%EOF", "说明.pdf")
    done = correct(reviewer, doudou, [card(), letter], id_no=RIGHT, name="王豆芽")
    assert (done.status_code, done.location) == (303, f"/people/{doudou}")
    page = reviewer.get(done.location)
    changed = ("姓名：王豆豆 → 王豆芽", "1101*****9091 → 3100*****")
    for said in ("已更正 王豆芽 的信息", *changed, REASON, "身份证.jpg", "说明.pdf"):
        assert said in text_of(page), said
    assert RIGHT not in page.get_data(as_text=True)
    picture = reviewer.get(f"/people/{doudou}/evidence/1")
    assert picture.mimetype == "image/jpeg"
    assert picture.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert reviewer.get(f"/people/{doudou}/evidence/3").status_code == 404
    form, evidence = entries("view_person")
    assert (form.details["why"], form.details["id_no"]) == ("correct", "1101*****9091")
    assert (evidence.batch_id, evidence.details["why"]) == (batch.batch_id, "evidence")
    assert (evidence.details["person_id"], evidence.details["name"]) == (doudou, "王豆芽")


def test_the_form_shows_the_whole_number_and_that_is_written_down(reviewer: Browser, batch: BatchOf) -> None:
    doudou, _ = ids(batch)
    page = reviewer.get(f"/people/{doudou}/correction")
    assert fields_of(page)["id_no"] == "110101199003079091"
    assert 'name="birth"' not in page.get_data(as_text=True)
    assert [entry.details["why"] for entry in entries("view_person")] == ["correct"]


def test_of_a_passport_birth_and_sex_are_corrected_too(reviewer: Browser, batch: BatchOf) -> None:
    _, dou = ids(batch)
    assert correct(reviewer, dou, [card()], birth="1998-12-08", sex="女").status_code == 303
    assert "出生日期：1998-12-09 → 1998-12-08" in text_of(reviewer.get(f"/people/{dou}"))


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(reviewer: Browser, batch: BatchOf) -> None:
    doudou, _ = ids(batch)
    page = correct(reviewer, doudou, [], name="", id_no="110101199003079092", reason="")
    assert page.status_code == 422
    for said in (
        "有 4 处需要修改，尚未更正。",
        "姓名不能为空。 ROW-001",
        "身份证号码校验位不正确，请核对。 IDN-005",
        "请填写“更正原因”。 SYS-002",
        "请填写“证明材料”。 SYS-002",
    ):
        assert said in text_of(page), said
    assert fields_of(page)["id_no"] == "110101199003079092"
    assert entries("correct_person") == []


def test_a_file_that_is_no_picture_is_refused(reviewer: Browser, batch: BatchOf) -> None:
    doudou, _ = ids(batch)
    page = correct(reviewer, doudou, [card(b"PK\x03\x04")], name="王豆芽")
    assert (page.status_code, "APP-003" in text_of(page)) == (422, True)
    assert fields_of(page)["name"] == "王豆芽"


def test_a_number_of_somebody_else_is_named(reviewer: Browser, batch: BatchOf, town: Town) -> None:
    doudou, _ = ids(batch)
    other = another_batch(viewer_of(town.zhou), "0088E2", now=MORNING)
    people_on(other, [a_person(id_no=RIGHT)])
    submitted(other)
    page = correct(reviewer, doudou, [card()], id_no=RIGHT)
    assert page.status_code == 422
    assert "对方经办人：周谷雨" in text_of(page)
    assert "REG-001" in text_of(page)


def test_a_batch_that_changed_meanwhile_is_said(reviewer: Browser, admin: Browser, batch: BatchOf) -> None:
    doudou, _ = ids(batch)
    to = f"/people/{doudou}/correction"
    stale = fields_of(reviewer.get(to))
    assert correct(admin, doudou, [card()], name="王豆芽").status_code == 303
    page = reviewer.post(to, **stale | {"reason": REASON, "name": "王豆苗"}, file=[card()])
    assert page.status_code == 409
    assert "BAT-004" in text_of(page)
    assert fields_of(page)["name"] == "王豆苗"


def test_nothing_different_is_no_correction(reviewer: Browser, batch: BatchOf) -> None:
    doudou, _ = ids(batch)
    assert correct(reviewer, doudou, [card()]).status_code == 303
    assert "信息没有变化，没有更正" in text_of(reviewer.get(f"/people/{doudou}"))


def test_another_age_is_pointed_out(reviewer: Browser, batch: BatchOf) -> None:
    doudou, _ = ids(batch)
    correct(reviewer, doudou, [card()], id_no=resident_id(date(1950, 1, 1)))
    assert "超龄结论与清册提交时不同" in text_of(reviewer.get(f"/people/{doudou}"))


def test_people_of_a_draft_are_the_units_own_to_change(reviewer: Browser, batch: BatchOf) -> None:
    doudou, _ = ids(batch)
    with writing() as records:
        records.execute(update(Batch).values(state=BatchState.ROSTER_DRAFT))
    page = reviewer.get(f"/people/{doudou}")
    assert f"/people/{doudou}/correction" not in page.get_data(as_text=True)
    answer = reviewer.get(f"/people/{doudou}/correction")
    assert answer.status_code == 409
    assert "批次当前状态为“清册待校验”，不能进行“参保人员信息更正”。" in text_of(answer)
