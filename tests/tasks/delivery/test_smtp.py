"""The client of a mail server, against a real one: what each of its moods means for a letter."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from tasks.delivery import smtp
from tasks.delivery.carrier import AwayError, HungUpError, RefusedError, UnansweredError
from tasks.delivery.smtp import MailServer
from tests.conftest import use_environment
from tests.mail_server import SENDER, Temper, a_mail_server
from tests.tasks.delivery.letters import LI, ZHOU, Ready, a_client, a_code, a_notice, little_patience, port, sent

__all__ = ["port"]


@pytest.fixture
def server(port: int) -> Iterator[Temper]:
    with a_mail_server(Temper(), port) as running:
        yield running


def test_a_letter_arrives_as_it_was_written(server: Temper, port: int) -> None:
    sent(port, a_code())
    [taken] = server.taken
    assert (taken.recipient, taken.mail["subject"], taken.text) == (LI, "登录验证码", "您的登录验证码是 123456。\n")
    assert (taken.mail["from"], taken.mail["to"]) == (f"职工互助保障 <{SENDER}>", LI)
    assert taken.mail["auto-submitted"] == "auto-generated"


def test_its_message_id_is_the_same_whenever_it_is_sent(server: Temper, port: int) -> None:
    sent(port, a_code())
    sent(port, a_code())
    sent(port, a_code(message_id=9))
    first, second, other = (taken.mail["message-id"] for taken in server.taken)
    assert first == second != other


def test_a_notice_says_its_sentence_and_where_its_batch_is(server: Temper, port: int) -> None:
    sent(port, a_notice())
    [taken] = server.taken
    assert "集中参保已截止，批次SZSH202004200001因未完成已失效。" in taken.text
    assert "https://canbao.example/batches/SZSH202004200001 " in taken.text
    assert "集中参保已截止，批次已失效" in taken.mail["subject"]


def test_a_notice_without_a_batch_leads_to_the_notices(server: Temper, port: int) -> None:
    sent(port, a_notice(batch_no=""))
    assert "https://canbao.example/notices " in server.taken[0].text


def test_where_nobody_knows_the_address_of_the_pages_there_is_no_link(
    server: Temper, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, CANBAO_PUBLIC_URL="")
    sent(port, a_notice())
    assert "请登录参保平台查看和办理。" in server.taken[0].text


def test_lines_that_begin_with_a_dot_arrive(server: Temper, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "written", lambda *_: b"Subject: dots\r\n\r\n.\r\n..\r\n.end\r\n")
    sent(port, a_code())
    assert server.taken[0].text.splitlines() == [".", "..", ".end"]


def test_many_letters_go_over_one_connection(server: Temper, port: int) -> None:
    with closing(a_client(port)) as client:
        for number in range(3):
            client.send(a_code(f"clerk{number}@unit.example"), Ready())
        connection = client._connection
        client.send(a_code(), Ready())
        assert client._connection is connection
    assert len(server.taken) == 4


def test_a_server_that_ends_the_connection_after_some_letters_is_asked_again_at_once(server: Temper, port: int) -> None:
    server.letters_a_connection = 2
    with closing(a_client(port)) as client:
        for number in range(5):
            client.send(a_code(f"clerk{number}@unit.example"), Ready())
    assert server.recipients == [f"clerk{number}@unit.example" for number in range(5)]


def test_where_nobody_listens_the_server_is_away(port: int) -> None:
    ready = Ready()
    with pytest.raises(AwayError, match="ConnectionRefusedError"):
        sent(port, a_code(), ready)
    assert ready.times == 0


def test_a_server_that_says_nothing_is_away(port: int) -> None:
    ready = Ready()
    silent = socket.create_server(("127.0.0.1", port))
    with silent, little_patience("ANSWER_SECONDS"), pytest.raises(AwayError, match="TimeoutError"):
        sent(port, a_code(), ready)
    assert ready.times == 0


@pytest.mark.parametrize("answer", ["550 no such user", "450 come back later", "452 mailbox full"])
def test_an_address_that_is_refused_is_refused_alone(server: Temper, port: int, answer: str) -> None:
    server.refuses[LI] = answer
    ready = Ready()
    with closing(a_client(port)) as client:
        with pytest.raises(RefusedError, match=f"RCPT {answer[:3]}"):
            client.send(a_code(LI), ready)
        client.send(a_code(ZHOU), Ready())
    assert (server.recipients, ready.times) == ([ZHOU], 0)


def test_an_address_that_no_server_understands_is_refused_alone(server: Temper, port: int) -> None:
    with pytest.raises(RefusedError):
        sent(port, a_code("李@unit.example"))
    sent(port, a_code(ZHOU))
    assert server.recipients == [ZHOU]


def test_a_sender_that_is_refused_is_no_fault_of_the_letter(server: Temper, port: int) -> None:
    server.answer_to_mail = "553 who are you"
    with pytest.raises(AwayError, match="MAIL 553"):
        sent(port, a_code())


def test_a_connection_lost_once_the_sender_is_taken_is_a_no_to_this_letter(server: Temper, port: int) -> None:
    server.drops_before_the_text = 1
    ready = Ready()
    with pytest.raises(HungUpError, match="SMTPServerDisconnected"):
        sent(port, a_code(), ready)
    assert ready.times == 0


@pytest.mark.parametrize(("answer", "reason"), [("421 go away", "RCPT 421"), ("", "SMTPServerDisconnected")])
def test_an_address_over_which_the_server_hangs_up_is_refused_alone(
    server: Temper, port: int, answer: str, reason: str
) -> None:
    if answer:
        server.refuses[LI] = answer
    else:
        server.drops.add(LI)
    with closing(a_client(port)) as client:
        for _ in range(2):
            with pytest.raises(HungUpError, match=reason):
                client.send(a_code(LI), Ready())
            client.send(a_code(ZHOU), Ready())
    assert server.recipients == [ZHOU, ZHOU]


def test_an_address_of_which_the_server_says_nothing_in_time_is_refused_alone(server: Temper, port: int) -> None:
    server.ponders.add(LI)
    with little_patience("ANSWER_SECONDS", 2), pytest.raises(HungUpError, match="TimeoutError"):
        sent(port, a_code(LI))
    sent(port, a_code(ZHOU))
    assert server.recipients == [ZHOU]


def test_over_a_used_connection_a_letter_is_offered_once_more_before_it_counts_as_refused(
    server: Temper, port: int
) -> None:
    server.drops_before_the_text = 1
    with closing(a_client(port)) as client:
        client._used = True
        client.send(a_code(LI), Ready())
    assert (server.recipients, server.asked) == ([LI], [LI, LI])


def test_a_connection_lost_after_the_text_leaves_nobody_knowing(server: Temper, port: int) -> None:
    server.drops_after_the_text = 1
    ready = Ready()
    with pytest.raises(UnansweredError, match="SMTPServerDisconnected"):
        sent(port, a_code(), ready)
    assert ready.times == 1


def test_an_answer_that_does_not_come_leaves_nobody_knowing(server: Temper, port: int) -> None:
    server.sleeps_after_the_text = 5
    with little_patience("LAST_ANSWER_SECONDS"), pytest.raises(UnansweredError, match="TimeoutError"):
        sent(port, a_code())


def test_a_text_that_is_refused_was_not_taken(server: Temper, port: int) -> None:
    server.answer = "554 looks like spam"
    with pytest.raises(RefusedError, match="DATA 554"):
        sent(port, a_code())


def test_a_mark_that_can_not_be_made_keeps_the_text_at_home(server: Temper, port: int) -> None:
    def lost() -> None:
        raise LookupError

    with closing(a_client(port)) as client:
        with pytest.raises(LookupError):
            client.send(a_code(LI), lost)
        client.send(a_code(ZHOU), Ready())
    assert server.recipients == [ZHOU]


def test_without_starttls_nothing_is_said_in_clear(server: Temper, port: int) -> None:
    client = MailServer(f"smtp+starttls://user:secret@127.0.0.1:{port}", SENDER)
    with pytest.raises(AwayError, match="SMTPNotSupportedError"):
        client.send(a_code(), Ready())
    assert server.asked == []


def test_a_name_that_the_server_does_not_know_is_no_fault_of_the_letter(server: Temper, port: int) -> None:
    client = MailServer(f"smtp://user:secret@127.0.0.1:{port}", SENDER)
    with pytest.raises(AwayError, match="SMTP"):
        client.send(a_code(), Ready())
