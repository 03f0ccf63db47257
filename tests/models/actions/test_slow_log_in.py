"""Guessing passwords is slowed down, and nobody is locked out by strangers (DOMAIN 2, AUTH-003)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions.slow_log_in import (
    PICTURE_AFTER_ACCOUNT,
    PICTURE_AFTER_NETWORK,
    TRIES_OF_A_PAIR,
    WINDOW,
    Attempt,
    attempt_of,
    count_failure,
    forgive,
    network_of,
    picture_needed,
    picture_needed_from,
    refuse_while_slowed,
)
from models.records.database import reading, writing
from models.records.login_attempt import LoginFailure
from tests.refusals import refused

EMAIL = "clerk@unit.example"
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


def failed(times: int, ip: str = HERE, email: str = EMAIL, browser: str | None = None) -> Attempt:
    attempt = attempt_of(email, ip, browser)
    for _ in range(times):
        with writing() as session:
            count_failure(session, attempt)
    return attempt


def slowed(attempt: Attempt) -> None:
    with reading() as session, refused("AUTH-003"):
        refuse_while_slowed(session, attempt)


def free(attempt: Attempt) -> None:
    with reading() as session:
        refuse_while_slowed(session, attempt)


def needs_picture(ip: str, email: str = EMAIL) -> bool:
    with reading() as session:
        return picture_needed(session, attempt_of(email, ip))


def time_passes(by: timedelta) -> None:
    with writing() as session:
        for failure in session.query(LoginFailure):
            failure.at -= by


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("nonsense", "unknown"),
        (None, "unknown"),
    ],
)
def test_neighbours_share_a_network(ip: str | None, network: str) -> None:
    assert network_of(ip) == network


def test_the_last_try_is_free_and_the_next_one_waits(database: str) -> None:
    attempt = failed(TRIES_OF_A_PAIR - 1)
    free(attempt)
    failed(1)
    slowed(attempt)


def test_the_wait_is_told_in_minutes_and_ends_by_itself(database: str) -> None:
    attempt = failed(TRIES_OF_A_PAIR)
    with reading() as session, refused("AUTH-003", minutes=WINDOW.seconds // 60):
        refuse_while_slowed(session, attempt)
    time_passes(WINDOW - timedelta(seconds=30))
    with reading() as session, refused("AUTH-003", minutes=1):
        refuse_while_slowed(session, attempt)
    time_passes(timedelta(seconds=31))
    free(attempt)


def test_strangers_do_not_slow_down_the_owner_elsewhere(database: str) -> None:
    slowed(failed(TRIES_OF_A_PAIR, ELSEWHERE))
    free(attempt_of(EMAIL, HERE))


def test_the_owners_own_browser_keeps_its_tries_even_in_a_strangers_network(database: str) -> None:
    slowed(failed(TRIES_OF_A_PAIR, HERE))
    free(attempt_of(EMAIL, HERE, "browser-of-the-owner"))


def test_a_known_browser_is_slowed_down_too_wherever_it_goes(database: str) -> None:
    failed(TRIES_OF_A_PAIR, HERE, browser="known")
    slowed(attempt_of(EMAIL, ELSEWHERE, "known"))


def test_an_account_asks_for_a_picture_after_three_from_wherever(database: str) -> None:
    failed(PICTURE_AFTER_ACCOUNT - 1, ELSEWHERE)
    assert not needs_picture(HERE)
    failed(1, HERE)
    assert needs_picture("203.0.113.1")
    assert not needs_picture("203.0.113.1", "other@unit.example")


def test_a_network_asks_for_a_picture_after_ten_for_whatever_accounts(database: str) -> None:
    for number in range(PICTURE_AFTER_NETWORK):
        assert not needs_picture(HERE, "new@unit.example")
        failed(1, HERE, f"clerk{number}@unit.example")
    assert needs_picture("192.0.2.250", "new@unit.example")
    assert not needs_picture(ELSEWHERE, "new@unit.example")
    with reading() as session:
        assert (picture_needed_from(session, HERE), picture_needed_from(session, ELSEWHERE)) == (True, False)


def test_old_failures_count_for_nothing_and_are_swept_away(database: str) -> None:
    failed(TRIES_OF_A_PAIR)
    time_passes(WINDOW)
    assert not needs_picture(HERE)
    failed(1, ELSEWHERE, "other@unit.example")
    with reading() as session:
        assert session.query(LoginFailure).count() == 1


def test_a_right_password_forgives_this_source_alone(database: str) -> None:
    failed(5, HERE)
    failed(4, ELSEWHERE)
    with writing() as session:
        forgive(session, attempt_of(EMAIL, HERE))
    with reading() as session:
        assert [failure.source for failure in session.query(LoginFailure)] == [network_of(ELSEWHERE)] * 4


def test_a_right_guess_among_many_sent_at_once_is_refused_like_the_wrong_ones(database: str) -> None:
    attempt = failed(TRIES_OF_A_PAIR)
    with refused("AUTH-003"), writing() as session:
        forgive(session, attempt)
    with refused("AUTH-003"), writing() as session:
        count_failure(session, attempt)
    with reading() as session:
        assert session.query(LoginFailure).count() == TRIES_OF_A_PAIR


def test_addresses_that_were_typed_are_not_stored(database: str) -> None:
    failed(1)
    with reading() as session:
        stored = session.query(LoginFailure).one()
    assert EMAIL.encode() not in stored.account_digest
    assert attempt_of(" CLERK@unit.example ", HERE).account_digest == stored.account_digest
