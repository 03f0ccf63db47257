"""A command in small, for test_processes.py: `python supervised.py FOLDER NAME=SHELL-COMMAND …` looks after children.

The first is the doorbell, the others are the service. Says `ready` once all are started, then what it reports.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from web.commands.processes import Processes, ProcessesError
from web.commands.stop_signals import StopAsked, stop_signals
from web.commands.supervisord_conf import Child


def main(folder: Path, *commands: str) -> int:
    children = [Child(name, ("/bin/sh", "-c", line)) for name, line in (each.split("=", 1) for each in commands)]
    say = partial(print, flush=True)
    with stop_signals():
        try:
            with Processes(
                folder,
                doorbell=children[:1],
                service=children[1:],
                environment=os.environ,
                directory=folder,
                report=say,
            ) as processes:
                processes.start(*(child.name for child in children[1:]))
                say("ready")
                processes.watch()
        except StopAsked:
            pass
        except ProcessesError as reason:
            say(reason)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
