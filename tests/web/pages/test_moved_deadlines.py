"""截止时间调整: first what it means, then done; then what had expired is offered."""

from __future__ import annotations

import re

from tests.vouchers import told
from tests.web.audited_reinstating import UNTIL, an_expired_batch_of, moved_by_form
from tests.web.conftest import Browser, Town, text_of
from tests.web.forms import field


def test_the_form_shows_the_dates_as_they_are(admin: Browser) -> None:
    page = admin.get("/deadlines")
    shown = {name: field_of(page.get_data(as_text=True), name) for name in ("central_close_at", "instant_open_at")}
    assert shown == {"central_close_at": "2020-05-11T17:00", "instant_open_at": "2020-05-12T00:00"}
    assert "现为 2020-05-26 24:00" in text_of(page)


def field_of(html: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', html)
    assert found, name
    return found[1]


def test_what_it_means_is_said_before_anything_happens(admin: Browser, li: Browser, town: Town) -> None:
    li.open_batch(town.li.code)
    an_expired_batch_of(town.li)
    form = admin.get("/deadlines")
    sent = {"fingerprint": field(form, "fingerprint"), "central_close_at": UNTIL, "reason": "上级部署"}
    words = text_of(admin.post("/deadlines/2020", **sent))
    assert "集中参保截止时间 2020-05-11 17:00 2020-05-20 17:00" in words
    assert "尚未确认保费的集中参保批次 1 个" in words
    assert "因原时间失效、可以恢复的批次 1 个" in words
    assert "现为 2020-05-11 17:00" in text_of(admin.get("/deadlines"))
    assert told("NTF-13") == []


def test_confirmed_it_leads_to_what_had_expired(admin: Browser, town: Town) -> None:
    batch = an_expired_batch_of(town.li)
    answer = moved_by_form(admin)
    assert answer.location == "/deadlines/2020/expired"
    words = text_of(admin.get(answer.location))
    assert "集中参保截止时间调整为 2020-05-20 17:00。已通知相关单位。" in words
    assert batch.batch_no in words


def test_where_nothing_had_expired_it_leads_back_to_the_dates(admin: Browser) -> None:
    answer = moved_by_form(admin, central_payment_close_on="2020-06-05")
    assert answer.location == "/deadlines?year=2020"
    assert "现为 2020-06-05 24:00" in text_of(admin.get(answer.location))


def test_a_refusal_keeps_what_was_typed(admin: Browser) -> None:
    for changes, code in (
        ({"central_close_at": "2020-05-01T17:00"}, "SYS-003"),
        ({"central_close_at": "2020-05-11T17:00"}, "SYS-002"),
        ({"central_close_at": "soon"}, "SYS-003"),
        ({"reason": ""}, "SYS-002"),
    ):
        answer = moved_by_form(admin, **changes)
        assert (answer.status_code, code in text_of(answer)) == (422, True), changes
        for name, value in changes.items():
            assert value in answer.get_data(as_text=True), name


def test_a_form_of_dates_that_have_moved_since_is_refused(admin: Browser) -> None:
    form = admin.get("/deadlines")
    assert moved_by_form(admin).status_code == 303
    sent = {"fingerprint": field(form, "fingerprint"), "central_close_at": "2020-05-25T17:00", "reason": "因"}
    for confirmed in ({}, {"confirmed": "1"}):
        answer = admin.post("/deadlines/2020", **sent, **confirmed)
        assert (answer.status_code, "BAT-004" in text_of(answer)) == (409, True)


def test_the_clerk_sees_the_new_time_everywhere(admin: Browser, li: Browser, town: Town) -> None:
    batch_no = li.open_batch(town.li.code)
    moved_by_form(admin)
    assert "集中参保 5 月 20 日（周三）17:00 截止" in text_of(li.get(f"/batches/{batch_no}"))
