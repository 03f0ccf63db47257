"""导入记录 of an account, and a check that becomes an import."""

from __future__ import annotations

import re

from models.records.database import reading
from models.records.roster_import import RosterImport
from tests.statements import statements
from tests.web.conftest import Browser, Town, import_of, imported, text_of
from tests.workbooks import WANG_DOUDOU, some_people

PEOPLE = some_people(4)


def test_a_check_is_imported_for_real_by_one_button(li: Browser, batch_no: str) -> None:
    checked = imported(li, batch_no, [WANG_DOUDOU], check_only="1", projects=["B0", "C0"])
    assert "正式导入" in text_of(li.get(f"/imports/{checked}"))
    real = import_of(li.post(f"/imports/{checked}/import"))
    with reading() as records:
        upload = records.get_one(RosterImport, real)
        assert (upload.check_only, upload.projects) == (False, ["B0", "C0"])


def test_an_accounts_uploads_are_listed_over_all_its_batches(
    li: Browser, zhou: Browser, reviewer: Browser, town: Town, batch_no: str
) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    imported(li, batch_no, [])
    imported(zhou, zhou.open_batch(town.zhou.code), [WANG_DOUDOU])
    page = text_of(li.get("/imports"))
    assert re.search(
        rf"清册\.xlsx {batch_no} 上海豆豆精密机械有限公司 未完成 .*IMP-004 李小满 2020-04-20 09:0\d:\d\d R", page
    )
    assert page.count("清册.xlsx") == 2
    assert reviewer.get("/imports").status_code == 403


def test_the_list_of_uploads_asks_as_often_whatever_it_holds(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    with statements() as few:
        li.get("/imports")
    imported(li, batch_no, PEOPLE[:2])
    imported(li, batch_no, PEOPLE[2:4])
    with statements() as many:
        li.get("/imports")
    assert len(many) == len(few)
