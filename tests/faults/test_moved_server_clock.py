"""PostgreSQL's own clock is moved by two hours under running jobs: leases seem to be over, or to last for ever."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from models.records.database import forget_connections
from models.records.job import JobState
from models.records.schema import upgrade
from tasks.doorbell import ring
from tests.conftest import missing, use_environment
from tests.faults.conftest import Workers
from tests.faults.moved_clock import A_MINUTE_ON, TWO_HOURS_BACK, TWO_HOURS_ON, MovedClock, nothing_left_of_faketime
from tests.faults.outcome import assert_everything_in_order, job_of, wait_until_all_ended
from tests.postgresql import server_programs, throw_away_cluster
from tests.records import a_batch_to_fill, an_upload
from tests.web.commands.told import tell

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]


@pytest.fixture
def clock() -> Iterator[MovedClock]:
    with TemporaryDirectory() as folder, nothing_left_of_faketime():
        Path(folder).chmod(0o755)  # the server is another user
        yield MovedClock(Path(folder))


@pytest.fixture
def database(clock: MovedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of its own, on that clock."""
    if server_programs() is None:
        missing("postgresql", "postgresql")
    with throw_away_cluster(**clock.environment) as cluster:
        use_environment(monkeypatch, CANBAO_VAR=str(tmp_path), DATABASE_URL=cluster.url(cluster.new_database()))
        upgrade()
        yield "postgresql"
        forget_connections()
    use_environment(monkeypatch)


def test_a_lease_that_ends_early_by_a_clock_put_on_lets_nobody_write_twice(workers: Workers, clock: MovedClock) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    first = workers("first", stop_at="store:1")
    first.wait_until_stopped()
    clock.move(TWO_HOURS_ON)
    second = workers("second")
    wait_until_all_ended(second)
    first.thaw()
    first.wait_until_it_says("lease_lost", "hearing that its lease is lost")
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert_everything_in_order()


def test_a_lease_that_would_last_for_hours_by_a_clock_put_back_is_not_believed(
    workers: Workers, clock: MovedClock
) -> None:
    upload, forgotten = an_upload(a_batch_to_fill()), an_upload(a_batch_to_fill("3019BJ"))
    ring(upload.job_id)
    dead = workers("dead", stop_at="dedupe:1")
    dead.wait_until_stopped()
    dead.kill()
    clock.move(TWO_HOURS_BACK)
    wait_until_all_ended(workers("next"))
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert (job_of(forgotten.job_id).state, job_of(forgotten.job_id).attempt) == (JobState.DONE, 1)
    assert_everything_in_order()


def test_the_doctor_names_a_clock_that_is_off_by_a_minute(database: str, clock: MovedClock) -> None:
    assert _clock_is_ok()
    clock.move(A_MINUTE_ON)
    assert not _clock_is_ok()


def _clock_is_ok() -> bool:
    checks = tell("doctor", "--json").data["checks"]
    return next(bool(check["ok"]) for check in checks if check["name"] == "clock")
