"""What the log-in asks for beside the password once too many were wrong: a picture's digits, or a code by e-mail.

Both live in the browser's signed cookie until they are answered: the picture sealed, so that looking at the page writes
nothing; for the e-mail a random value that makes the code this browser's own.
"""

from __future__ import annotations

import base64
import secrets

from captcha.image import ImageCaptcha
from flask import request, session

from config.settings import settings
from models.actions.email_code import send_email_code, use_email_code
from models.actions.picture_code import digits_of, new_picture, use_picture
from models.actions.slow_log_in import attempt_of
from models.records.database import writing
from models.rules.refusal import Refused
from tasks.doorbell import ring_delivery
from web.known_browser import known_browser
from web.page import REQUEST_WAIT_SECONDS

_PICTURE, _ASKER = "picture", "email_asker"
_WIDTH, _HEIGHT, _FONT_SIZES = 132, 44, (34, 36, 38)
_PAPER, _INK = (238, 242, 246), (70, 112, 175, 255)
"""Digits are laid on as thickly as their ink is light: a darker one would be paler on the paper."""


def email_offered() -> bool:
    """Whether a code by e-mail can be read: where there is a mail server, and in a demonstration's outbox."""
    return settings().demonstration or settings().sends_email


def new_picture_address() -> str:
    """A fresh picture as the address of an image; what it shows is kept by the browser, sealed."""
    token = new_picture()
    session[_PICTURE] = token
    image = ImageCaptcha(_WIDTH, _HEIGHT, font_sizes=_FONT_SIZES)
    picture = image.generate(digits_of(token), bg_color=_PAPER, fg_color=_INK)
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()


def send_code(email: str) -> None:
    """Have a code sent, if the address is an account's. Refused SYS-002 no address, SMS-002 too soon or too often.

    Whoever asks is answered alike for every address; so the pause is counted by the source, and codes by the account.
    """
    if not email.strip():
        raise Refused("SYS-002", field="账号（电子邮箱）")
    attempt, asker = attempt_of(email, request.remote_addr, known_browser(email)), secrets.token_urlsafe(32)
    with writing(REQUEST_WAIT_SECONDS) as records:
        send_email_code(records, attempt, email, asker)
    ring_delivery()
    session[_ASKER] = asker


def pass_second_check(email: str) -> None:
    """Go on if the form brings the right digits or code. Refused SYS-002 none, AUTH-002 wrong, used or too old."""
    if by_email():
        typed = request.form["email_code"]
        if not typed.strip():
            raise Refused("SYS-002", field="邮件验证码")
        with writing(REQUEST_WAIT_SECONDS) as records:
            right = use_email_code(records, email, session.get(_ASKER, ""), typed)
        if not right:
            raise Refused("AUTH-002")
    else:
        pass_picture()


def pass_picture() -> None:
    """Go on if the form brings what the picture showed. Refused SYS-002 nothing, AUTH-002 wrong, used or too old."""
    typed = request.form.get("picture", "")
    if not typed.strip():
        raise Refused("SYS-002", field="图形验证码")
    with writing(REQUEST_WAIT_SECONDS) as records:
        right = use_picture(records, session.pop(_PICTURE, ""), typed)
    if not right:
        raise Refused("AUTH-002")


def by_email() -> bool:
    """Whether the form that came has the field for the code by e-mail."""
    return email_offered() and "email_code" in request.form
