"""Fixtures of the tests of records, actions and queries; a few of them import a file on the way."""

from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell

__all__ = ["quick_passwords", "silent_doorbell"]
