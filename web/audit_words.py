"""The audit log in words: what each action is called, and its details as they stand on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from models.rules.lifecycle import BatchAction
from models.rules.money import yuan
from web.audit_labels import LABELS, WORDS

ACTIONS: Mapping[str, str] = {
    **{str(action): action.text for action in BatchAction},
    "open_batch": "建立参保批次",
    "upload_roster": "上传清册文件",
    "import_roster": "清册导入入册",
    "cancel_import": "取消导入",
    "ask_to_undo_import": "申请撤销导入",
    "take_report": "下载标注文件",
    "view_rows_to_correct": "查看待修改的行（完整号码）",
    "ask_to_copy_suggested": "申请获取上年度建议名单",
    "view_person": "查看人员（完整号码）",
    "export_people": "导出清册",
    "export_premium": "导出保费详情",
    "export_unfinished_units": "导出尚未完成的单位",
    "ask_to_validate_roster": "申请清册校验",
    "ask_to_submit_roster": "申请清册提交",
    "change_voucher": "修改缴费信息",
    "set_receipts": "填写专用收据",
    "correct_receipts": "更正专用收据",
    "fill_receipt_numbers": "填写电子收据号",
    "settle_refund": "登记退款",
    "apply_for_code": "提交参保编码申请",
    "edit_code_application": "修改参保编码申请",
    "approve_code_application": "参保编码申请审核通过",
    "reject_code_application": "参保编码申请审核不通过",
    "save_handler": "保存经办人填报",
    "send_sms_code": "获取短信验证码",
    "search_people": "人员查询",
    "correct_person": "更正参保人员",
    "register": "注册账号",
    "add_account": "新增账号",
    "disable_account": "停用账号",
    "enable_account": "启用账号",
    "reset_password": "重置密码",
    "change_password": "修改密码",
    "add_token": "发放访问令牌",
    "revoke_token": "收回访问令牌",
    "add_unit": "新增参保单位",
    "load_plan": "载入保障年度",
    "publish_plan": "发布保障年度",
    "decide_passport": "护照号码冲突：核实",
    "look_up_passport": "护照号码冲突：按号码查找",
    "override_retired": "退休人员按可参保处理",
    "withdraw_retired_override": "取消退休人员按可参保处理",
    "move_deadline": "调整截止时间",
    "reinstate_in_vain": "恢复批次（人员被占用，没有恢复）",
    "register_unit_rename": "登记单位更名",
    "apply_unit_rename": "单位更名生效",
    "refuse_unit_rename": "不予办理单位更名",
    "exchange_names": "交换单位名称",
    "add_union": "新增工委",
    "change_union": "修改工委",
    "close_union": "停用工委",
    "reopen_union": "恢复工委",
    "add_liaison_contact": "新增对口联系人",
    "remove_liaison_contact": "移除对口联系人",
    "end_sessions": "结束账号的全部登录",
    "set_superior_union": "设置账号的上级工会",
    "write_plan": "修改保障年度",
    "delete_plan": "删除保障年度草稿",
    "roll_over_plan": "生成下一保障年度草稿",
    "write_text": "修改文本",
    "ask_to_load_reference": "上传参考数据",
    "load_reference": "载入参考数据",
    "choose_channels": "选择通知方式",
    "send_message_again": "重新发送邮件或短信",
    "give_message_up": "不再发送邮件或短信",
    "move_clock": "调整演示时钟",
    "cancel_job": "取消作业",
    "retry_job": "重新执行作业",
    "erase_batch": "到期清除批次人员",
    "erase_import": "到期清除导入文件",
    "rotate_keys": "更换加密密钥",
    "rotate_lookup_key": "更换查找密钥",
    "propose_exception": "提出特殊事项",
    "grant_exception": "批准特殊事项",
    "refuse_exception": "不予批准特殊事项",
    "apply_exception": "特殊事项涉及的批次",
}
"""Every action that is written anywhere -> as the page calls it."""

_MOST_ITEMS = 20
_NOTHING = "–"
_RECEIPTS = ("receipts", "")
"""Where receipts stand as lists: all of a voucher, or what they were before and after."""


def action_text(action: str) -> str:
    """As the page calls it; one that has no words yet, by its name."""
    return ACTIONS.get(action, action)


def details_in_words(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and value of each detail; before and after of one thing on one line."""
    before, after = details.get("before"), details.get("after")
    for name, value in details.items():
        if name not in {"before", "after"}:
            yield _label(name), _value(name, value)
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        was = before if isinstance(before, Mapping) else {}
        now = after if isinstance(after, Mapping) else {}
        for name in dict.fromkeys([*was, *now]):
            if name not in was or name not in now or was[name] != now[name]:
                yield _label(name), f"{_value(name, was.get(name))} → {_value(name, now.get(name))}"
    elif before is not None or after is not None:
        yield "更改", f"{_value('', before)} → {_value('', after)}"


def _label(name: str) -> str:
    return LABELS.get(name, name)


def _value(name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return _NOTHING
    if isinstance(value, Mapping):
        return _several(name, value)
    if isinstance(value, list):
        return _items(name, value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and name.endswith("_fen"):
        return f"{yuan(value)} 元"
    return WORDS.get(name, {}).get(str(value), str(value))


def _items(name: str, values: list[Any]) -> str:
    if name in _RECEIPTS and [type(value) for value in values[:2]] == [str, int]:
        return _receipt(values)
    items = "、".join(_value(name, one) for one in values[:_MOST_ITEMS])
    return items if len(values) <= _MOST_ITEMS else f"{items} 等 {len(values)} 项"


def _receipt(receipt: list[Any]) -> str:
    """抬头 and 金额, and what it has of 备注, 电子收据号 and 开具日期."""
    title, amount_fen, *rest = receipt
    return "，".join([str(title), f"{yuan(amount_fen)} 元", *(str(one) for one in rest if one)])


def _several(name: str, values: Mapping[str, Any]) -> str:
    if set(values) == {"person_id", "name"}:
        return f"{values['name']}（{values['person_id']}）"
    words = WORDS["outcome"] if name == "outcomes" else LABELS
    return "，".join(
        f"{words.get(key, key)} {_value(name if name.endswith('_fen') else key, one)}" for key, one in values.items()
    )
