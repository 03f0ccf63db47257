"""`canbao up`: all processes of one machine, for real work."""

from __future__ import annotations

import click


@click.command()
def up() -> None:
    """Run everything on this machine until SIGTERM or Ctrl-C, with production settings and no made-up people.

    Uses DATABASE_URL and REDIS_URL where they are given, else an SQLite file and an embedded Valkey. Brings the
    database up to date first. Settings: .env.example.

    The web speaks plain HTTP on 127.0.0.1 and is meant to stand behind a proxy that ends HTTPS: set
    CANBAO_TRUSTED_PROXY=127.0.0.1 for one on this machine. Cookies go over HTTPS only; to try it without, set
    CANBAO_SECURE_COOKIES=false.
    """
    from contextlib import suppress

    from config.settings import settings
    from web.commands.data_folder import DataFolder
    from web.commands.database_at_start import production_database
    from web.commands.endings import explained, say
    from web.commands.service import ATTENDANTS, WORKERS, find_settings, running_service
    from web.commands.stop_signals import StopAsked

    with explained():
        given = find_settings()
        folder = DataFolder(given.var.resolve())
        with folder.held(say) as lock, running_service(folder, lock, given, "production", say) as service:
            production_database(folder, say)
            service.start("web")
            service.wait_for_web()
            service.start(*WORKERS, *ATTENDANTS)
            say(f"Canbao is at {service.web_url} (database: {'as given' if given.database_url else folder.database})")
            if settings().https_only and settings().trusted_proxy is None:
                say("It awaits an HTTPS proxy: see CANBAO_TRUSTED_PROXY and CANBAO_SECURE_COOKIES in .env.example.")
            say(f"Flower is at {service.flower_url}, user staff, password {service.flower_password}")
            if not given.metrics_token:
                say(f"Metrics are at {service.web_url}/metrics, token {service.metrics_token}")
            say(f"Logs are in {service.processes.logs}. Ctrl-C or SIGTERM stops everything.")
            with suppress(StopAsked):
                service.processes.watch()
