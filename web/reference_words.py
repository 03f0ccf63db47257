"""Reference tables and what is wrong with their files, in words."""

from __future__ import annotations

import re

from config.messages import short
from models.records.job import JobState
from models.records.reference_load import ReferenceLoad
from web.badges import CANCELLED, DONE, FAILED, QUEUED, RUNNING, Badge

TABLE_TEXTS = {"si-people": "社保登记人员", "si-units": "单位社保编码在职人数", "history": "历史清册"}

REFUSED = Badge("bad", "circle-x", "有误，未导入")
_BADGES = {
    JobState.QUEUED: QUEUED,
    JobState.RUNNING: RUNNING,
    JobState.DONE: DONE,
    JobState.FAILED: FAILED,
    JobState.CANCELLED: CANCELLED,
}

_REASONS = (
    (r"empty", "不能为空"),
    (r"must have the form .*", "格式不正确"),
    (r"must be a date like .*", "日期须写成 2020-04-01 的形式"),
    (r"must be one of (.+)", "只能填写 {}"),
    (r"no name", "不是姓名"),
    (r"no mobile number", "不是手机号"),
    (r"no date of birth", "不是真实的出生日期"),
    (r"not the date of birth in the number", "与证件号码中的出生日期不一致"),
    (r"not the sex in the number", "与证件号码中的性别不一致"),
    (r"not UTF-8", "文件不是UTF-8编码"),
    (r"not CSV", "不是CSV，此行起无法读取"),
    (r"(\d+) cells instead of (\d+)", "有 {} 列，应为 {} 列"),
    (r"the header must be (.+)", "首行表头须为 {}"),
    (r"same as line (\d+)", "与第 {} 行是同一人或同一单位"),
)


def reason_words(reason: str) -> str:
    """Why a line can't be used."""
    if reason.startswith(("IDN-", "COD-")):
        return short(reason)
    for pattern, words in _REASONS:
        if found := re.fullmatch(pattern, reason):
            return words.format(*found.groups())
    return reason


def load_badge(load: ReferenceLoad) -> Badge:
    """What state a file is in."""
    return REFUSED if load.wrong_lines else _BADGES[JobState(load.job.state)]
