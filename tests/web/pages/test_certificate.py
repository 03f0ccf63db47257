"""保障单 on the page (DOMAIN 10, AC04)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from models.records.batch import Batch
from models.records.database import writing
from models.records.person import BatchPerson
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from tests.enrolled import enrol
from tests.web.conftest import MORNING, Browser, Town, account_id, imported, text_of
from tests.workbooks import WANG_DOU, WANG_DOUDOU


@pytest.fixture
def enrolled(li: Browser, town: Town, batch_no: str) -> str:
    """王豆豆 with and 王豆 without social insurance are enrolled."""
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    clerk = Viewer(account_id(town.li), Role.HANDLER)
    with writing() as records:
        enrol(records, clerk, batch_no, MORNING)
    return batch_no


def test_it_says_who_is_insured_under_which_code_for_what_and_how_long(li: Browser, town: Town, enrolled: str) -> None:
    page = text_of(li.get(f"/batches/{enrolled}/certificate"))
    assert f"参保编码 {town.li.code} 批次号 {enrolled}" in page
    assert "保障期限 2020年4月1日零时至2021年3月31日24时" in page
    assert "参保人数 2 人（社保 1，非社保 1） 保费合计 250.00 元" in page
    assert "A0 在职住院（含附加疾病身故保障） 2020-04-01 无 2020-04-01 1" in page
    assert "1 王豆豆 1101*****9091 2 王豆 H8***2X" in page


def test_no_number_stands_there_in_full(li: Browser, enrolled: str) -> None:
    assert not re.search(r"\d{17}", li.get(f"/batches/{enrolled}/certificate").get_data(as_text=True))


def test_whoever_is_over_age_by_promise_is_remarked(li: Browser, enrolled: str) -> None:
    assert "备注" not in text_of(li.get(f"/batches/{enrolled}/certificate"))
    with writing() as records:
        old = update(BatchPerson).where(BatchPerson.name == "王豆豆")
        records.execute(old.values(over_age=True, promised_at=MORNING))
    page = text_of(li.get(f"/batches/{enrolled}/certificate"))
    assert "备注：王豆豆为超龄人员，单位承诺其为本单位在职职工，且医保享受在职待遇；如误参保，不予给付保障金" in page


@pytest.mark.parametrize("state", [BatchState.PAYMENT_REVIEW, BatchState.AWAITING_PAYMENT, BatchState.ROSTER_SUBMITTED])
def test_a_batch_that_is_not_enrolled_has_none(li: Browser, enrolled: str, state: BatchState) -> None:
    with writing() as records:
        records.execute(update(Batch).values(state=state))
    answer = li.get(f"/batches/{enrolled}/certificate")
    assert answer.status_code == 409
    assert f"批次当前状态为“{state.text}”，不能进行“查看保障单”。" in text_of(answer)


def test_another_units_does_not_exist(zhou: Browser, enrolled: str) -> None:
    assert zhou.get(f"/batches/{enrolled}/certificate").status_code == 404
