"""医保享受在职待遇: promises for people over age, as clerks tick them without scripts."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import update

from models.actions.move_clock import move_clock
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.rules.lifecycle import BatchState
from tests.web.checks import batch_now, checked, ids_by_name, over_age_rows, promised, submitted
from tests.web.conftest import MORNING, Browser, imported, text_of
from tests.web.forms import field


def changed(batch_no: str, **values: object) -> None:
    with writing() as records:
        records.execute(update(Batch).where(Batch.batch_no == batch_no).values(**values))


def test_a_promise_is_asked_for_in_the_handbooks_words(li: Browser, batch_no: str, old: dict[str, int]) -> None:
    checked(li, batch_no)
    sheet = li.get(f"/batches/{batch_no}/people/{old['老甲']}/promise", **{"HX-Request": "true"})
    assert (
        "本单位承诺：此超龄人员为本单位在职职工，且医保享受在职待遇，如误参保，不予给付保障金且不退还保费。"
        in text_of(sheet)
    )
    assert re.search(r"<a [^>]*autofocus[^>]*>取消</a>", sheet.get_data(as_text=True))


def test_a_ticked_promise_stands_in_the_row_and_the_rest_is_still_to_be_done(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    checked(li, batch_no)
    answer = promised(li, batch_no, old["老甲"])
    assert answer.location.endswith(f"#p{old['老甲']}")
    page = text_of(li.get(answer.location))
    assert "是(超龄已承诺) 已承诺 04-20 09:00 老甲 医保享受在职待遇" in page
    assert "有1名在职超龄人员未处理" in page


def test_once_all_have_promised_the_roster_may_be_submitted_without_another_check(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    checked(li, batch_no)
    promised(li, batch_no, old["老甲"])
    promised(li, batch_no, old["老乙"])
    page = text_of(li.get(f"/batches/{batch_no}/validation"))
    assert "需要处理的都已处理，可以提交" in page
    assert "VAL-011" not in page
    submitted(li, batch_no)
    assert batch_now(batch_no).state == BatchState.ROSTER_SUBMITTED


def test_a_promise_is_taken_back_and_stands_in_the_way_again(li: Browser, batch_no: str, old: dict[str, int]) -> None:
    promised(li, batch_no, old["老甲"])
    promised(li, batch_no, old["老乙"])
    assert "校验通过，可以提交" in text_of(checked(li, batch_no))
    assert "取消后，老甲 须移除或重新承诺" in text_of(li.get(f"/batches/{batch_no}/people/{old['老甲']}/promise"))
    promised(li, batch_no, old["老甲"], keep=False)
    page = text_of(li.get(f"/batches/{batch_no}/validation"))
    assert "还有 1 项需要处理" in page
    assert "已通过，待提交" not in page


def test_the_promise_of_an_old_page_is_refused_and_nothing_is_promised(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    checked(li, batch_no)
    stale = field(li.get(f"/batches/{batch_no}/people/{old['老甲']}/promise"), "version")
    promised(li, batch_no, old["老乙"])
    answer = li.post(f"/batches/{batch_no}/people/{old['老甲']}/promise", promised="1", version=stale)
    assert "批次信息已被更新，请刷新后重试。 BAT-004" in text_of(li.get(answer.location))
    with reading() as records:
        assert records.get_one(BatchPerson, old["老甲"]).promised_at is None


def test_somebody_without_social_insurance_is_set_in_service_before_the_promise(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, over_age_rows(1, has_si="否"))
    person_id = ids_by_name()["老甲"]
    page = text_of(checked(li, batch_no))
    assert "无社保，不可承诺 VAL-005 设置在职 移除" in page
    answer = li.post(
        f"/batches/{batch_no}/people/{person_id}/promise", promised="1", version=batch_now(batch_no).version
    )
    assert "老甲为超龄且无社保人员，不可参保" in text_of(li.get(answer.location))


def test_a_promise_from_before_a_withdrawal_counts_and_is_shown_for_confirmation(
    li: Browser, batch_no: str, old: dict[str, int]
) -> None:
    promised(li, batch_no, old["老甲"])
    promised(li, batch_no, old["老乙"])
    later = MORNING + timedelta(hours=1)
    changed(batch_no, withdrawn_at=later)
    with writing() as records:
        move_clock(records, later + timedelta(hours=1))
    page = text_of(checked(li, batch_no))
    assert "校验通过，可以提交" in page
    assert "2名超龄人员的承诺作于批次撤回之前，仍然有效，请再确认一次。" in page
    assert "撤回前已承诺，请确认 老甲" in page
    assert "医保享受在职待遇" in text_of(li.get(f"/batches/{batch_no}/people/{old['老甲']}/promise"))
    answer = promised(li, batch_no, old["老甲"])
    assert "已承诺 04-20 11:00 老甲" in text_of(li.get(answer.location))
