"""Every code of the NTF group, with recipient and channel; and what may be chosen about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from models.actions.keep_notices import choose_channels
from models.actions.pass_on_notices import pass_on
from models.records.account import Account, HandlerProfile
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.notice import Notice, Telling, tell_all
from models.records.viewer import Viewer
from models.rules.notices import ALWAYS, TOPIC_OF, Channel, Topic, topics_for
from models.rules.permissions import Role
from tests.at_once import at_once
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.statements import statements
from tests.told import PHONE, VALUES, a_handler, choose, messages, sent_by, somebody_of, tell_many, tell_one

EMAIL, SMS = ("email", "li@unit.example"), ("sms", PHONE)


def passed_on(at_a_time: int = 500) -> int:
    with writing() as session:
        return pass_on(session, at_a_time)


@pytest.mark.parametrize("code", sorted(set(TOPIC_OF) - {"NTF-14"}))
def test_a_handler_gets_each_by_email_and_four_by_sms_too(database: str, code: str) -> None:
    tell_one(a_handler(), code)
    passed_on()
    channels = [EMAIL, SMS] if code in {"NTF-03", "NTF-06", "NTF-11", "NTF-12"} else [EMAIL]
    assert sent_by() == [(code, *channel) for channel in channels]


def test_a_reviewer_gets_ntf_14_by_email(database: str) -> None:
    tell_one(somebody_of(Role.REVIEWER), "NTF-14")
    passed_on()
    assert sent_by() == [("NTF-14", "email", "staff@union.example")]


def test_an_account_without_a_profile_gets_letters_at_its_own_address(database: str) -> None:
    tell_one(somebody_of(Role.HANDLER, "new@unit.example"), "NTF-10")
    passed_on()
    assert sent_by() == [("NTF-10", "email", "new@unit.example")]


def test_letters_go_to_the_address_of_the_profile(database: str) -> None:
    tell_one(a_handler(letters_to="office@unit.example"), "NTF-05")
    passed_on()
    assert sent_by() == [("NTF-05", "email", "office@unit.example")]


@pytest.mark.parametrize("phone", ["021-55500142", "unconfirmed"])
def test_a_phone_that_takes_no_sms_or_is_not_confirmed_is_sent_none(database: str, phone: str) -> None:
    handler = a_handler(phone=PHONE if phone == "unconfirmed" else phone)
    if phone == "unconfirmed":
        with writing() as session:
            session.execute(update(HandlerProfile).values(phone_verified_at=None))
    tell_one(handler, "NTF-03")
    passed_on()
    assert sent_by() == [("NTF-03", *EMAIL)]


def test_a_disabled_account_is_sent_nothing_more(database: str) -> None:
    handler = a_handler()
    with writing() as session:
        session.execute(update(Account).values(disabled_at=NOW))
    tell_one(handler)
    assert (passed_on(), sent_by()) == (1, [])


def test_passed_on_twice_it_is_sent_once(database: str) -> None:
    tell_one(a_handler(), "NTF-03")
    assert [passed_on(), passed_on()] == [1, 0]
    with writing() as session:
        session.execute(update(Notice).values(passed_on=False))
    passed_on()
    assert len(messages()) == 2


def test_two_at_once_make_each_message_once(database: str) -> None:
    tell_many(6)
    at_once(pass_on, pass_on)
    passed_on()
    assert len(messages()) == 6


def test_many_take_as_many_statements_as_few(database: str) -> None:
    tell_many(2)
    with statements() as for_two:
        assert passed_on() == 2
    with writing() as session:
        session.execute(update(Notice).values(passed_on=False, occasion="again"))
    for number in range(10):
        tell_one(a_handler(f"more{number}@unit.example"))
    with statements() as for_twelve:
        assert passed_on() == 12
    assert len(for_two) == len(for_twelve)


def test_they_are_passed_on_in_their_order_so_many_at_a_time(database: str) -> None:
    addresses = tell_many(5)
    assert [passed_on(2), passed_on(2), passed_on(2), passed_on(2)] == [2, 2, 1, 0]
    assert [recipient for _, _, recipient in sent_by()] == addresses


def test_what_was_switched_off_is_only_on_the_page(database: str) -> None:
    handler = a_handler()
    choose(handler, Topic.PROGRESS, Channel.EMAIL, wanted=False)
    tell_one(handler, "NTF-09")
    tell_one(handler, "NTF-13")
    passed_on()
    assert sent_by() == [("NTF-13", *EMAIL)]


def test_what_was_asked_for_by_sms_comes_by_sms(database: str) -> None:
    handler = a_handler()
    choose(handler, Topic.CLOSING, Channel.SMS, wanted=True)
    tell_one(handler, "NTF-04")
    passed_on()
    assert sent_by() == [("NTF-04", *EMAIL), ("NTF-04", *SMS)]


@pytest.mark.parametrize(("topic", "channel"), sorted(ALWAYS))
def test_a_choice_against_a_deadline_counts_for_nothing(database: str, topic: Topic, channel: Channel) -> None:
    handler = a_handler()
    choose(handler, topic, channel, wanted=False)
    code = {Topic.PAYMENT: "NTF-03", Topic.CLOSING: "NTF-04"}[topic]
    tell_one(handler, code)
    passed_on()
    assert channel.value in {by for _, by, _ in sent_by()}


def test_anothers_choice_is_no_affair_of_ones_own(database: str) -> None:
    choose(a_handler("zhou@unit.example", "14200000002"), Topic.PROGRESS, Channel.EMAIL, wanted=False)
    tell_one(a_handler(), "NTF-09")
    passed_on()
    assert sent_by() == [("NTF-09", *EMAIL)]


@pytest.mark.parametrize(("late", "sent"), [(timedelta(days=1), 2), (timedelta(days=1, seconds=1), 0)])
def test_a_reminder_that_was_caught_up_with_too_late_is_only_on_the_page_and_calls_nobody(
    database: str, late: timedelta, sent: int
) -> None:
    telling = Telling(a_handler().account_id, "NTF-03", "due", VALUES["NTF-03"])
    with writing() as session:
        tell_all(session, [telling], at=NOW, moment=NOW - late)
    passed_on()
    assert len(messages()) == sent
    with reading() as session:
        [notice] = session.query(Notice)
        assert (notice.read_at is None) == bool(sent)


def switch(who: Viewer, **wanted: bool) -> None:
    """As the form sends it: what is ticked, of all that may be."""
    named = {(topic, channel): False for topic in topics_for(who.role) for channel in Channel}
    for name, wants in wanted.items():
        topic, _, channel = name.partition("_")
        named[Topic(topic), Channel(channel)] = wants
    with writing() as session:
        choose_channels(session, who, named, NOW)


def written_down() -> list[dict[str, object]]:
    with reading() as session:
        entries = select(AuditEntry.details).where(AuditEntry.action == "choose_channels").order_by(AuditEntry.id)
        return list(session.scalars(entries))


def test_a_choice_is_written_down_with_before_and_after(database: str) -> None:
    handler = a_handler()
    switch(handler, year_email=True, progress_email=False, closing_sms=True)
    changed = {"progress_email": False, "closing_sms": True}
    assert written_down() == [{"before": {name: not wants for name, wants in changed.items()}, "after": changed}]


def test_a_form_that_changes_nothing_writes_nothing_down(database: str) -> None:
    switch(a_handler(), year_email=True, progress_email=True)
    assert written_down() == []


def test_the_indexes_are_used(sqlite: None) -> None:  # PostgreSQL reads a few rows without
    from models.actions.deliver_messages import next_due
    from models.queries.notices import unread_notices
    from models.queries.outbox import unsettled_messages

    seen: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with writing() as session:
            pass_on(session)
            next_due(session, Channel.EMAIL)
            unread_notices(session, 1)
            unsettled_messages(session)
            plans = [
                str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
                for statement, parameters in seen
                if statement.startswith("SELECT")
            ]
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    for index in ("ix_notice_not_passed_on", "ix_outgoing_message_waiting", "ix_notice_unread", "_unsettled"):
        assert any(index in plan for plan in plans), (index, plans)
