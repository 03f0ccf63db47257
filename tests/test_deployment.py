"""compose.yaml, systemd units, alert rules and the runbook say the same as the program."""

from __future__ import annotations

import re
from configparser import ConfigParser
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import Settings
from models.records.database import reading
from models.rules.attachment import MAX_BYTES, MAX_FILES
from tasks.queues import QUEUES
from web.metrics import Figures

ROOT = Path(__file__).resolve().parents[1]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
RUNBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
STOP_SECONDS = 35
"""Within this a worker that is told to stop has gone (QUALITY 2)."""


GIVEN_BY_DOCKER = [ip_network(pool) for pool in ("172.17.0.0/16", "172.18.0.0/15", "172.20.0.0/14", "172.24.0.0/13")]
"""What Docker gives to networks that name no subnet, beside 192.168.0.0/16."""


def compose() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return told


def services() -> dict[str, Any]:
    told: dict[str, Any] = compose()["services"]
    return told


def rules() -> list[dict[str, Any]]:
    told = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in told["groups"] for rule in group["rules"]]


def unit(path: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # as the documentation of configparser has it
    parser.read(path, encoding="utf-8")
    return parser


def known_settings() -> set[str]:
    """The names of config/settings.py's settings in the environment."""
    prefix = Settings.model_config["env_prefix"]
    by_alias = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL"}
    return {by_alias.get(name, f"{prefix}{name}".upper()) for name in Settings.model_fields}


def packages(lock: str) -> dict[str, str]:
    """Name -> version and hashes."""
    return dict(re.findall(r"^([\w-]+)==((?:.*\\\n)*.*)$", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))


def words(command: Any) -> str:
    return " ".join(command if isinstance(command, list) else [str(command)])


def procfile(name: str) -> str:
    line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith(f"{name}:"))
    return line.partition(":")[2]


def test_containers_take_every_queue_and_some_of_them_never_large_files() -> None:
    taken = [
        command[command.index("-Q") + 1].split(",")
        for service in services().values()
        if isinstance(command := service.get("command"), list) and "-Q" in command
    ]
    assert {queue for queues in taken for queue in queues} == set(QUEUES)
    assert any("roster.small" in queues and "roster.large" not in queues for queues in taken)


@pytest.mark.parametrize(
    "option", ["--threads=8", "--connection-limit=1000", "--asyncore-use-poll", "web.app:create_app"]
)
def test_every_web_is_served_as_the_procfile_says(option: str) -> None:
    unit_says = unit(ROOT / "deploy" / "systemd" / "canbao-web.service")["Service"]["ExecStart"]
    for said in (procfile("web"), words(services()["web"]["command"]), unit_says):
        assert option in said


def test_settings_of_containers_are_settings_of_ours() -> None:
    ours = [service for service in services().values() if service.get("image") == "canbao"]
    assert {name for service in ours for name in service["environment"]} <= known_settings()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_settings_of_units_are_settings_of_ours(path: Path) -> None:
    named = set(re.findall(r"\b(CANBAO_\w+)", path.read_text(encoding="utf-8")))
    assert named <= known_settings()


def test_the_web_in_a_container_believes_its_networks_gateway_alone() -> None:
    [network] = compose()["networks"]["default"]["ipam"]["config"]
    believed = services()["web"]["environment"]["CANBAO_TRUSTED_PROXY"]
    assert believed == network["gateway"]
    assert ip_address(believed) in ip_network(network["subnet"])
    assert [name for name, service in services().items() if "networks" in service or "network_mode" in service] == []


def test_the_containers_network_is_none_that_docker_may_give_away() -> None:
    [network] = compose()["networks"]["default"]["ipam"]["config"]
    subnet = ip_network(network["subnet"])
    assert subnet.is_private
    assert [pool for pool in [*GIVEN_BY_DOCKER, ip_network("192.168.0.0/16")] if subnet.overlaps(pool)] == []


def test_a_second_web_host_is_the_same_in_the_runbook_and_in_the_proxys_configuration() -> None:
    proxy = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    [second] = re.findall(r"# server ([\d.]+):8000;", proxy)
    assert f"\nCANBAO_HOST={second}\nCANBAO_TRUSTED_PROXY=" in RUNBOOK
    assert f"`server {second}:8000;`" in RUNBOOK


def test_the_example_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(known_settings())


def test_containers_of_ours_have_time_to_stop() -> None:
    ours = [service for service in services().values() if service.get("image") == "canbao"]
    assert len(ours) >= 6
    assert all(int(service["stop_grace_period"].removesuffix("s")) > STOP_SECONDS for service in ours)


def test_flower_runs_only_for_whoever_asks_and_shows_itself_to_this_host_alone() -> None:
    flower = services()["flower"]
    assert flower["profiles"] == ["flower"]
    assert all(port.startswith("127.0.0.1:") for port in flower["ports"])


def test_migrations_run_before_everything_of_ours() -> None:
    ours = {name: service for name, service in services().items() if service.get("image") == "canbao"}
    waiting = {name for name, service in ours.items() if "migrations" in service["depends_on"]}
    assert waiting == set(ours) - {"migrations"}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_stop_the_main_process_first_and_give_it_time(path: Path) -> None:
    service = unit(path)["Service"]
    assert (service["KillMode"], service["Restart"]) == ("mixed", "always")
    assert int(service["TimeoutStopSec"]) > STOP_SECONDS


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_stop_and_start_with_their_target(path: Path) -> None:
    """The runbook stops and starts a whole machine by it."""
    said = unit(path)
    assert (said["Unit"]["PartOf"], said["Install"]["WantedBy"]) == ("canbao.target", "canbao.target")


def test_there_is_a_unit_for_every_process_of_the_procfile() -> None:
    named = {line.partition(":")[0] for line in (ROOT / "Procfile").read_text().splitlines() if re.match(r"\w+:", line)}
    assert named == {"web", "small", "large", "messages", "beat", "flower"}
    assert [path.name for path in UNITS] == [
        "canbao-beat.service",
        "canbao-flower.service",
        "canbao-web.service",
        "canbao-worker@.service",
    ]


def test_every_alarm_stands_in_the_runbook_with_what_to_do() -> None:
    told = re.findall(r"^\| (Canbao\w+) \| [^|]+ \| [^|]+ \|$", RUNBOOK, re.MULTILINE)
    assert told == [rule["alert"] for rule in rules()]


def test_alarms_watch_figures_that_there_are(sqlite: None) -> None:
    with reading() as session:
        told = Figures().text(session).decode()
    watched = {name for rule in rules() for name in re.findall(r"canbao_\w+", rule["expr"])}
    assert watched
    for name in watched:
        assert f"# TYPE {name} " in told, name


def test_the_proxy_lets_a_whole_voucher_through() -> None:
    """Its files, and a megabyte for the form around them."""
    said = re.search(r"client_max_body_size (\d+)m;", (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8"))
    assert said is not None
    assert int(said[1]) * 2**20 >= MAX_FILES * MAX_BYTES + 2**20


def test_packages_for_sms_are_those_of_the_program_and_the_gateways_client() -> None:
    ours, with_sms, tested = (packages(f"requirements{which}.lock") for which in ("", "-sms", "-dev"))
    assert ours.items() <= with_sms.items() <= tested.items()
    assert "tencentcloud-sdk-python-sms" in with_sms


def test_the_image_may_hold_whatever_is_copied_into_it() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert {name for names in copied for name in names.split()} <= allowed
    assert re.search(r"^ARG REQUIREMENTS=requirements\.lock$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
