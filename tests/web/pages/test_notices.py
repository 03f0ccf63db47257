"""通知 and 通知方式: what an account was told, read or not, and by which channels it is told beside."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.records.account import HandlerProfile
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.notice import Notice, Telling, tell, tell_all
from models.rules.notices import Channel, Topic, topics_for
from models.rules.permissions import Role
from tests.told import VALUES
from tests.web.conftest import MORNING, Browser, Person, Town, account_id, text_of
from tests.web.scene import Scene


def told(person: Person, number: int = 1, code: str = "NTF-02", batch_no: str = "") -> None:
    account = account_id(person)
    with writing() as records:
        batch_id = records.scalars(select(Batch.id).where(Batch.batch_no == batch_no)).one_or_none()
        for count in range(number):
            values = VALUES[code] | ({"year": str(2020 + count)} if code == "NTF-02" else {})
            tell(records, account, code, f"occasion {count}", at=MORNING, batch_id=batch_id, **values)


def badge(browser: Browser) -> str:
    """What the top bar says beside 通知."""
    found = re.search(r'class="unread">([^<]+)<', browser.get("/help").get_data(as_text=True))
    return found[1] if found else ""


def unread_ids() -> list[int]:
    with reading() as records:
        return list(records.scalars(select(Notice.id).where(Notice.read_at.is_(None)).order_by(Notice.id)))


def test_without_notices_the_page_says_so_and_the_bar_counts_none(li: Browser) -> None:
    assert "还没有通知" in text_of(li.get("/notices"))
    assert badge(li) == ""


def test_the_newest_comes_first_with_its_code_and_its_batch(li: Browser, town: Town, batch_no: str) -> None:
    told(town.li, 2)
    told(town.li, code="NTF-05", batch_no=batch_no)
    page = text_of(li.get("/notices"))
    assert page.index("集中参保已截止") < page.index("2021年度即时参保") < page.index("2020年度即时参保")
    assert "NTF-05" in page
    assert f'href="/batches/{batch_no}"' in li.get("/notices").get_data(as_text=True)


def test_what_came_too_late_to_be_sent_is_not_called_read(li: Browser, town: Town) -> None:
    telling = Telling(account_id(town.li), "NTF-03", "late", VALUES["NTF-03"])
    with writing() as records:
        tell_all(records, [telling], at=MORNING, moment=MORNING - timedelta(days=3))
    page = text_of(li.get("/notices"))
    assert "标为“过期未发送”的是事后补记，当时没有发出。" in page
    assert "已读" not in page.partition("批次 时间 状态")[2]


def test_the_bar_counts_what_is_unread_of_this_account_alone(li: Browser, zhou: Browser, town: Town) -> None:
    told(town.li, 3)
    assert (badge(li), badge(zhou)) == ("3", "")


def test_more_than_ninety_nine_are_not_counted(li: Browser, town: Town) -> None:
    told(town.li, 101)
    assert badge(li) == "99+"


def test_to_look_marks_nothing_by_itself(li: Browser, town: Town) -> None:
    told(town.li)
    li.get("/notices")
    assert badge(li) == "1"


def test_what_the_page_shows_is_marked_by_its_own_form(li: Browser, town: Town) -> None:
    told(town.li, 3)
    first, second, third = unread_ids()
    li.get("/notices")
    answer = li.client.post(
        "/notices/read", data={"csrf_token": li.token(), "notice": [first, third]}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, unread_ids(), badge(li)) == (204, [second], "1")


@pytest.mark.parametrize("page", ["/notices?page=2", "/notices?unread=1&page=2", "/notices?page=3"])
def test_the_form_of_any_page_marks_all(li: Browser, zhou: Browser, town: Town, page: str) -> None:
    told(town.zhou)
    told(town.li, 45)
    press(li, page, "全部标为已读")
    assert (badge(li), badge(zhou)) == ("", "1")


def test_what_came_while_the_page_was_read_stays_unread(li: Browser, town: Town) -> None:
    told(town.li, 45)
    shown = li.get("/notices?page=2").get_data(as_text=True)
    told(town.li, code="NTF-08")
    send(li, shown, "全部标为已读")
    assert badge(li) == "1"


def press(browser: Browser, page: str, button: str) -> None:
    """Press a button of a page, whose form is sent as it stands there."""
    send(browser, browser.get(page).get_data(as_text=True), button)


def send(browser: Browser, page: str, button: str) -> None:
    """The form of a page that was shown before."""
    [form] = [form for form in re.findall(r"<form .*?</form>", page, re.S) if f">{button}</button>" in form]
    address = re.search(r' action="([^"]+)"', form)
    assert address
    data = dict(re.findall(r'<(?:input|button)[^>]* name="([^"]+)" value="([^"]*)"', form))
    assert browser.client.post(address[1], data=data).status_code == 303


def test_nobody_marks_what_another_was_told(li: Browser, zhou: Browser, town: Town) -> None:
    told(town.li)
    told(town.zhou)
    zhou.post("/notices/read", "/notices", notice=[str(one) for one in unread_ids()])
    assert (badge(li), badge(zhou)) == ("1", "")


def test_only_the_unread_ones_can_be_shown(li: Browser, town: Town) -> None:
    told(town.li, 2)
    li.post("/notices/read", "/notices", notice=str(min(unread_ids())))
    page = text_of(li.get("/notices?unread=1"))
    assert ("2021年度" in page, "2020年度即时" in page) == (True, False)
    li.post("/notices/read", "/notices", all="1", up_to="9999")
    assert "没有未读通知" in text_of(li.get("/notices?unread=1"))


def test_older_ones_are_on_the_next_page(li: Browser, town: Town) -> None:
    told(town.li, 21)
    assert "2020年度即时" not in text_of(li.get("/notices"))
    assert "2020年度即时" in text_of(li.get("/notices?page=2"))


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_notices(stranger: Browser, scene: Scene, role: Role) -> None:
    stranger.log_in(scene.people[role])
    assert [stranger.get(page).status_code for page in ("/notices", "/notices/channels")] == [200, 200]


def test_deadlines_can_not_be_switched_off_and_the_page_says_so(li: Browser) -> None:
    page = text_of(li.get("/notices/channels"))
    assert "带期限的通知不能关闭" in page
    assert page.count("始终发送") == 3


def ticked(browser: Browser) -> set[str]:
    page = browser.get("/notices/channels").get_data(as_text=True)
    return set(re.findall(r'name="([a-z_]+)" value="1" checked', page))


def test_at_first_all_goes_by_email(li: Browser) -> None:
    assert ticked(li) == {"year_email", "progress_email"}


def test_what_is_chosen_stays_chosen(li: Browser) -> None:
    li.post("/notices/channels", "/notices/channels", progress_email="1", year_sms="1", closing_sms="1")
    assert ticked(li) == {"progress_email", "year_sms", "closing_sms"}
    li.post("/notices/channels", "/notices/channels", progress_email="1", year_email="1")
    assert ticked(li) == {"year_email", "progress_email"}


def test_what_is_sent_along_beside_changes_nothing(li: Browser) -> None:
    li.post("/notices/channels", "/notices/channels", year_email="1", progress_email="1", review_email="1")
    assert "始终发送" in text_of(li.get("/notices/channels"))
    assert ticked(li) == {"year_email", "progress_email"}


def test_staff_choose_by_email_alone(reviewer: Browser) -> None:
    assert ticked(reviewer) == {"review_email"}
    assert "review_sms" not in reviewer.get("/notices/channels").get_data(as_text=True)


def test_an_administrator_is_offered_nothing_that_reviewers_alone_are_told(admin: Browser) -> None:
    page = admin.get("/notices/channels")
    assert "review_" not in page.get_data(as_text=True)
    assert "没有需要选择的内容" in text_of(page)


def test_the_page_says_where_messages_go(li: Browser) -> None:
    page = text_of(li.get("/notices/channels"))
    assert "0088d2@doudou.example" in page
    assert "没有经验证的手机号码，不发送短信" in page  # it is a telephone of the office
    with writing() as records:
        records.execute(update(HandlerProfile).values(phone="14200000001"))
    assert "142****0001" in text_of(li.get("/notices/channels"))


def test_every_topic_and_channel_has_a_name_of_its_own() -> None:
    names = [one.text for one in [*Topic, *Channel]]
    assert len(set(names)) == len(names)
    assert set().union(*(topics_for(role) for role in Role)) == set(Topic)
