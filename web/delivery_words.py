"""What has become of messages, in words."""

from __future__ import annotations

from collections.abc import Mapping

from models.records.notice import MessageState
from web.badges import Badge

MESSAGE: Mapping[str, Badge] = {
    MessageState.OUTBOX.value: Badge("off", "inbox", "未发出"),
    MessageState.WAITING.value: Badge("wait", "hourglass", "待发送"),
    MessageState.SENDING.value: Badge("work", "refresh", "正在发送"),
    MessageState.SENT.value: Badge("good", "check", "已发送"),
    MessageState.FAILED.value: Badge("bad", "circle-x", "发送失败"),
    MessageState.UNCERTAIN.value: Badge("todo", "alert-triangle", "不确定是否送达"),
    MessageState.VOID.value: Badge("off", "clock-off", "不再发送"),
}

LETTERS: Mapping[str, str] = {
    "login_code": "登录验证码",
    "sms_code": "短信验证码",
    "registration_code": "注册验证码",
    "already_registered": "该邮箱已注册",
}
"""Letters that bring no notice -> what they are."""

_WHY: Mapping[str, str] = {
    "RCPT": "收件地址被拒绝",
    "DATA": "邮件内容被拒绝",
    "MAIL": "邮件服务器不接受发件人",
    "ConnectionRefusedError": "连接不上服务器",
    "NewConnectionError": "连接不上服务器",
    "ConnectTimeout": "连接不上服务器",
    "gaierror": "找不到服务器",
    "SSLError": "加密连接中断",
    "SSLCertVerificationError": "服务器的证书不受信任",
    "TimeoutError": "服务器没有及时应答",
    "ReadTimeout": "服务器没有及时应答",
    "SMTPServerDisconnected": "连接中断",
    "ConnectionError": "连接中断",
    "SMTPAuthenticationError": "服务器不接受用户名或密码",
    "SMTPNotSupportedError": "服务器不支持设置的加密或登录方式",
    "no_template": "没有设置这条短信的模板",
    "interrupted": "发送时中断",
    "outdated": "提醒已过时",
    "restored": "系统从备份恢复过，可能已经发送",
    "bug": "内容无法生成",
}
"""How a reason begins -> its words."""


def why(error: str) -> str:
    """Why a message was not taken; what is not known by name, by itself."""
    name, _, number = error.partition(" ")
    words = _WHY.get(name)
    if words is None:
        return error
    return f"{words}（{number}）" if number else words
