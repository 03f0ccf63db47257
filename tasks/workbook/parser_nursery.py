"""A process that has loaded the parser and forks one for each file, so that a worker pays for the start only once.

It sees no file itself, so nothing of one file is left for the next.
"""

from __future__ import annotations

import gc
import os
import socket

from tasks.own_limits import die_with_parent
from tasks.workbook.parser import main


def serve(parent_pid: int) -> None:
    """Standard input is a socket. An order: how many people, and three pipes. The answer: how that parser ended."""
    die_with_parent(parent_pid)
    gc.freeze()  # what is here now is never looked through again, nor copied for it
    orders = socket.socket(fileno=0)
    nursery_pid = os.getpid()
    while True:
        order, pipes, _flags, _address = socket.recv_fds(orders, 16, 3)
        if not order:  # the worker closed its side
            return
        pid = os.fork()
        if not pid:
            for standard, pipe in enumerate(pipes):
                os.dup2(pipe, standard)  # the first takes the place of the socket
                os.close(pipe)
            main(nursery_pid, int(order))
        for pipe in pipes:
            os.close(pipe)
        _, status = os.waitpid(pid, 0)
        orders.send(b"%d" % os.waitstatus_to_exitcode(status))
