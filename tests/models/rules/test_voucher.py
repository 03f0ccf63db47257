import pytest

from models.rules.attachment import MAX_BYTES, refuse_by_size
from models.rules.form_fields import FormRefused, read_form
from models.rules.refusal import Refused
from models.rules.voucher import (
    FORM,
    PAYER_LENGTH,
    RefundAccountKind,
    RefundData,
    VoucherState,
    normal_account,
    require_refund_data,
)

WHOLE = RefundData(RefundAccountKind.UNIT, "3160230000802215", "上海豆豆精密机械有限公司", "上海银行")


@pytest.mark.parametrize(
    ("typed", "number"),
    [("", ""), (" ", ""), ("12345678", "12345678"), ("3160-2300 0080 2215", "3160230000802215"), ("1" * 30, "1" * 30)],
)
def test_an_account_number_is_its_digits(typed, number):
    assert normal_account(typed) == number


@pytest.mark.parametrize("typed", ["1234567", "1" * 31, "１２３４５６７８", "12345678X", "²" * 8])
def test_what_is_no_account_number_is_refused(typed):
    with pytest.raises(Refused, match="PAY-011"):
        normal_account(typed)


@pytest.mark.parametrize(
    "missing",
    [
        RefundData(),
        RefundData(None, WHOLE.account_no, WHOLE.account_name, WHOLE.bank),
        RefundData(WHOLE.account_kind, "", WHOLE.account_name, WHOLE.bank),
        RefundData(WHOLE.account_kind, WHOLE.account_no, "", WHOLE.bank),
        RefundData(WHOLE.account_kind, WHOLE.account_no, WHOLE.account_name, ""),
    ],
)
def test_a_refund_says_where_it_goes(missing):
    with pytest.raises(Refused, match="PAY-003") as refused:
        require_refund_data(missing, 5000)
    assert refused.value.values == {"refund": "50.00"}
    require_refund_data(missing, 0)
    require_refund_data(WHOLE, 5000)


@pytest.mark.parametrize(("size", "code"), [(0, "APP-003"), (MAX_BYTES + 1, "APP-004")])
def test_a_file_has_a_size(size, code):
    with pytest.raises(Refused, match=code):
        refuse_by_size(size)
    refuse_by_size(MAX_BYTES)


def test_every_state_has_its_word():
    assert all(state.text for state in VoucherState)


def test_what_a_clerk_typed_is_read_field_by_field():
    typed = {
        "payer": " 上海豆豆 ",
        "method": "贷记凭证",
        "amount": "9,450.00",
        "refund_account_no": "3160-2300 0080 2215",
    }
    values = read_form(FORM, typed)
    assert (values["payer"], values["amount"]) == ("上海豆豆", 945_000)
    assert (values["refund_account_no"], values["refund_bank"]) == ("3160230000802215", "")


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("payer", "", "SYS-002"),
        ("payer", "豆" * (PAYER_LENGTH + 1), "SYS-003"),
        ("method", "现金", "SYS-003"),
        ("amount", "0", "PAY-008"),
        ("amount", "1.001", "PAY-008"),
        ("refund_account_kind", "他人账户", "SYS-003"),
        ("refund_account_no", "1234567", "PAY-011"),
    ],
)
def test_a_field_that_is_wrong_says_so_by_its_code(field, typed, code):
    with pytest.raises(FormRefused) as caught:
        read_form(FORM, {"payer": "上海豆豆", "method": "贷记凭证", "amount": "1"} | {field: typed})
    assert {name: refused.code for name, refused in caught.value.problems.items()} == {field: code}
