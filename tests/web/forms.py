"""What the forms of people and of wrong rows hold, and what a browser sends of them."""

from __future__ import annotations

import re
from html import unescape

from sqlalchemy import select
from werkzeug.test import TestResponse

from models.actions.check_roster import submit_at_once
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.web.conftest import MORNING, Browser, Town, account_id, text_of

LI_LEI = {"name": "李雷", "id_type": "护照", "id_no": "E12345678", "birth": "1990-05-06", "sex": "男", "mobile": "",
          "has_si": "是"}  # fmt: skip
_FIELD = re.compile(r'<input[^>]* name="([^"]+)"[^>]*>|<select[^>]* name="([^"]+)".*?</select>', re.S)


def people() -> list[BatchPerson]:
    """Everybody on every roster, as they came."""
    with reading() as records:
        return list(records.scalars(select(BatchPerson).order_by(BatchPerson.id)))


def people_ids() -> list[int]:
    """Their ids."""
    with reading() as records:
        return list(records.scalars(select(BatchPerson.id).order_by(BatchPerson.id)))


def field(page: TestResponse, name: str) -> str:
    """What stands in an input of a form."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.get_data(as_text=True))
    assert found, name
    return found[1]


def input_of(page: TestResponse, name: str) -> str:
    """What stands in an input, wherever its value is among its attributes."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]*? value="([^"]*)"', page.get_data(as_text=True))
    assert found, name
    return unescape(found[1])


def cells_of(page: TestResponse) -> dict[str, str]:
    """What the edit form holds, ready to be sent again."""
    chosen = re.findall(r'name="(sex|has_si)".*?<option selected>([^<]+)<', page.get_data(as_text=True), re.S)
    return {name: field(page, name) for name in ("version", "name", "id_no", "birth", "mobile")} | dict(chosen)


def add_person_by_form(browser: Browser, batch_no: str, **changes: str) -> TestResponse:
    """李雷 by 新增人员, with other cells where they are named."""
    address = f"/batches/{batch_no}/people/add"
    return browser.post(address, address, **LI_LEI | changes)


def enrolled_by(zhou: Browser, town: Town) -> None:
    """李雷 is enrolled by 周谷雨's unit."""
    other = zhou.open_batch(town.zhou.code)
    add_person_by_form(zhou, other)
    clerk = Viewer(account_id(town.zhou), Role.HANDLER)
    with writing() as records:
        assert submit_at_once(records, clerk, other, MORNING).passed


def fields_of(page: TestResponse) -> dict[str, str]:
    """What a browser would send of the grid as it is shown."""
    form = re.search(r'<form id="mend".*?</form>', page.get_data(as_text=True), re.S)
    assert form, text_of(page)
    found = {}
    for field in _FIELD.finditer(form[0]):
        chosen = re.search(r'<option value="([^"]*)" selected', field[0]) or re.search(r'value="([^"]*)"', field[0])
        found[field[1] or field[2]] = unescape(chosen[1]) if chosen else ""
    return found


def opened(browser: Browser, import_id: int) -> dict[str, str]:
    """The fields of the grid's first page."""
    return fields_of(browser.get(f"/imports/{import_id}/corrections"))
