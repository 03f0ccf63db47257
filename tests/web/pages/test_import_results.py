"""What came of an upload: the result's page, the marked workbook, the history."""

from __future__ import annotations

import re

from sqlalchemy import select

from models.actions.check_roster import submit_at_once
from models.actions.keep_accounts import find_account
from models.actions.log_in import viewer_for
from models.records.database import reading, writing
from models.records.roster_import import ImportFinding, RosterImport
from tests.statements import statements
from tests.web.conftest import MORNING, Browser, Town, import_of, imported, text_of, work
from tests.workbooks import WANG_DOU, WANG_DOUDOU, some_people

WRONG = ("李惊蛰", "身份证", "110101199003079092", "", "", "1380000", "有")


def test_the_result_adds_up_in_sight(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WANG_DOUDOU, WANG_DOU, WRONG, WANG_DOUDOU])
    page = text_of(li.get(f"/imports/{import_id}"))
    assert "2 人已在清册中，2 行没有入册" in page
    assert "2 + 0 + 0 + 0 + 0 + 1 + 1 = 4 行，与文件行数一致 IMP-007" in page
    assert "250.00 元 依据 基本保障 A0 B0 C0 社保人员 1 人 × 180.00 非社保人员 1 人 × 70.00" in page


def test_the_estimate_follows_the_projects_that_were_ticked(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WANG_DOUDOU], projects=["B0", "C0"])
    page = text_of(li.get(f"/imports/{import_id}"))
    assert "70.00 元 依据 本次勾选的项目 B0 C0" in page


def test_the_same_number_of_reasons_grouped_and_row_by_row(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WRONG, *some_people(3)])
    groups = text_of(li.get(f"/imports/{import_id}?tab=groups"))
    for code in ("IDN-005", "ROW-004", "ROW-010"):
        assert code in groups
    assert "合计 3 3 处" in groups
    rows = text_of(li.get(f"/imports/{import_id}?tab=rows"))
    assert "2 李惊蛰 C 证件号码 1101*****9092 身份证号码校验位不正确，请核对。 IDN-005" in rows
    assert "2 李惊蛰 G 是否有社保 有 “是否有社保”只能填写“是”或“否”。 ROW-004" in rows
    only = text_of(li.get(f"/imports/{import_id}?tab=rows&code=ROW-010"))
    assert "ROW-010" in only
    assert "身份证号码校验位不正确，请核对。" not in only


def test_a_check_alone_says_that_nothing_was_written(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WANG_DOUDOU], check_only="1")
    assert "校验完成，未写入清册：1 人可以入册" in text_of(li.get(f"/imports/{import_id}"))
    assert "参保名单为空" in text_of(li.get(f"/batches/{batch_no}/roster"))


def test_a_check_alone_looks_like_no_import_wherever_it_is_listed(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WANG_DOUDOU], check_only="1")
    for path in (f"/imports/{import_id}", f"/batches/{batch_no}/imports", "/imports", f"/batches/{batch_no}/roster"):
        page = li.get(path).get_data(as_text=True)
        assert re.search(r'<span class="state [^>]*>(<svg.*?</svg>)仅校验</span>', page), path
        assert "已完成" not in page


def test_a_result_says_until_when_it_was_right_and_where_the_figures_of_now_are(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WANG_DOUDOU])
    page = text_of(li.get(f"/imports/{import_id}"))
    assert re.search(r"以上为本次导入完成时的情况，截至 2020-04-20 09:0\d；清册现在的人数见 参保清册", page)
    assert re.search(r"预估保费 截至 2020-04-20 09:0\d 180.00 元", page)


def test_figures_of_one_import_say_what_they_count(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WANG_DOUDOU, WANG_DOU, WRONG, WANG_DOUDOU])
    page = text_of(li.get(f"/imports/{import_id}"))
    assert "没有入册的 2 行 有误 1 行可核对修改；重复 1 行无需修改" in page
    assert "按原因汇总 4 类 逐行明细 4 处 在线修改 1 行" in page


def test_a_person_of_another_unit_is_not_to_be_hoped_for_this_year(
    li: Browser, zhou: Browser, town: Town, batch_no: str
) -> None:
    rival = zhou.open_batch(town.zhou.code)
    imported(zhou, rival, [WANG_DOUDOU])
    with writing() as records:
        clerk = viewer_for(find_account(records, town.zhou.email))
        assert submit_at_once(records, clerk, rival, MORNING).passed
    import_id = imported(li, batch_no, [WANG_DOUDOU])
    page = text_of(li.get(f"/imports/{import_id}?tab=occupied"))
    assert "此人本年度不能再随本单位参保；可与对方经办人联系，为次年参保做准备" in page
    assert "见【已被占用】" not in page


