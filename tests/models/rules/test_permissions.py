import pytest

from models.rules.permissions import PERMISSIONS, Action, Role, Scope, scope

# DOMAIN 2, row by row: handler, superior_union, tech_support, service_desk, reviewer, admin.
TABLE = {
    Action.USE_OWN_ACCOUNT: ("own", "own", "own", "own", "own", "own"),
    Action.RESET_PASSWORD: (None, "accounts_below", "accounts_without_union", None, None, "all"),
    Action.CREATE_CODE_APPLICATION: ("own", None, None, "for_a_visitor", None, None),
    Action.EDIT_CODE_APPLICATION: ("own", None, None, None, None, None),
    Action.READ_CODE_APPLICATION: ("own", None, None, None, "all", "all"),
    Action.DECIDE_CODE_APPLICATION: (None, None, None, None, "all", "all"),
    Action.WRITE_HANDLER_PROFILE: ("own", None, None, None, None, None),
    Action.READ_HANDLER_PROFILE: ("own", None, None, None, None, "all"),
    Action.WORK_ON_BATCH: ("own_codes", None, None, None, None, None),
    Action.WITHDRAW_BATCH: ("own_codes", None, None, None, None, None),
    Action.DELETE_BATCH: ("own_codes", None, None, None, None, None),
    Action.READ_BATCH: ("own_codes", "units_below_totals", None, "by_code_no_numbers", "all", "all"),
    Action.READ_PEOPLE: ("own_codes", None, None, None, "all", "all"),
    Action.READ_VOUCHER: ("own_codes", None, None, None, "all", "all"),
    Action.WORK_ON_VOUCHER: ("own_codes", None, None, None, None, None),
    Action.DECIDE_VOUCHER: (None, None, None, None, "all", "all"),
    Action.CORRECT_RECEIPT: (None, None, None, None, "at_the_counter", "all"),
    Action.REGISTER_UNIT_RENAME: (None, None, None, "all", None, None),
    Action.APPLY_UNIT_RENAME: (None, None, None, None, None, "all"),
    Action.CORRECT_PERSON: (None, None, None, None, "all", "all"),
    Action.SEARCH_PEOPLE: (None, None, None, None, "all", "all"),
    Action.READ_EXCEPTION: (None, None, None, None, "all", "all"),
    Action.PROPOSE_EXCEPTION: (None, None, None, None, "all", None),
    Action.GRANT_EXCEPTION: (None, None, None, None, None, "all"),
    Action.OVERRIDE: (None, None, None, None, None, "all"),
    Action.WRITE_PLAN: (None, None, None, None, None, "all"),
    Action.READ_OUTBOX: (None, None, None, None, None, "all"),
}


@pytest.mark.parametrize("action", Action)
def test_each_role_reaches_what_the_table_says(action):
    assert tuple(scope(role, action) for role in Role) == TABLE[action]


def test_every_action_is_in_the_table_and_somebody_may_do_it():
    assert set(PERMISSIONS) == set(Action)
    assert all(PERMISSIONS.values())


def test_nobody_both_submits_and_approves_a_voucher():
    assert not PERMISSIONS[Action.WORK_ON_VOUCHER].keys() & PERMISSIONS[Action.DECIDE_VOUCHER].keys()


def test_people_outside_the_association_never_reach_everything():
    outside = (Role.HANDLER, Role.SUPERIOR_UNION, Role.TECH_SUPPORT)
    assert not any(scope(role, action) is Scope.ALL for role in outside for action in Action)


def test_every_role_has_its_word():
    assert all(role.text for role in Role)
