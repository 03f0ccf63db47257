"""The client of 腾讯云短信: the real SDK against a gateway in a thread, and what each of its answers means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from models.actions.deliver_messages import Parcel
from models.actions.sms_code import Purpose, send_sms_code
from models.records.database import writing
from models.records.delivery_line import DeliveryLine
from models.records.notice import MessageState
from models.rules.permissions import Role
from tasks import notices
from tasks.delivery import tencent
from tasks.delivery.carrier import AwayError, Carrier, RefusedError, UnansweredError
from tasks.delivery.tencent import TencentSms
from tests.conftest import use_environment
from tests.mail_server import free_port
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.sms import GATEWAY
from tests.sms_gateway import FakeGateway, a_gateway
from tests.tls import a_certificate
from tests.told import PHONE, a_handler, deliver, messages, somebody_of, states, tell_one, time_passes

MADE_AT = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)
SECRET = "secret-of-the-key"


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with a_gateway() as running:
        yield running


def a_client(port: int, scheme: str = "http") -> TencentSms:
    return TencentSms(
        "id-of-the-key",
        SECRET,
        app_id="1400000001",
        sign="职工互助保障",
        region="ap-guangzhou",
        templates={"sms_code": "1000001", "NTF-03": "1000003"},
        endpoint=f"127.0.0.1:{port}",
        scheme=scheme,
    )


def a_code() -> Parcel:
    return Parcel(1, PHONE, MADE_AT, "sms_code", "", "", "", {"code": "123456", "purpose": "经办人填报"}, "")


def a_notice(code: str = "NTF-03") -> Parcel:
    values = {"batch": "SZSH202004200001", "amount": "1,440.00", "cutoff": "2020-05-31"}
    return Parcel(2, PHONE, MADE_AT, "", "", "", code, values, "SZSH202004200001")


class Ready:
    times = 0

    def __call__(self) -> None:
        self.times += 1


def test_a_code_is_a_template_and_what_is_filled_into_it(gateway: FakeGateway) -> None:
    a_client(gateway.port).send(a_code(), Ready())
    assert gateway.asked == [
        {
            "PhoneNumberSet": ["+86" + PHONE],
            "SmsSdkAppId": "1400000001",
            "SignName": "职工互助保障",
            "TemplateId": "1000001",
            "TemplateParamSet": ["123456", "经办人填报"],
        }
    ]
    assert gateway.headers[0]["X-TC-Action"] == "SendSms"
    assert SECRET not in str(gateway.headers)


def test_a_notice_is_filled_in_the_order_of_its_sentence(gateway: FakeGateway) -> None:
    a_client(gateway.port).send(a_notice(), Ready())
    assert gateway.asked[0]["TemplateParamSet"] == ["SZSH202004200001", "1,440.00", "2020-05-31"]


def test_without_a_template_nothing_is_asked(gateway: FakeGateway) -> None:
    ready = Ready()
    with pytest.raises(RefusedError, match="no_template"):
        a_client(gateway.port).send(a_notice("NTF-12"), ready)
    assert (gateway.asked, ready.times) == ([], 0)


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        ({"code": "FailedOperation.PhoneNumberInBlacklist"}, RefusedError),
        ({"code": "LimitExceeded.PhoneNumberDailyLimit"}, RefusedError),
        ({"code": "FailedOperation.InsufficientBalanceInSmsPackage"}, AwayError),
        ({"code": "InternalError.Timeout"}, UnansweredError),
        ({"code": "InternalError"}, UnansweredError),
        ({"code": ""}, UnansweredError),
        ({"error": "InvalidParameterValue.IncorrectPhoneNumber"}, RefusedError),
        ({"error": "AuthFailure.SignatureFailure"}, AwayError),
        ({"error": "UnauthorizedOperation.SmsSdkAppIdVerifyFail"}, AwayError),
        ({"error": "RequestLimitExceeded"}, AwayError),
        ({"error": "InternalError.Timeout"}, UnansweredError),
        ({"status": 502}, UnansweredError),
        ({"drops": True}, UnansweredError),
        ({"sleeps": 2.0}, UnansweredError),
    ],
)
def test_each_answer_means_one_thing(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, answer: dict[str, object], means: type[Exception]
) -> None:
    if "sleeps" in answer:
        monkeypatch.setattr(tencent, "ANSWER_SECONDS", 0.5)
    for name, value in answer.items():
        setattr(gateway, name, value)
    with pytest.raises(means):
        a_client(gateway.port).send(a_code(), Ready())
    assert len(gateway.asked) == 1


def test_where_nobody_listens_the_gateway_is_away() -> None:
    with pytest.raises(AwayError, match="ConnectionError"):
        a_client(free_port()).send(a_code(), Ready())


@pytest.mark.parametrize("garbles", ["answer", "body"])
def test_an_answer_whose_encryption_breaks_leaves_nobody_knowing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, garbles: str
) -> None:
    certificate = a_certificate(tmp_path)
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    with a_gateway(certificate) as gateway:
        gateway.garbles = garbles
        with pytest.raises(UnansweredError, match="SSLError"):
            a_client(gateway.port, "https").send(a_code(), Ready())
    assert len(gateway.asked) == 1


def test_a_gateway_with_a_certificate_of_somebody_else_is_told_nothing(tmp_path: Path) -> None:
    with a_gateway(a_certificate(tmp_path)) as gateway, pytest.raises(AwayError, match="SSLCertVerificationError"):
        a_client(gateway.port, "https").send(a_code(), Ready())
    assert gateway.asked == []


def test_over_a_certificate_that_is_trusted_an_sms_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = a_certificate(tmp_path)
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    with a_gateway(certificate) as gateway:
        a_client(gateway.port, "https").send(a_code(), Ready())
    assert len(gateway.asked) == 1


@pytest.fixture
def sms_to(database: str, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """A deployment whose SMS go to the gateway."""
    use_environment(monkeypatch, **GATEWAY)
    real = notices.carrier_for

    def carrier(channel: notices.Channel) -> Carrier | None:
        return a_client(gateway.port) if channel is notices.Channel.SMS else real(channel)

    monkeypatch.setattr(notices, "carrier_for", carrier)
    return gateway


def test_a_code_that_was_asked_for_is_sent_by_the_next_run_and_forgotten(sms_to: FakeGateway) -> None:
    asking = somebody_of(Role.HANDLER)
    with writing() as session:
        send_sms_code(session, asking, PHONE, Purpose.HANDLER_PROFILE, now=NOW)
    deliver()
    deliver()
    [asked] = sms_to.asked
    assert asked["TemplateParamSet"][1] == Purpose.HANDLER_PROFILE.text
    [message] = messages()
    assert (message.state, message.body, message.values) == (MessageState.SENT, "", {})


def test_ntf_03_is_sent_by_sms_to_the_confirmed_phone(sms_to: FakeGateway) -> None:
    tell_one(a_handler(), "NTF-03")
    deliver()
    assert [asked["PhoneNumberSet"] for asked in sms_to.asked] == [["+86" + PHONE]]


def test_an_sms_without_an_answer_is_never_sent_again_by_itself(sms_to: FakeGateway) -> None:
    tell_one(a_handler(), "NTF-03")
    sms_to.drops = True
    for _ in range(3):
        deliver()
        time_passes()
    assert (len(sms_to.asked), states()[MessageState.UNCERTAIN]) == (1, 1)


def test_while_the_gateway_is_away_sms_wait_and_then_arrive_once(
    sms_to: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_one(a_handler(), "NTF-03")
    sms_to.error = "RequestLimitExceeded"
    deliver()
    deliver()
    assert len(sms_to.asked) == 1
    sms_to.error = ""
    with writing() as session:
        session.execute(update(DeliveryLine).values(shut_until=0))
    deliver()
    deliver()
    assert (len(sms_to.asked), states()[MessageState.SENT]) == (2, 1)
