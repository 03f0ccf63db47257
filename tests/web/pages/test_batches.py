from tests.web.conftest import Browser, Town, text_of


def test_the_list_says_which_days_the_year_has(li: Browser) -> None:
    assert "参保年度为2020年4月1日至2021年3月31日。" in text_of(li.get("/batches"))


def test_a_batch_is_opened_after_the_unit_name_was_confirmed(li: Browser, town: Town) -> None:
    named = li.post("/batches/open/central", "/batches/open/central", code=" 0088d2 ")
    assert "上海豆豆精密机械有限公司" in text_of(named)
    assert "COD-005" in text_of(named)
    opened = li.post("/batches/open/central", code="0088D2", confirmed="1")
    assert opened.status_code == 303
    assert "SZSH202004200001" in text_of(li.get("/batches"))
