"""管理 → 对账与留存: what the nights found, what they erased, what comes next; for administrators alone."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from models.actions.calendar.reconcile import RECONCILE
from models.actions.calendar.retention import RETENTION
from models.queries import reconciliation
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.reconciliation import Reconciliation
from models.records.roster_import import RosterImport
from models.records.voucher import Receipt
from models.rules.permissions import Role
from tasks.import_report import make_report
from tests.expired import expired
from tests.quick_passwords import quick_passwords
from tests.records import BatchOf
from tests.scheduled import done_at
from tests.statements import statements
from tests.vouchers import ONE_PERSON_FEN, Paying, a_batch_to_pay, another_to_pay, drafted, staff, submit, with_receipts
from tests.web.conftest import MORNING, Browser, imported, text_of
from tests.web.figures import figures
from tests.workbooks import some_people

__all__ = ["quick_passwords"]

CODE = "3019BJ"
NIGHT = MORNING.replace(hour=3, minute=30) + timedelta(days=1)
BOOKS, RETAINED = "/desk/books", "/desk/books/retention"


@pytest.fixture
def paying(town: object) -> Paying:
    """A unit whose voucher is under review."""
    batch = a_batch_to_pay(code=CODE)
    paying = Paying(batch, drafted(batch), staff(Role.REVIEWER, MORNING), staff(Role.ADMIN, MORNING))
    with_receipts(paying, [2 * ONE_PERSON_FEN])
    submit(paying)
    return paying


def after_90_days(batch: BatchOf) -> None:
    done_at(RETENTION, batch.now.replace(hour=3, minute=0) + timedelta(days=90))


def test_before_the_first_night_the_page_says_so(admin: Browser) -> None:
    assert "还没有对账记录 有批次之后，每天 3:30 自动对账，下一次是 2020-04-21 03:30。" in text_of(admin.get(BOOKS))


def test_books_that_agree_stand_there_with_their_sums(admin: Browser, paying: Paying) -> None:
    done_at(RECONCILE, NIGHT)
    page = text_of(admin.get(BOOKS))
    assert "没有发现不一致" in page
    assert "保费 2020 1 个批次 360.00 元 批次应缴保费合计 360.00 元 每人保费合计 一致 2020-04-21 03:30" in page
    assert "年度登记 2020 1 个批次 2 人 已提交清册的人数 2 人 登记的人数 一致" in page
    assert "专用收据 2020 1 张缴费凭证 360.00 元" in page
    assert "社保登记 2020 没有开放的参保时段，或没有数据 – 最多可用 – 距登记日期 未核对" in page


def test_each_disagreement_leads_to_its_batch_and_voucher(admin: Browser, paying: Paying) -> None:
    with writing() as records:
        records.execute(update(Receipt).values(amount_fen=1))
    done_at(RECONCILE, NIGHT)
    page = admin.get(BOOKS)
    html = page.get_data(as_text=True)
    assert "有 1 处不一致。 系统没有改动任何数据，请逐一核实" in text_of(page)
    assert f'href="/batches/{paying.batch.batch_no}"' in html
    assert f'href="/vouchers/{paying.voucher_id}"' in html
    assert "专用收据的合计与应缴保费不同 360.00 元 0.01 元" in text_of(page)


def test_disagreements_are_paged(admin: Browser, paying: Paying) -> None:
    with writing() as records:
        records.execute(update(Batch).values(total_fen=1))
    done_at(RECONCILE, NIGHT)
    with writing() as records:
        figure = records.scalars(select(Reconciliation).where(Reconciliation.kind == "charges")).one()
        figure.named, figure.disagreeing = figure.named * 25, 2_000
    page = text_of(admin.get(f"{BOOKS}?page=2"))
    assert "第 21–26 条，共 26 条" in page  # 25, and the receipts
    assert "每个项目列出前 1,000 处" in page
    assert admin.get(f"{BOOKS}?page=9").location.endswith("page=2")


def test_the_nights_before_are_listed(admin: Browser, paying: Paying) -> None:
    done_at(RECONCILE, NIGHT)
    done_at(RECONCILE, NIGHT + timedelta(days=1))
    page = text_of(admin.get(BOOKS))
    assert page.index("2020-04-22 03:30 2020-04-22 03:30 0 处") < page.index("2020-04-21 03:30 2020-04-21 03:30 0 处")


def test_the_page_says_how_long_the_addresses_of_messages_are_kept(admin: Browser) -> None:
    assert "收件邮箱和手机号于生成 90 天后的凌晨清除" in text_of(admin.get(RETAINED))


def test_the_pages_take_a_fixed_number_of_statements(admin: Browser, paying: Paying) -> None:
    done_at(RECONCILE, NIGHT)
    counted = []
    for _ in range(2):
        with statements() as asked:
            admin.get(BOOKS)
            admin.get(RETAINED)
        counted.append(len(asked))
        expired(another_to_pay(paying.batch, f"3019C{len(counted)}", first=10 * len(counted)))
        done_at(RECONCILE, NIGHT + timedelta(days=len(counted)))
    assert counted[0] == counted[1]


def test_the_alarm_is_a_figure_for_whoever_watches(
    metrics: FlaskClient, paying: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = figures(metrics)["canbao_reconcile_disagreements"]
    with writing() as records:
        records.execute(update(Receipt).values(amount_fen=1))
    done_at(RECONCILE, NIGHT)
    with reading() as records:
        assert (before, reconciliation.open_disagreements(records)) == (0, 1)
    assert figures(metrics)["canbao_reconcile_disagreements"] == 1


def test_what_will_be_erased_stands_with_its_day(admin: Browser, town: object) -> None:
    batch = expired(a_batch_to_pay(code=CODE))
    page = text_of(admin.get(RETAINED))
    assert f"{batch.batch_no} 2020-04-20 09:00 2020-07-19" in page
    assert "还没有清除过" in page


def test_imports_that_will_be_erased_stand_with_their_batch(admin: Browser, li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(2))
    page = text_of(admin.get(RETAINED))
    assert f"{batch_no} 1 2020-04-20 09:00 2020-07-19" in page


def test_what_was_erased_stands_with_its_counts(admin: Browser, town: object) -> None:
    batch = expired(a_batch_to_pay(code=CODE))
    after_90_days(batch)
    page = text_of(admin.get(RETAINED))
    assert f"2020-07-19 03:00 {batch.batch_no} 批次人员 人员：2" in page
    assert "没有已失效、尚未清除的批次" in page
    assert "到期清除批次人员" in text_of(admin.get("/desk/audit?action=erase_batch"))


@pytest.mark.parametrize("page", [BOOKS, RETAINED])
def test_nobody_else_finds_the_pages(reviewer: Browser, li: Browser, page: str) -> None:
    assert [somebody.get(page).status_code for somebody in (reviewer, li)] == [403, 403]


# What the pages of others say afterwards


def test_every_page_of_a_batch_still_works_when_its_people_are_erased(admin: Browser, town: object) -> None:
    batch = expired(a_batch_to_pay(code=CODE))
    after_90_days(batch)
    at = f"/batches/{batch.batch_no}"
    pages = ["", "/roster", "/imports", "/validation", "/premium", "/people.xlsx", "/reinstate", "/projects"]
    answers = {page: admin.get(at + page).status_code for page in pages}
    assert {page: status for page, status in answers.items() if status >= 500} == {}
    assert (answers[""], answers["/roster"], answers["/imports"]) == (200, 200, 200)
    assert "人员信息于 2020-07-19 03:00 清除，不能恢复" in text_of(admin.get(f"{at}/roster"))
    assert "已于 2020-07-19 03:00 按期清除，不能恢复" in text_of(admin.get(at))
    premium = text_of(admin.get(f"{at}/premium"))
    assert "人员信息于 2020-07-19 03:00 清除，不能恢复" in premium
    assert "第 1" not in premium


def test_a_batch_without_its_people_is_not_called_empty_and_not_offered_to_come_back(
    admin: Browser, reviewer: Browser, town: object
) -> None:
    batch = expired(a_batch_to_pay(code=CODE))
    assert "恢复…" in text_of(admin.get("/batches"))
    assert "批次已失效，不能再校验和提交。" in text_of(admin.get(f"/batches/{batch.batch_no}/validation"))
    after_90_days(batch)
    report = text_of(admin.get(f"/batches/{batch.batch_no}/validation"))
    assert "人员信息已按期清除" in report
    assert "名单为空" not in report
    assert "添加参保人员" not in report
    assert f"{batch.batch_no} 人员信息已清除" in text_of(admin.get("/batches"))
    assert "清册人数 已清除" in text_of(admin.get(f"/batches/{batch.batch_no}"))
    assert f"已失效 {batch.batch_no} 已清除" in text_of(admin.get("/units/unfinished"))
    for browser, page in itertools.product((admin, reviewer), ("/batches", f"/batches/{batch.batch_no}")):
        assert "恢复…" not in text_of(browser.get(page))


def an_erased_import(li: Browser, batch_no: str) -> int:
    """Two people who were added and a row that was refused, 90 days ago."""
    import_id: int = imported(li, batch_no, [*some_people(2), ("李惊蛰", "身份证", "1", "", "", "", "是")])
    with reading() as records:
        report_job = records.get_one(RosterImport, import_id).report_job_id
    assert report_job is not None
    make_report(report_job)
    assert "标注文件（" in li.get(f"/imports/{import_id}").get_data(as_text=True)
    assert done_at(RETENTION, MORNING.replace(hour=3) + timedelta(days=90)) == 1
    return import_id


def test_an_import_that_is_erased_says_so_and_offers_nothing_that_it_lacks(li: Browser, batch_no: str) -> None:
    import_id = an_erased_import(li, batch_no)
    answer = li.get(f"/imports/{import_id}")
    page, html = text_of(answer), answer.get_data(as_text=True)
    assert "明细已清除。 原文件、填写内容、问题明细和标注文件已于 2020-07-19 03:00 按期清除" in page
    assert "2 人已在清册中，1 行没有入册" in page
    assert not [word for word in ("在线修改", "撤销本次导入", "标注文件（", "逐行明细") if word in html]
    assert "按期清除" not in text_of(li.get(f"/batches/{batch_no}/roster"))


def test_old_links_to_it_answer_in_words(li: Browser, batch_no: str) -> None:
    import_id = an_erased_import(li, batch_no)
    for tab in ("groups", "rows", "occupied"):
        assert li.get(f"/imports/{import_id}?tab={tab}").status_code == 200
    grid = li.get(f"/imports/{import_id}/corrections")
    assert "导入明细已清除" in text_of(li.get(grid.location))
    undo = li.get(f"/imports/{import_id}/undo")
    assert (undo.status_code, "导入明细已清除" in text_of(undo)) == (409, True)
    li.get(f"/imports/{import_id}/report.xlsx")
    assert "标注文件已按期清除" in text_of(li.get(f"/imports/{import_id}"))
