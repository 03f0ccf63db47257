"""Alembic migrations; run by `canbao db upgrade`."""
