"""Fixtures of the tests of records, actions and queries."""

from tests.quick_passwords import quick_passwords

__all__ = ["quick_passwords"]
