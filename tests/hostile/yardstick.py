"""How fast this machine is at this moment: seconds of one that is shared and slow are not those that were asked for."""

import time

_ORDINARY_SECONDS = 0.075
"""What the sum below takes on the machine of which five seconds were asked: a core of 3 GHz that does nothing else."""


def slowness() -> float:
    """How many times longer this process computes now than an ordinary one; at least 1."""
    began = time.process_time()
    sum(number * number for number in range(1_000_000))
    return max(1.0, (time.process_time() - began) / _ORDINARY_SECONDS)
