"""单位已更名: registered at a desk, exchanged at night, and kept by old batches (AC06)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from models.rules.permissions import Role
from tests.acceptance.test_codes import named
from tests.acceptance.test_first_visit import staff
from tests.scheduled import run_calendar
from tests.web.clock import FIRST_INSTANT_MOMENT, at
from tests.web.conftest import MORNING, Browser, Town, text_of
from tests.web.first_visits import licence

OLD, NEW = "上海豆豆精密机械有限公司", "上海豆豆智能装备有限公司"


@pytest.fixture
def registered(app: Flask, town: Town) -> None:
    """A district desk has registered the new name."""
    run_calendar()
    desk, _ = staff(app, Role.SERVICE_DESK)
    form = f"/renames/register?code={town.li.code}"
    assert OLD in text_of(desk.get(form))
    file = licence("变更申请表.jpg")
    answer = desk.post("/renames/register", form, code=town.li.code, new_name=NEW, file=file)
    assert answer.status_code == 303, text_of(answer)


def test_ac06_entering_the_code_shows_the_name_and_where_a_wrong_one_is_changed(li: Browser, town: Town) -> None:
    page = named(li, town.li.code)
    assert f"单位名称：{OLD}。若单位名称有误，请至职保中心五楼营业大厅“信息修改”窗口办理更新。 COD-005" in page


def test_ac06_a_registered_change_appears_after_the_next_exchange_and_not_before(
    li: Browser, town: Town, registered: None
) -> None:
    assert f"单位名称：{OLD}。" in named(li, town.li.code)
    at(MORNING + timedelta(hours=12))
    assert f"单位名称：{OLD}。" in named(li, town.li.code)
    at(MORNING + timedelta(hours=18))
    run_calendar()
    page = named(li, town.li.code)
    assert f"单位名称：{NEW}。" in page
    assert OLD not in page


def test_ac06_batches_from_before_keep_the_name_that_they_were_made_with(
    li: Browser, town: Town, batch_no: str, registered: None
) -> None:
    at(FIRST_INSTANT_MOMENT)
    run_calendar()
    later = li.open_batch(town.li.code, "instant")
    assert f"单位名称 {OLD}" in text_of(li.get(f"/batches/{batch_no}"))
    assert f"单位名称 {NEW}" in text_of(li.get(f"/batches/{later}"))
