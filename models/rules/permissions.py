"""Who may do what: the table of DOMAIN 2 as data."""

from enum import StrEnum


class Role(StrEnum):
    """The actors that log in."""

    HANDLER = "handler"
    SUPERIOR_UNION = "superior_union"
    TECH_SUPPORT = "tech_support"
    SERVICE_DESK = "service_desk"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    @property
    def text(self) -> str:
        """As pages call the actor."""
        return ROLE_TEXTS[self]


ROLE_TEXTS = {
    Role.HANDLER: "经办人",
    Role.SUPERIOR_UNION: "上级工会",
    Role.TECH_SUPPORT: "申工通技术人员",
    Role.SERVICE_DESK: "区服务处",
    Role.REVIEWER: "市职保会审核员",
    Role.ADMIN: "市职保会管理员",
}


class Scope(StrEnum):
    """Whose objects a role reaches with an action; outside of it an object does not exist (BAT-005)."""

    OWN = "own"  # the account itself
    OWN_CODES = "own_codes"  # batches and vouchers under the account's enrolment codes
    ACCOUNTS_BELOW = "accounts_below"
    ACCOUNTS_WITHOUT_UNION = "accounts_without_union"
    UNITS_BELOW_TOTALS = "units_below_totals"  # totals, no people
    BY_CODE_NO_NUMBERS = "by_code_no_numbers"  # by enrolment code, without personal numbers
    FOR_A_VISITOR = "for_a_visitor"  # at the counter, for whoever stands there
    AT_THE_COUNTER = "at_the_counter"
    ALL = "all"


class Action(StrEnum):
    """What can be done. A row of the table that gives its parts to different roles is split here."""

    USE_OWN_ACCOUNT = "use_own_account"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of an action
    CREATE_CODE_APPLICATION = "create_code_application"
    EDIT_CODE_APPLICATION = "edit_code_application"
    READ_CODE_APPLICATION = "read_code_application"
    DECIDE_CODE_APPLICATION = "decide_code_application"
    WRITE_HANDLER_PROFILE = "write_handler_profile"
    READ_HANDLER_PROFILE = "read_handler_profile"
    WORK_ON_BATCH = "work_on_batch"
    WITHDRAW_BATCH = "withdraw_batch"
    DELETE_BATCH = "delete_batch"
    READ_BATCH = "read_batch"
    READ_PEOPLE = "read_people"
    READ_VOUCHER = "read_voucher"
    WORK_ON_VOUCHER = "work_on_voucher"
    DECIDE_VOUCHER = "decide_voucher"
    CORRECT_RECEIPT = "correct_receipt"
    REGISTER_UNIT_RENAME = "register_unit_rename"
    APPLY_UNIT_RENAME = "apply_unit_rename"
    CORRECT_PERSON = "correct_person"
    SEARCH_PEOPLE = "search_people"
    READ_EXCEPTION = "read_exception"
    PROPOSE_EXCEPTION = "propose_exception"
    GRANT_EXCEPTION = "grant_exception"
    OVERRIDE = "override"
    WRITE_PLAN = "write_plan"
    READ_OUTBOX = "read_outbox"


STAFF = {Role.REVIEWER: Scope.ALL, Role.ADMIN: Scope.ALL}

PERMISSIONS: dict[Action, dict[Role, Scope]] = {
    Action.USE_OWN_ACCOUNT: dict.fromkeys(Role, Scope.OWN),
    Action.RESET_PASSWORD: {
        Role.SUPERIOR_UNION: Scope.ACCOUNTS_BELOW,
        Role.TECH_SUPPORT: Scope.ACCOUNTS_WITHOUT_UNION,
        Role.ADMIN: Scope.ALL,
    },
    Action.CREATE_CODE_APPLICATION: {Role.HANDLER: Scope.OWN, Role.SERVICE_DESK: Scope.FOR_A_VISITOR},
    Action.EDIT_CODE_APPLICATION: {Role.HANDLER: Scope.OWN},
    Action.READ_CODE_APPLICATION: {Role.HANDLER: Scope.OWN, **STAFF},
    Action.DECIDE_CODE_APPLICATION: STAFF,
    Action.WRITE_HANDLER_PROFILE: {Role.HANDLER: Scope.OWN},
    Action.READ_HANDLER_PROFILE: {Role.HANDLER: Scope.OWN, Role.ADMIN: Scope.ALL},
    Action.WORK_ON_BATCH: {Role.HANDLER: Scope.OWN_CODES},
    Action.WITHDRAW_BATCH: {Role.HANDLER: Scope.OWN_CODES},
    Action.DELETE_BATCH: {Role.HANDLER: Scope.OWN_CODES},
    Action.READ_BATCH: {
        Role.HANDLER: Scope.OWN_CODES,
        Role.SUPERIOR_UNION: Scope.UNITS_BELOW_TOTALS,
        Role.SERVICE_DESK: Scope.BY_CODE_NO_NUMBERS,
        **STAFF,
    },
    # Totals, and batches without personal numbers, are read by more roles than the people on them.
    Action.READ_PEOPLE: {Role.HANDLER: Scope.OWN_CODES, **STAFF},
    Action.READ_VOUCHER: {Role.HANDLER: Scope.OWN_CODES, **STAFF},  # whoever works on them, and whoever decides
    Action.WORK_ON_VOUCHER: {Role.HANDLER: Scope.OWN_CODES},
    Action.DECIDE_VOUCHER: STAFF,
    Action.CORRECT_RECEIPT: {Role.REVIEWER: Scope.AT_THE_COUNTER, Role.ADMIN: Scope.ALL},
    Action.REGISTER_UNIT_RENAME: {Role.SERVICE_DESK: Scope.ALL},
    Action.APPLY_UNIT_RENAME: {Role.ADMIN: Scope.ALL},
    Action.CORRECT_PERSON: STAFF,
    Action.SEARCH_PEOPLE: STAFF,
    Action.READ_EXCEPTION: STAFF,  # whoever asks for them, and whoever decides
    Action.PROPOSE_EXCEPTION: {Role.REVIEWER: Scope.ALL},
    Action.GRANT_EXCEPTION: {Role.ADMIN: Scope.ALL},
    Action.OVERRIDE: {Role.ADMIN: Scope.ALL},
    Action.WRITE_PLAN: {Role.ADMIN: Scope.ALL},
    Action.READ_OUTBOX: {Role.ADMIN: Scope.ALL},  # DOMAIN 12.6
}


def scope(role: Role, action: Action) -> Scope | None:
    """Whose objects the role may do this to; None where the role never has the action (AUTH-006)."""
    return PERMISSIONS[action].get(role)
