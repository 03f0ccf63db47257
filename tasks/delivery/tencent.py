"""腾讯云短信, by its SDK (requirements-sms.lock). A message is an approved template and what is filled into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ssl import SSLCertVerificationError
from typing import Any

from config.letters import template_values
from config.stop_points import stop_for_tests
from models.actions.deliver_messages import Parcel
from tasks.delivery.carrier import AwayError, RefusedError, UnansweredError

CONNECT_SECONDS, ANSWER_SECONDS = 5, 15

_CHINA = "+86"
_NOT_OUR_MESSAGES_FAULT = (
    "AuthFailure",
    "UnauthorizedOperation",
    "RequestLimitExceeded",
    "ResourceUnavailable",
    "FailedOperation.InsufficientBalance",
    "LimitExceeded.AppDailyLimit",
)
"""How codes begin of which each other message would get the same."""
_NOBODY_KNOWS = "InternalError"


class TencentSms:
    """The gateway. Its interface knows no number of ours for a message, so what it did not answer is never repeated."""

    def __init__(
        self,
        secret_id: str,
        secret_key: str,
        *,
        app_id: str,
        sign: str,
        region: str,
        templates: Mapping[str, str],
        endpoint: str = "",
        scheme: str = "https",
    ) -> None:
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile
        from tencentcloud.sms.v20210111.sms_client import SmsClient

        http = HttpProfile(protocol=scheme, endpoint=endpoint or None, reqTimeout=(CONNECT_SECONDS, ANSWER_SECONDS))
        self._client = SmsClient(Credential(secret_id, secret_key), region, ClientProfile(httpProfile=http))
        self._app_id, self._sign, self._templates = app_id, sign, templates

    def send(self, parcel: Parcel, ready: Callable[[], None]) -> None:
        """Send one SMS. RefusedError, AwayError, UnansweredError as `Carrier` says."""
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
        from tencentcloud.sms.v20210111.models import SendSmsRequest

        name = parcel.letter or parcel.code
        if name not in self._templates:
            raise RefusedError("no_template")
        request = SendSmsRequest()
        request.PhoneNumberSet = [_CHINA + parcel.recipient]
        request.SmsSdkAppId, request.SignName = self._app_id, self._sign
        request.TemplateId = self._templates[name]
        request.TemplateParamSet = template_values(name, parcel.values)
        stop_for_tests("message_before_mark")
        ready()
        stop_for_tests("message_marked")
        try:
            answer = self._client.SendSms(request)
        except TencentCloudSDKException as failure:
            raise _failed(failure) from failure
        status = answer.SendStatusSet[0] if answer.SendStatusSet else None
        code = status.Code if status else None
        if code != "Ok":
            raise _judged(code or "no_status")

    def close(self) -> None:
        """Each message has a connection of its own."""


def _failed(failure: Any) -> Exception:
    """What a failed call means: the SDK tells network failures by what they were raised from."""
    code = str(failure.get_code())
    if code == "ClientNetworkError":
        if _has_a_certificate_of_somebody_else(failure.__context__):
            return AwayError(SSLCertVerificationError.__name__)
        word = type(failure.__context__).__name__
        return AwayError(word) if _never_connected(failure.__context__) else UnansweredError(word)
    return _judged(code)


def _judged(code: str) -> Exception:
    """What a code means, of the whole call or of its one message: of what is no answer's code, nobody knows."""
    if code.startswith(_NOT_OUR_MESSAGES_FAULT):
        return AwayError(code)
    no_answer = "." not in code  # the SDK's own words, and that a status is missing
    return UnansweredError(code) if no_answer or code.startswith(_NOBODY_KNOWS) else RefusedError(code)


def _never_connected(failure: BaseException | None) -> bool:
    """Whether the request surely did not leave this machine; of a line whose encryption breaks nobody knows when."""
    from requests.exceptions import ConnectionError as NotConnectedError
    from requests.exceptions import ConnectTimeout, ProxyError
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    if isinstance(failure, ConnectTimeout | ProxyError):
        return True
    reason = failure.args[0] if isinstance(failure, NotConnectedError) and failure.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)


def _has_a_certificate_of_somebody_else(failure: object) -> bool:
    """Whether the gateway's certificate was refused, which is before anything is asked.

    requests and urllib3 hand on what happened as an argument, as a reason, or as what they were raised from.
    """
    if isinstance(failure, SSLCertVerificationError) or not isinstance(failure, BaseException):
        return isinstance(failure, SSLCertVerificationError)
    handed_on = (*failure.args, getattr(failure, "reason", None), failure.__cause__)
    return any(_has_a_certificate_of_somebody_else(one) for one in handed_on)
