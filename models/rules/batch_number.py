"""批次号."""

from datetime import date


def batch_no(day: date, sequence: int) -> str:
    """SZSH202003130024: the local day of creation and that day's sequence, at least four digits (DOMAIN 10)."""
    return f"SZSH{day:%Y%m%d}{sequence:04d}"
