"""Fixtures of the tests of background work."""

from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell

__all__ = ["quick_passwords", "silent_doorbell"]