def test_hints_of_rows_that_are_in_stand_apart(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WRONG, WANG_DOUDOU])
    with writing() as records:
        records.add(ImportFinding(import_id=import_id, sheet_row=3, outcome="added", column="has_si", code="ROW-018"))
    page = text_of(li.get(f"/imports/{import_id}?tab=groups"))
    assert page.index("IDN-005") < page.index("提示，不影响入册") < page.index("ROW-018")
    assert "4 处（一行可能有多处），其中提示 1 处" in page


def test_a_refused_file_names_the_remedy_and_what_did_not_happen(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [])
    page = text_of(li.get(f"/imports/{import_id}"))
    assert "清册导入失败：文件中没有人员数据。 IMP-004" in page
    assert "清册 没有变化" in page
    assert "下载导入模板" in page
    assert "重新选择文件" in page


def test_something_else_under_the_name_of_a_workbook_is_called_so(li: Browser, batch_no: str) -> None:
    import_id = import_of(li.upload(batch_no, b"\x89PNG\r\n", name="照片.xlsx"))
    work(import_id)
    assert "文件名以 .xlsx 结尾，内容却不是 .xlsx 工作簿" in text_of(li.get(f"/imports/{import_id}"))
    old = import_of(li.upload(batch_no, b"\xd0\xcf\x11\xe0", name="清册.xls"))
    work(old)
    assert "怎么改 在 Excel 或 WPS 中另存为 .xlsx 格式，再上传" in text_of(li.get(f"/imports/{old}"))


def test_the_marked_workbook_is_offered_once_it_is_made(li: Browser, batch_no: str) -> None:
    from tasks.import_report import make_report

    import_id = imported(li, batch_no, [WRONG])
    assert "标注文件正在生成…" in text_of(li.get(f"/imports/{import_id}"))
    early = li.get(f"/imports/{import_id}/report.xlsx")
    assert early.status_code == 303
    assert "标注文件还没有准备好" in text_of(li.get(early.location))
    with reading() as records:
        report_job = records.scalars(select(RosterImport.report_job_id)).one()
    assert report_job is not None
    make_report(report_job)
    assert "下载标注文件（1 行可修改，错处已涂色）" in text_of(li.get(f"/imports/{import_id}/report"))
    workbook = li.get(f"/imports/{import_id}/report.xlsx")
    assert workbook.data.startswith(b"PK")
    workbook.headers["Content-Disposition"].encode("latin-1")


def test_a_marked_workbook_that_is_missing_can_be_asked_for(li: Browser, batch_no: str) -> None:
    import_id = imported(li, batch_no, [WRONG])
    with writing() as records:
        records.get_one(RosterImport, import_id).report_job_id = None
    assert "生成标注文件（1 行可修改）" in text_of(li.get(f"/imports/{import_id}"))
    li.post(f"/imports/{import_id}/report")
    assert "标注文件正在生成…" in text_of(li.get(f"/imports/{import_id}"))


def test_the_history_tells_who_when_which_file_and_what_result(li: Browser, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WRONG])
    imported(li, batch_no, [])
    page = text_of(li.get(f"/batches/{batch_no}/imports"))
    assert re.search(r"清册\.xlsx 未完成 文件中没有人员数据 IMP-004 李小满 2020-04-20 09:0\d:\d\d R20200420-0002", page)
    assert re.search(r"清册\.xlsx 已完成，有未入册 入册 1 / 2 行 李小满 2020-04-20 09:0\d:\d\d R20200420-0001", page)


def test_result_and_history_ask_as_often_whatever_they_hold(li: Browser, batch_no: str) -> None:
    small = imported(li, batch_no, [WRONG])
    with statements() as few:
        li.get(f"/imports/{small}?tab=rows")
        li.get(f"/batches/{batch_no}/imports")
    wrong = [(*row[:6], "有") for row in some_people(40)]
    large = imported(li, batch_no, wrong)
    imported(li, batch_no, some_people(3))
    with statements() as many:
        li.get(f"/imports/{large}?tab=rows")
        li.get(f"/batches/{batch_no}/imports")
    assert len(many) == len(few)
