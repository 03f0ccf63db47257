from datetime import timedelta

from models.actions.move_clock import move_clock
from models.queries.plan_years import published_plans
from models.records.database import writing
from tests.web.conftest import Browser, imported, text_of
from tests.workbooks import WANG_DOUDOU

CLOSED = "集中参保已于2020-05-11 17:00截止，可在即时参保开放后办理。 WIN-002"
NOT_ENROLLED = "本清册未在截止前提交，清册中的人员没有参保。"


def set_seconds_before_the_end(seconds: float) -> None:
    with writing() as records:
        move_clock(records, published_plans(records)[0].central_close_at - timedelta(seconds=seconds))


def test_the_strip_alone_asks_for_itself_again_and_says_when_the_window_has_closed(li: Browser, batch_no: str) -> None:
    strip = f"/batches/{batch_no}/deadline"
    assert f'hx-get="{strip}" hx-trigger="every 300s, seen-again from:body"' in li.get(
        f"/batches/{batch_no}/roster"
    ).get_data(as_text=True)
    set_seconds_before_the_end(120)
    part = li.get(strip).get_data(as_text=True)
    assert "<html" not in part
    assert 'hx-trigger="every 10s, seen-again from:body"' in part
    assert "data-closed" not in part
    set_seconds_before_the_end(0)
    assert CLOSED in text_of(li.get(strip))
    assert "data-closed" in li.get(strip).get_data(as_text=True)


def test_on_a_page_about_no_batch_the_strip_asks_for_the_year(li: Browser, stranger: Browser) -> None:
    assert 'hx-get="/deadline/2020"' in li.get("/batches").get_data(as_text=True)
    set_seconds_before_the_end(0)
    assert CLOSED in text_of(stranger.get("/deadline/2020"))


def test_a_year_that_is_not_published_has_no_strip(stranger: Browser) -> None:
    assert stranger.get("/deadline/1999").status_code == 404


def test_roster_and_result_say_after_the_end_that_nobody_is_enrolled(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WANG_DOUDOU])
    pages = (f"/batches/{batch_no}/roster", f"/imports/{import_id}", f"/batches/{batch_no}/deadline")
    set_seconds_before_the_end(120)
    assert not any(NOT_ENROLLED in text_of(li.get(page)) for page in pages)
    set_seconds_before_the_end(0)
    assert all(NOT_ENROLLED in text_of(li.get(page)) for page in pages)
    assert NOT_ENROLLED not in text_of(li.get("/batches"))
