"""Channels, choices and patience of notices."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from config.clock import SHANGHAI
from config.messages import catalogue
from models.rules.notices import (
    ALWAYS,
    CHOSEN_AT_FIRST,
    GIVE_UP_AFTER,
    TOPIC_OF,
    Channel,
    Topic,
    is_stale,
    mask_recipient,
    may_choose,
    retry_after,
    topics_for,
)
from models.rules.permissions import Role

NINE = datetime(2020, 5, 26, 9, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def codes_by(channel: Channel, choice: frozenset[tuple[Topic, Channel]]) -> set[str]:
    return {code[-2:] for code, topic in TOPIC_OF.items() if (topic, channel) in choice}


def test_every_code_of_the_group_has_a_topic() -> None:
    assert set(TOPIC_OF) == {code for code in catalogue() if code.startswith("NTF-")}


def test_at_first_all_go_by_email_and_four_by_sms_too() -> None:
    assert codes_by(Channel.EMAIL, CHOSEN_AT_FIRST) == {code[-2:] for code in TOPIC_OF}
    assert codes_by(Channel.SMS, CHOSEN_AT_FIRST) == {"03", "06", "11", "12"}


def test_deadlines_can_not_be_silenced() -> None:
    assert codes_by(Channel.EMAIL, ALWAYS) == {"03", "04", "05", "06", "11", "12"}
    assert codes_by(Channel.SMS, ALWAYS) == {"03", "06", "11", "12"}
    assert not any(may_choose(role, topic, channel) for role in Role for topic, channel in ALWAYS)


def test_a_handler_chooses_the_rest_and_staff_choose_email() -> None:
    chosen = {(topic, channel) for topic in Topic for channel in Channel if may_choose(Role.HANDLER, topic, channel)}
    assert chosen == {(topic, channel) for topic in topics_for(Role.HANDLER) for channel in Channel} - ALWAYS
    assert may_choose(Role.REVIEWER, Topic.REVIEW, Channel.EMAIL)
    assert not may_choose(Role.REVIEWER, Topic.REVIEW, Channel.SMS)
    others = set(Role) - {Role.HANDLER, Role.REVIEWER}
    assert not any(may_choose(role, topic, channel) for role in others for topic in Topic for channel in Channel)


@pytest.mark.parametrize(
    ("code", "late", "stale"),
    [
        ("NTF-03", timedelta(), False),
        ("NTF-03", timedelta(days=1), False),
        ("NTF-03", timedelta(days=1, seconds=1), True),
        ("NTF-01", timedelta(days=30), True),
        ("NTF-02", timedelta(days=30), True),
        ("NTF-05", timedelta(days=30), False),
        ("NTF-12", timedelta(days=30), False),
    ],
)
def test_a_reminder_is_not_sent_a_day_after_its_moment(code: str, late: timedelta, stale: bool) -> None:
    assert is_stale(code, NINE, NINE + late) is stale


@pytest.mark.parametrize(("code", "stale"), [("NTF-03", True), ("NTF-04", True), ("NTF-05", False)])
def test_a_reminder_is_not_sent_from_the_second_at_which_it_is_too_late(code: str, stale: bool) -> None:
    assert not is_stale(code, NINE, NINE + HOUR - timedelta(seconds=1), until=NINE + HOUR)
    assert is_stale(code, NINE, NINE + HOUR, until=NINE + HOUR) is stale


def test_what_is_refused_is_tried_again_later_and_later_for_three_days() -> None:
    pauses: list[timedelta] = []
    while (pause := retry_after(len(pauses) + 1)) is not None:
        pauses.append(pause)
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert pauses[-1] == 6 * HOUR
    assert pauses == sorted(pauses)
    assert GIVE_UP_AFTER <= sum(pauses, timedelta()) < GIVE_UP_AFTER + 6 * HOUR


@pytest.mark.parametrize(
    ("channel", "recipient", "masked"),
    [
        ("email", "li@unit.example", "l***@unit.example"),
        ("sms", "13912345678", "139****5678"),
    ],
)
def test_staff_see_enough_of_a_recipient_to_tell_one_from_another(channel: str, recipient: str, masked: str) -> None:
    assert mask_recipient(channel, recipient) == masked
