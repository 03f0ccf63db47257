"""`canbao plan`: plan years."""

from __future__ import annotations

import json

import click

from web.commands.output import answer, json_option, table


@click.group()
def plan() -> None:
    """Plan years: dates, prices and rules as data."""


@plan.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Every plan year with its cover and state."""
    from models.queries.plan_years import loaded_plans
    from models.records.database import reading

    with reading() as session:
        rows = [
            {
                "year": record.year,
                "state": "published" if record.published_at else "draft",
                "coverage_start": record.plan().coverage_start.isoformat(),
                "coverage_end": record.plan().coverage_end.isoformat(),
            }
            for record in loaded_plans(session)
        ]
    table(rows, as_json=as_json, empty="No plan year is loaded.")


@plan.command()
@click.argument("year")
@json_option
def show(year: str, as_json: bool) -> None:  # noqa: ARG001 - JSON in any case
    """One plan year's data; always as JSON."""
    from models.records.database import reading
    from models.records.plan_year import PlanYearRecord

    with reading() as session:
        record = session.get(PlanYearRecord, year)
    if record is None:
        raise click.ClickException(f"plan year {year} is not loaded")
    click.echo(json.dumps(record.data, ensure_ascii=False, indent=2))


@plan.command()
@click.argument("file")
@json_option
def load(file: str, as_json: bool) -> None:
    """Load a plan year from a TOML FILE (or one that is shipped, by its year) as a draft."""
    from config.plans import PlanUnreadable, plan_data
    from models.actions.keep_plans import load_plan
    from models.records.business_clock import business_now
    from models.records.database import writing
    from models.rules.plan_fields import PlanInvalid
    from models.rules.refusal import Refused

    try:
        data = plan_data(file)
        with writing() as session:
            loaded = load_plan(session, data, business_now(session))
    except (PlanUnreadable, PlanInvalid) as wrong:
        raise click.UsageError(str(wrong)) from wrong
    except Refused as refused:
        year = data["plan_year"]
        if refused.code == "SYS-004":
            raise click.ClickException(f"somebody made a draft of {year} at the same moment: try again") from refused
        raise click.ClickException(f"plan year {year} is published: only a draft is replaced") from refused
    year = loaded.plan_year
    answer({"year": year, "state": "draft"}, f"Loaded plan year {year} as a draft.", as_json=as_json)


@plan.command()
@click.argument("year")
@json_option
def publish(year: str, as_json: bool) -> None:
    """Open a plan year for enrolment, from its own dates on."""
    from models.actions.keep_plans import publish_plan
    from models.records.business_clock import business_now
    from models.records.database import writing
    from models.rules.plan_fields import PlanInvalid

    try:
        with writing() as session:
            publish_plan(session, year, business_now(session))
    except (LookupError, PlanInvalid) as no:
        raise click.ClickException(str(no)) from no
    answer({"year": year, "state": "published"}, f"Published plan year {year}.", as_json=as_json)
