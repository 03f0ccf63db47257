"""`canbao jobs`: the operator's view of background work."""

from __future__ import annotations

import click

from web.commands.output import answer, json_option, table


@click.group()
def jobs() -> None:
    """Background work: every job is a row, whatever the broker remembers."""


@jobs.command("list")
@click.option("--state", type=click.Choice(["queued", "running", "done", "failed", "cancelled"]), help="Only these.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
def list_(state: str | None, limit: int, as_json: bool) -> None:
    """The latest jobs, with the file that each is about."""
    from models.queries.jobs import latest_jobs
    from models.records.database import reading
    from web.commands.job_lines import TIMES, fields, row

    with reading() as session:
        found = latest_jobs(session, state, limit)
    table([fields(each) if as_json else row(each) for each in found], as_json=as_json, empty="No jobs.")
    if found and not as_json:
        click.echo(TIMES)


@jobs.command()
@click.argument("job_id", type=int)
@json_option
def show(job_id: int, as_json: bool) -> None:
    """One job with its stages."""
    from models.queries.jobs import job_of
    from models.records.database import reading
    from web.commands.job_lines import all_fields, lines

    with reading() as session:
        found = job_of(session, job_id)
    if found is None:
        raise click.ClickException(f"there is no job {job_id}")
    answer(all_fields(found), "\n".join(lines(found)), as_json=as_json)


@jobs.command()
@click.argument("job_id", type=int)
@json_option
def retry(job_id: int, as_json: bool) -> None:
    """Queue a failed job again, unless it failed for a reason of its file."""
    from models.actions.operate_jobs import FileAtFaultError, JobNotFailedError, retry_job
    from models.records.business_clock import business_now
    from models.records.database import writing
    from models.records.job import Job
    from tasks.doorbell import ring

    try:
        with writing() as session:
            if session.get(Job, job_id) is None:
                raise click.ClickException(f"there is no job {job_id}")
            retry_job(session, job_id, business_now(session))
    except (JobNotFailedError, FileAtFaultError) as unfit:
        raise click.ClickException(str(unfit)) from unfit
    ring(job_id)
    answer({"id": job_id, "state": "queued"}, f"Job {job_id} is queued again.", as_json=as_json)


@jobs.command()
@click.argument("job_id", type=int)
@json_option
def cancel(job_id: int, as_json: bool) -> None:
    """Cancel a job that waits or runs."""
    from sqlalchemy.exc import NoResultFound

    from models.actions.operate_jobs import cancel_job_as_operator
    from models.records.business_clock import business_now
    from models.records.database import writing
    from models.records.job import Job
    from tasks.doorbell import ring_next

    try:
        with writing() as session:
            state = cancel_job_as_operator(session, job_id, business_now(session))
            batch_id = session.get_one(Job, job_id).batch_id
    except NoResultFound as unknown:
        raise click.ClickException(f"there is no job {job_id}") from unknown
    if batch_id is not None:
        ring_next(batch_id)
    answer({"id": job_id, "state": state}, f"Job {job_id} is {state}.", as_json=as_json)
    if state in {"done", "failed"}:
        raise SystemExit(1)  # it was too late to cancel
