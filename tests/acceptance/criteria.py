"""The acceptance criteria of DOMAIN 14: the handbook's question, and what must be so, in one line."""

from __future__ import annotations

from typing import NamedTuple


class Criterion(NamedTuple):
    """One criterion. AC01 to AC25 are the handbook's questions; AC26 to AC31 come from its operating pages."""

    number: str
    question: str
    words: str


_WORDS = {
    "点击登录为何没有任何反应":
        "登录 opens its box within 1 s; browsers and handbook are named, also without scripts",
    "账号密码忘记":
        "AUTH-004; a union resets accounts below it, technical support those without a union",
    "经办人填报怎么填写":
        "without a profile every batch action answers HDL-001 and leads to the form, once",
    "参保编码忘记":
        "where to find it, the certificate prints it, the account's own codes are offered",
    "新单位无参保编码":
        "applied for, approved and used at once; rejected with a reason, edited, sent again",
    "单位已更名":
        "COD-005; a registered name appears after the next exchange, old batches keep theirs",
    "导入失败 / 校验后乱码":
        "wrong files are refused as a whole, 5001 people too; text survives; files add up",
    "建议名单导入后不出现名单":
        "the people are there at once, again changes nothing; an unverified code: COD-006",
    "导入后职退状态不显示":
        "是 becomes 在职, 否 becomes “-”, and 设置在职 makes it 在职",
    "超龄人员可否办理":
        "each over-age person is removed or promised for, one by one or in bulk",
    "职退情况是“-”":
        "charged without A0, after 设置在职 with it; 取消 changes nothing; a filter finds them",
    "无社保编码的人员":
        "a notice, no obstacle, not in the ratio; set in service they get A0",
    "清册待校验能做什么":
        "view, change, delete; a deletion erases the people for good",
    "校验不通过 / 通过后做什么":
        "failed: mend and submit again; passed: pledge, then projects",
    "证件类型可否变更":
        "never: by no screen, no import and no call (RST-002)",
    "如何删除参保人员":
        "移除 while the roster can be changed, RST-010 afterwards",
    "参保编码输入错误":
        "deleting the batch frees the code; another account's code is refused (COD-002)",
    "专用收据可以开多张吗":
        "9000 + 450 for 9450 is accepted, 9000 + 449.99 is not (RCP-001)",
    "撤销参保 / 撤销项目选择":
        "批次删除 before the submission; 批次撤回 to the projects keeps people and dates",
    "集团能否为下属办理":
        "one list, several 社保编码, the ratio of each; the failing one is named",
    "少选一个项目":
        "instant batches have the central projects, locked (PRJ-007)",
    "漏选，能否撤销集中参保":
        "both ways back until close and 提交审核 (WIN-005, WDR-002)",
    "漏参保职工":
        "enrolled in an instant batch, with waiting periods, from 30 September at half price",
    "调到新单位":
        "refused for another unit in the same year whatever the projects, accepted in the next",
    "身份信息被占用":
        "REG-001 names unit, handler and phone; nothing is claimed until the person is removed",
    "导入上限与模板示例":
        "the limit stands at the upload, and the template's sample rows load as printed",
    "缴费期限":
        "central: the later of 15 days and 26 May; instant: 15 days and 3 days' grace",
    "多缴保费":
        "50.00 too much are computed, and where to refund them must be said",
    "撤回原因":
        "a withdrawal needs a reason (WDR-001)",
    "半价的起点":
        "cover from 1 October is half price, a day earlier is not (P11 to P13)",
    "截图中的两笔保费":
        "9450.00 and 4780.00, line by line (P01, P02)",
}  # fmt: skip

CRITERIA = tuple(
    Criterion(f"AC{number:02}", question, words) for number, (question, words) in enumerate(_WORDS.items(), start=1)
)
