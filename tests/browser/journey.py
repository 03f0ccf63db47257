"""The clerk of a new unit and the association, step by step in a real browser, as the handbook tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from models.actions.picture_code import digits_of
from models.records.database import reading
from models.records.notice import OutgoingMessage
from tests.applications import TYPED
from tests.browser.conftest import PASSWORD, Site
from tests.browser.pictures import picture
from tests.profiles import PROFILE
from tests.sms import latest_sms_code
from tests.vouchers import a_photo
from tests.workbooks import Value, a_workbook
from web.app import create_app

EMAIL = "li.xiaoman@unit.example"


@dataclass(frozen=True)
class Journey:
    """One person's browser."""

    page: Page
    site: Site
    folder: Path
    name: str
    """Begins the names of the pictures."""

    def take(self, what: str) -> None:
        picture(self.page, f"{self.name}-{what}")

    def button(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def link(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def fill(self, **fields: str) -> None:
        """Fields of a form by their names; a list is chosen from."""
        for name, value in fields.items():
            field = self.page.locator(f'[name="{name}"]').first
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    def expect_state(self, words: str) -> None:
        """A badge says this."""
        expect(self.page.locator(".state", has_text=words).first).to_be_visible()

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def log_in(self, email: str) -> None:
        self.page.goto(f"{self.site.url}/log-in")
        self.take("log-in")
        self.fill(email=email, password=PASSWORD)
        self.button("登录")
        self.page.wait_for_url(lambda url: "/log-in" not in url)

    def register(self) -> None:
        """注册, the letter's code, and 经办人填报 with the code that came to the phone."""
        self.page.goto(f"{self.site.url}/log-in")
        self.take("log-in")
        self.link("注册")
        expect(self.page.get_by_role("heading", name="注册")).to_be_visible()
        self.fill(email=EMAIL, password=PASSWORD, picture=self._digits())
        self.take("registration")
        self.button("下一步：确认邮箱")
        expect(self.page.get_by_role("heading", name="确认邮箱")).to_be_visible()
        self.fill(code=_code_in_the_latest_letter())
        self.button("完成注册")
        expect(self.page.get_by_text("注册成功")).to_be_visible()
        self.fill(**PROFILE)
        self.button("获取验证码")
        expect(self.page.get_by_text("验证码已发送")).to_be_visible()
        self.fill(sms_code=latest_sms_code())
        self.take("handler")
        self.button("保存")
        expect(self.page.get_by_text("经办人信息已保存")).to_be_visible()

    def apply_for_a_code(self) -> None:
        """参保编码申请 with a licence."""
        self.link("参保编码申请")
        self.page.locator("main").get_by_role("link", name=re.compile("申请")).first.click()
        self.fill(**{name: value for name, value in TYPED.items() if value})
        self.button("获取验证码")
        expect(self.page.get_by_text("验证码已发送")).to_be_visible()
        self.fill(sms_code=latest_sms_code())
        self.page.locator("#f-file").set_input_files(self.file("营业执照.jpg", a_photo()))
        self.take("code-application")
        self.button("提交申请")
        self.expect_state("申请中")

    def approve_the_code(self) -> str:
        """As a reviewer; returns the code."""
        self.link("参保编码申请")
        self.page.locator("main").get_by_role("link", name=re.compile("^(审核|查看详情)")).first.click()
        self.take("code-review")
        self.button("审核通过")
        code = self.page.get_by_text(re.compile("审核通过，参保编码为")).first
        expect(code).to_be_visible()
        found = re.search(r"为 ([0-9A-Z]{6})。", code.inner_text())
        assert found
        return found[1]

    def open_batch(self, kind: str) -> str:
        """集中参保办理 or 即时参保办理 under the only code; returns the batch's number."""
        self.page.goto(f"{self.site.url}/batches")
        self.link(f"{kind}办理")
        self.dialog().get_by_role("button", name="下一步").click()
        self.take("open")
        self.dialog().get_by_role("button", name="单位名称正确，建立批次").click()
        self.page.wait_for_url("**/roster")
        return self.page.url.split("/")[-2]

    def upload(self, rows: list[tuple[Value, ...]]) -> None:
        """导入参保人员, and back to the roster."""
        self.page.locator("#file").set_input_files(self.file("参保清册.xlsx", a_workbook(rows)))
        self.take("roster-upload")
        self.button("上传并导入")
        self.page.wait_for_url(lambda url: "/imports/" in url)
        self.take("import-progress")
        expect(self.page.locator("#job-live")).to_contain_text("导入完成", timeout=60_000)
        self.link("查看结果")
        self.take("import-result")
        self.page.goto(self.page.url)

    def submit_roster(self, batch_no: str, *, promise_for: str = "") -> None:
        """清册校验, the promise that is asked for, 承诺书 and 清册提交."""
        self.page.goto(f"{self.site.url}/batches/{batch_no}/roster")
        self.take("roster")
        self.button("清册校验")
        if promise_for:
            expect(self.page.get_by_role("heading", name="还有 1 项需要处理")).to_be_visible()
            self.take("validation")
            self.page.get_by_role("checkbox", name=f"{promise_for} 医保享受在职待遇").click()
            self.dialog().get_by_role("button", name="确定").click()
            expect(self.page.get_by_role("heading", name="需要处理的都已处理，可以提交")).to_be_visible()
        else:
            expect(self.page.get_by_role("heading", name="校验通过，可以提交")).to_be_visible()
            self.take("validation-passed")
        self.link("清册提交…")
        self.page.get_by_label("我已阅读并同意").check()
        self.take("pledge")
        self.dialog().get_by_role("button", name="确认提交").click()
        expect(self.page.get_by_role("heading", name=re.compile("清册已提交"))).to_be_visible()
        self.take("submitted")

    def choose_projects(self, batch_no: str, *codes: str, warnings: bool = False) -> None:
        """保障项目选择, 生成保费信息 and 提交确认保费; without codes they are locked."""
        self.page.goto(f"{self.site.url}/batches/{batch_no}/projects")
        for code in codes:
            self.page.locator(f'input[value="{code}"]').check()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="生成保费信息").click()
        self.take("projects")
        for known in self.page.get_by_label("已知晓").all() if warnings else []:
            known.check()
        self.button("提交确认保费…")
        self.dialog().get_by_role("button", name="确认提交").click()
        expect(self.page.get_by_text("保费已确认。")).to_be_visible()
        self.take("confirmed")

    def pay(self, batch_no: str, amount: str, receipts: dict[str, str]) -> None:
        """新增缴费信息 with a photo of the transfer, 专用收据 and 提交审核."""
        self.page.goto(f"{self.site.url}/batches")
        self.page.get_by_role("link", name=f"{batch_no} 上传缴费凭证").click()
        tick = self.page.get_by_label(f"缴 {batch_no} 的保费")
        tick.check()
        self.fill(payer="上海豆角仪器有限公司", method="网上银行转账", amount=amount)
        for place, (title, part) in enumerate(receipts.items(), start=1):
            if place > 1:
                self.button("新增专用收据")
            self.page.get_by_label(f"第 {place} 张 专用收据抬头（必填）").fill(title)
            self.page.get_by_label(f"第 {place} 张 专用收据金额（必填）").fill(part)
        self.page.locator("#file").set_input_files(self.file("银行回单.jpg", a_photo()))
        self.take("voucher")
        self.button("提交审核")
        self.expect_state("审核中")

    def approve_the_voucher(self) -> None:
        """As a reviewer, the oldest first."""
        self.link("缴费凭证")
        self.take("review-queue")
        self.page.locator("main").get_by_role("link", name=re.compile("^审核 ")).first.click()
        self.take("review")
        self.button("审核通过")
        expect(self.page.get_by_text("没有等候审核的缴费凭证")).to_be_visible()

    def certificate(self, batch_no: str) -> str:
        """保障单, as it is printed; returns its text."""
        self.page.goto(f"{self.site.url}/batches")
        self.take("batches")
        self.page.get_by_role("link", name=f"{batch_no} 保障单").click()
        self.take("certificate")
        return self.page.get_by_role("article", name="保障单").inner_text()

    def _digits(self) -> str:
        """What the picture code shows; the browser keeps it sealed."""
        app = create_app()
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = next(one for one in self.page.context.cookies() if one.get("name") == name)
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        kept = serializer.loads(cookie["value"])
        return digits_of(kept["picture"])


def _code_in_the_latest_letter() -> str:
    letters = select(OutgoingMessage.body).where(OutgoingMessage.channel == "email").order_by(OutgoingMessage.id.desc())
    with reading() as session:
        found = re.search(r"\d{6}", session.scalars(letters).first() or "")
    assert found, "no letter was sent"
    return found[0]
