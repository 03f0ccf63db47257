"""Flower's settings: `celery -A tasks.app flower --conf=config/flower.py`. For the machine's operator; to look only.

Flower executes this file and takes the names it knows. `/metrics` and `/healthcheck` stay open by Flower's own design,
which is one more reason for the loopback address.
"""

from config.settings import settings

_settings = settings()
if _settings.flower_password is None:
    raise SystemExit("CANBAO_FLOWER_PASSWORD is not set: Flower never runs without a password")

address = "127.0.0.1"
port = _settings.flower_port or 5555
basic_auth = [f"staff:{_settings.flower_password.get_secret_value()}"]
read_only = True
enable_events = True
max_tasks = 2000
natural_time = False
url_prefix = _settings.flower_prefix.strip("/")
