"""The embedded Valkey, really started."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

from web.commands.valkey import answers, embedded_valkey


def test_the_server_takes_its_password_only_and_ends_on_sigterm(tmp_path: Path) -> None:
    valkey = embedded_valkey(tmp_path)
    with subprocess.Popen(valkey.child.argv, stdout=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 10
        while not answers(valkey.url):
            assert time.monotonic() < deadline
        assert not answers(re.sub(r":[^:@]+@", ":guess@", valkey.url))
        assert not answers(re.sub(r"://.*@", "://", valkey.url))
        server.terminate()
        assert server.wait(timeout=5) == 0
    assert not answers(valkey.url)


def test_the_password_is_in_a_file_of_the_owner_and_on_no_command_line(tmp_path: Path) -> None:
    valkey = embedded_valkey(tmp_path)
    password = valkey.url.removeprefix("redis://:").partition("@")[0]
    conf = tmp_path / "valkey.conf"
    assert password in conf.read_text()
    assert conf.stat().st_mode & 0o777 == 0o600
    assert all(password not in argument for argument in valkey.child.argv)
