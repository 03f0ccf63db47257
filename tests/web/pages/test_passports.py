"""护照号码冲突: the list, the question, and what the answer does."""

from __future__ import annotations

import pytest

from tests.imports import an_import, typed
from tests.passports import JEAN, WANG
from tests.people import audited
from tests.vouchers import told
from tests.web.audited_reinstating import a_collision_of, answered_by_form, wang_is_enrolled
from tests.web.conftest import Browser, Town, text_of
from tests.web.forms import field

TYPED = {"id_no": "h801213602x", "name": "Jean", "birth": "1980-01-01", "sex": "male", "year": "2020"}


def test_both_people_are_shown_masked(admin: Browser, reviewer: Browser, town: Town) -> None:
    batch = a_collision_of(town)
    for browser in (admin, reviewer):
        page = browser.get("/passports")
        words = text_of(page)
        assert f"{JEAN.name} H8***2X 1980-01-01 · 男" in words
        assert batch.batch_no in words
        assert "王豆，1998-12-09 · 男" in words
        assert JEAN.id_no not in page.get_data(as_text=True)
    assert "待核实（1）" in words


def test_another_person_may_be_imported_then(admin: Browser, town: Town) -> None:
    batch = a_collision_of(town)
    answer = answered_by_form(admin, "decision")
    assert (answer.status_code, answer.location) == (303, "/passports")
    words = text_of(admin.get("/passports"))
    assert f"已核实：{JEAN.name}（H8***2X）不是同一人，可以参保" in words
    assert "没有待核实的冲突" in words
    decided = text_of(admin.get("/passports?show=decided"))
    assert f"{JEAN.name} H8***2X 1980-01-01 · 男 不是同一人 核对了护照原件" in decided
    assert WANG.name not in decided
    assert an_import(batch, [typed(JEAN)], repeat=True).counts == {"added": 1}
    assert told("NTF-15")[0]["what"] == "护照号码核实（不是同一人，可以参保）"


def test_the_same_person_waits_no_more_and_stays_refused(admin: Browser, town: Town) -> None:
    batch = a_collision_of(town)
    answered_by_form(admin, "decision", answer="same")
    assert "没有待核实的冲突" in text_of(admin.get("/passports"))
    assert "是同一人 核对了护照原件" in text_of(admin.get("/passports?show=decided"))
    assert an_import(batch, [typed(JEAN)], repeat=True).codes == {2: ["REG-003"]}


@pytest.mark.parametrize("changes", [{"reason": " "}, {"answer": ""}])
def test_without_an_answer_or_a_reason_nothing_is_decided(admin: Browser, town: Town, changes: dict[str, str]) -> None:
    a_collision_of(town)
    answer = answered_by_form(admin, "decision", **changes)
    assert (answer.status_code, "SYS-002" in text_of(answer)) == (422, True)
    assert field(answer, "who")
    assert audited("decide_passport") == []


def test_a_reviewer_asks_and_an_administrator_grants(admin: Browser, reviewer: Browser, town: Town) -> None:
    batch = a_collision_of(town)
    asked = answered_by_form(reviewer, "proposal")
    assert asked.status_code == 303
    assert "等待管理员批准，目前没有任何变更。" in text_of(reviewer.get("/passports"))
    page = "/exceptions/1"
    words = text_of(admin.get(page))
    assert "护照号码核实 待批准" in words
    assert f"{JEAN.name}（H8***2X，1980-01-01，男）与已参保的王豆 未核实 不是同一人" in words
    granted = admin.post(f"{page}/grant", version=field(admin.get(page), "version"))
    assert granted.status_code == 303
    assert an_import(batch, [typed(JEAN)], repeat=True).counts == {"added": 1}


def test_somebody_refused_by_the_form_is_found_by_what_they_tell(reviewer: Browser, town: Town) -> None:
    wang_is_enrolled(town)
    found = reviewer.post("/passports/search", "/passports", **TYPED)
    assert found.status_code == 200
    assert "申请核实护照号码" in text_of(found)
    assert JEAN.id_no not in found.get_data(as_text=True)
    [entry] = audited("look_up_passport")
    assert entry.details == {"id_no": "H8***2X", "found": True}


def test_a_number_that_nobody_else_holds_is_no_collision(admin: Browser, town: Town) -> None:
    answer = admin.post("/passports/search", "/passports", **TYPED)
    assert answer.status_code == 303
    assert "没有冲突" in text_of(admin.get(answer.location))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id_no": ""}, "SYS-002"),
        ({"id_no": "x"}, "IDN-006"),
        ({"id_no": "110101199003079091"}, "IDN-007"),
        ({"birth": "1980-13-01"}, "SYS-003"),
        ({"sex": "x"}, "SYS-003"),
        ({"year": "1999"}, "SYS-003"),
    ],
)
def test_what_is_typed_wrong_is_said_and_the_rest_is_kept(
    admin: Browser, town: Town, changes: dict[str, str], code: str
) -> None:
    answer = admin.post("/passports/search", "/passports", **TYPED | changes)
    assert (answer.status_code, code in text_of(answer)) == (422, True)
    assert 'name="name" value="Jean"' in answer.get_data(as_text=True)
    assert audited("look_up_passport") == []


def test_a_question_that_is_somebody_elses_too_old_or_answered_already_changes_nothing(
    admin: Browser, reviewer: Browser, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_collision_of(town)
    who = field(admin.get("/passports"), "who")
    with monkeypatch.context() as patched:
        patched.setattr("web.sealed_query.SEALED_SECONDS", -1)
        old = field(admin.get("/passports"), "who")
    for browser, to, sent in (
        (reviewer, "question", who), (admin, "question", "x"), (admin, "question", ""), (admin, "decision", old),
    ):  # fmt: skip
        answer = browser.post(f"/passports/{to}", "/passports", who=sent, answer="different", reason="因")
        assert answer.status_code == 303
        assert "核实页面已过期，没有任何变更，请重新核实。" in text_of(browser.get("/passports"))
    answered_by_form(admin, "decision")
    assert admin.post("/passports/question", "/passports", who=who).status_code == 303
    assert "该冲突已不存在，没有任何变更。" in text_of(admin.get("/passports"))
    again = admin.post("/passports/decision", who=who, answer="different", reason="因")
    assert again.status_code == 303
    assert len(audited("decide_passport")) == 1
