"""管理: the association's pages that are not work of every day, each for who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.rules.permissions import Action, Role, scope


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One page of the desk and what it is for."""

    action: Action
    endpoint: str
    text: str
    purpose: str
    roles: frozenset[Role] = frozenset(Role)
    """Who finds it here, of those who may use it."""


DESK_PAGES: tuple[DeskPage, ...] = (
    DeskPage(Action.RESET_PASSWORD, "accounts.show_accounts", "账户", "查找账户，重置密码"),
    DeskPage(Action.REGISTER_UNIT_RENAME, "renames.ask_for_rename", "单位名称变更登记", "登记新名称，定期交换后更新"),
    DeskPage(Action.APPLY_UNIT_RENAME, "renames.show_renames", "单位名称变更", "等候交换的单位名称，以及窗口当场变更"),
    DeskPage(Action.WRITE_PLAN, "unions.show_unions", "工委与对口联系人", "申请表中的工委，市职保会的对口联系人"),
    DeskPage(Action.WRITE_PLAN, "plans.show_plans", "保障年度", "日期、价格和规则：起草、核对、发布"),
    DeskPage(Action.WRITE_PLAN, "texts.show_texts", "承诺文本", "承诺书和医保享受在职待遇承诺的各个版本"),
    DeskPage(Action.WRITE_PLAN, "reference.show_reference", "参考数据", "社保登记、单位在职人数和历史清册的导入"),
    DeskPage(Action.OVERRIDE, "overrides.show_overrides", "退休核定", "社保登记为退休、经核实可以参保的人员"),
    DeskPage(Action.OVERRIDE, "moved_deadlines.ask", "截止时间调整", "推迟已公布的日期，批量恢复因此失效的批次"),
    DeskPage(Action.READ_EXCEPTION, "passports.show_collisions", "护照号码冲突", "核实护照号码相同的人员是否同一人"),
    DeskPage(Action.OVERRIDE, "books.show_books", "对账与留存", "每晚对账的结果；到期清除了什么，将清除什么"),
    DeskPage(Action.READ_OUTBOX, "deliveries.show_deliveries", "发送情况", "没有送达的邮件和短信，重新发送"),
    DeskPage(Action.OVERRIDE, "audit_log.show_audit_log", "审计日志", "谁在什么时间做了什么，可按账号、操作、批次查询"),
)


def desk_of(role: Role) -> Iterator[DeskPage]:
    """The pages that this role may use."""
    return (page for page in DESK_PAGES if role in page.roles and scope(role, page.action))
