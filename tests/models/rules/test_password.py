import pytest

from models.rules.password import check_new_password, is_common
from tests.refusals import refused

EMAIL = "lixiaoman@doudou.example"
GOOD = ["correct battery staple", "豆豆机械的清册在柜子里放着呢", "kT9#vQ2!mZ7x", "xiaoman-likes-tea-at-4"]


@pytest.mark.parametrize("password", GOOD)
def test_a_long_one_of_ones_own_is_taken(password):
    check_new_password(password, email=EMAIL)


@pytest.mark.parametrize("password", ["", "kT9#vQ2!mZ7", "豆豆机械的清册在柜子里"])
def test_eleven_characters_are_too_few(password):
    with refused("AUTH-009"):
        check_new_password(password, email=EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "PASSWORD1234", "P@ssw0rd!2026", "qwertyuiop12", "123456789012", "987654321098", "abcdefghijkl",
        "abcabcabcabc", "aaaaaaaaaaaaaaaa", "121212121212", "woaini5201314", "Shanghai2026!", "!!welcome2026!!",
        "adminadmin2026", " password1234 ",
    ],
)  # fmt: skip
def test_what_everybody_chooses_is_refused(password):
    assert is_common(password)
    with refused("AUTH-009"):
        check_new_password(password, email=EMAIL)


@pytest.mark.parametrize("password", [EMAIL, EMAIL.upper(), "lixiaoman123456", "2026LiXiaoman"])
def test_the_own_address_is_refused(password):
    with refused("AUTH-009"):
        check_new_password(password, email=EMAIL)


def test_the_present_password_again_is_refused():
    with refused("AUTH-009"):
        check_new_password(GOOD[0], email=EMAIL, present=GOOD[0])
