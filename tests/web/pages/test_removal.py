"""移除, 批量移除 of the ticked and of everybody found, 移除全部, by the pages without scripts."""

from __future__ import annotations

import re

import pytest

from models.records.audit import AuditEntry
from models.records.database import reading
from tests.web.conftest import Browser, Town, imported, text_of
from tests.web.forms import people_ids
from tests.workbooks import some_people

_FOUND_BY = re.compile(r'name="found_by" value="([^"]+)"')


def found_by(browser: Browser, address: str) -> str:
    """The page's filters as its form sends them."""
    return _FOUND_BY.search(browser.get(address).get_data(as_text=True))[1]  # type: ignore[index]  # the page has one


def test_removing_names_who_and_how_many_before_anybody_is_gone(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    first, second, third = people_ids()
    roster = f"/batches/{batch_no}/roster"
    asked = li.post(f"/batches/{batch_no}/people/remove", roster, pick=[first, second])
    assert "确认移除已选的2名人员？ 移除人员 张一、王二 清册现有 3 人 移除 2 人 移除后 1 人" in text_of(asked)
    assert people_ids() == [first, second, third]
    done = li.post(f"/batches/{batch_no}/people/remove", pick=[first, second], confirmed="1")
    assert done.status_code == 303
    assert "已移除 2 人。" in text_of(li.get(roster))
    assert people_ids() == [third]


def test_of_many_the_first_three_are_named(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(5))
    asked = li.post(f"/batches/{batch_no}/people/remove", f"/batches/{batch_no}/roster", pick=people_ids()[:4])
    assert re.search(r"移除人员 \S+、\S+、\S+ 等 4 人 清册现有 5 人 移除 4 人 移除后 1 人", text_of(asked))


def test_nobody_ticked_removes_nobody(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(2))
    roster = f"/batches/{batch_no}/roster"
    answer = li.post(f"/batches/{batch_no}/people/remove", roster, confirmed="1")
    assert "请先勾选需要移除的人员。 RST-006" in text_of(li.get(answer.location))
    assert len(people_ids()) == 2


def test_one_persons_own_button_counts_alone(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    first, second, _ = people_ids()
    asked = li.post(f"/batches/{batch_no}/people/remove", f"/batches/{batch_no}/roster", only=first, pick=second)
    assert "确认移除已选的1名人员？" in text_of(asked)


def test_only_people_of_this_roster_are_counted_and_named(
    li: Browser, zhou: Browser, town: Town, batch_no: str
) -> None:
    theirs = zhou.open_batch(town.zhou.code)
    imported(zhou, theirs, some_people(2))
    foreign = people_ids()
    imported(li, batch_no, some_people(3, first=10))
    own = [one for one in people_ids() if one not in foreign]
    roster = f"/batches/{batch_no}/roster"
    asked = li.post(f"/batches/{batch_no}/people/remove", roster, pick=[own[0], *foreign, 999_999_999])
    assert "确认移除已选的1名人员？" in text_of(asked)
    gone = li.post(f"/batches/{batch_no}/people/remove", roster, pick=foreign)
    assert "批次信息已被更新，请刷新后重试。 BAT-004" in text_of(li.get(gone.location))


def test_everybody_is_removed_after_a_question_of_its_own(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    asked = li.get(f"/batches/{batch_no}/people/remove-all")
    assert "是否要移除全部名单？共3人。" in text_of(asked)
    li.post(f"/batches/{batch_no}/people/remove-all", confirmed="1")
    assert people_ids() == []


def test_everybody_found_is_removed_without_a_tick(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(60))
    stays = li.get(f"/batches/{batch_no}/roster?employment=unknown")
    assert "移除全部筛选结果" not in text_of(stays), "they all stand on one page"
    found = f"/batches/{batch_no}/roster?employment=in_service"
    assert "移除全部筛选结果（54 人）" in text_of(li.get(found))
    fields = {"found_by": found_by(li, found)}
    asked = li.post(f"/batches/{batch_no}/people/remove-found", **fields)
    assert "清册现有 60 人 移除 54 人 移除后 6 人" in text_of(asked)
    assert len(people_ids()) == 60
    li.post(f"/batches/{batch_no}/people/remove-found", **fields, confirmed="1", found="54")
    assert "参保人员 6 人 在职 0 退休 0 “-” 6" in text_of(li.get(f"/batches/{batch_no}/roster"))
    with reading() as records:
        entry = records.query(AuditEntry).filter_by(action="remove_people").one()
    assert (entry.details["removed"], entry.details["chosen"]) == (54, "found")


def test_a_search_by_number_is_removed_with_no_number_in_an_address(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(30))
    roster = f"/batches/{batch_no}/roster"
    address = li.post(f"{roster}/search", roster, id_no="310101").location
    fields = {"found_by": found_by(li, address)}
    li.post(f"/batches/{batch_no}/people/remove-found", **fields, confirmed="1", found="30")
    assert people_ids() == []


@pytest.mark.parametrize("found", ["2", "", "-3", "３"])
def test_another_number_than_was_confirmed_removes_nobody(li: Browser, batch_no: str, found: str) -> None:
    imported(li, batch_no, some_people(3))
    sealed = found_by(li, f"/batches/{batch_no}/roster?over_age=false")
    answer = li.post(f"/batches/{batch_no}/people/remove-found", found_by=sealed, confirmed="1", found=found)
    assert "BAT-004" in text_of(li.get(answer.location))
    assert len(people_ids()) == 3


@pytest.mark.parametrize("sealed", ["", "nonsense", "%%%"])
def test_without_filters_nobody_is_found(li: Browser, batch_no: str, sealed: str) -> None:
    imported(li, batch_no, some_people(3))
    roster = f"/batches/{batch_no}/roster"
    li.post(f"/batches/{batch_no}/people/remove-found", roster, found_by=sealed, confirmed="1", found="3")
    assert len(people_ids()) == 3


def test_the_page_beneath_the_dialog_is_shown_again(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(30))
    beneath = f"/batches/{batch_no}/roster?employment=in_service&page=2"
    li.get(beneath)
    answer = li.client.post(
        f"/batches/{batch_no}/people/remove",
        data={"csrf_token": li.token(), "pick": people_ids()[-1], "confirmed": "1"},
        headers={"HX-Request": "true", "HX-Current-URL": f"http://localhost{beneath}"},
    )
    assert answer.headers["HX-Redirect"] == beneath


@pytest.mark.parametrize(
    ("way", "fields"),
    [
        ("remove", {}),
        ("remove", {"pick": "1"}),
        ("remove", {"pick": "1", "confirmed": "1"}),
        ("remove-found", {}),
        ("remove-found", {"found_by": "nonsense", "confirmed": "1", "found": "3"}),
        ("remove-all", {}),
    ],
)
def test_a_roster_of_somebody_else_does_not_exist(
    li: Browser, zhou: Browser, batch_no: str, way: str, fields: dict[str, str]
) -> None:
    imported(li, batch_no, some_people(3))
    zhou.get("/batches")
    assert zhou.post(f"/batches/{batch_no}/people/{way}", **fields).status_code == 404
    assert len(people_ids()) == 3
