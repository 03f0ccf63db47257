"""The report of `canbao check` for people: counts, findings grouped by reason, premium table."""

import sys
from collections import defaultdict
from typing import Any

import click

from config import messages
from models.rules.money import yuan

Json = dict[str, Any]
_ROWS_SHOWN = 12


def print_rejected(report: Json) -> None:
    """Why the whole file is refused, on standard error."""
    rejected = report["rejected"]
    click.echo(f"{report['file']['name']}: refused, {rejected['code']}: {rejected['message']}", err=True)
    click.echo(f"  {messages.remedy(rejected['code'])} ({rejected['detail']})", err=True)


def print_report(report: Json) -> None:
    """Everything but the accepted people one by one."""
    file, counts = report["file"], report["counts"]
    click.echo(f"{file['name']}: {file['rows']} rows, plan {report['plan']}, {report['type']}")
    if report["coverage_start"]:
        price = "half price" if report["half_price"] else "full price"
        click.echo(f"cover {report['coverage_start']} to {report['coverage_end']}, {price}")
    click.echo(f"  accepted {counts['accepted']}, invalid {counts['invalid']}, duplicate {counts['duplicate']}")
    if report["notes_ignored"]:
        click.echo(f"  {report['notes_ignored']} notes right of the table are ignored")
    _print_findings(report["findings"])
    for notice in report["notices"]:
        click.echo(f"\n{notice['code']}: {notice['people']} people over age without social insurance;")
        click.echo("  accepted here, but the roster cannot be submitted with them")
    _print_premium(report["premium"])


def printable(text: str) -> str:
    """Text of a stranger's file for a terminal: what is invisible or would steer it, by code point."""
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)


def _print_findings(findings: list[Json]) -> None:
    by_code: dict[str, list[Json]] = defaultdict(list)
    for finding in findings:
        by_code[finding["code"]].append(finding)
    for code, group in sorted(by_code.items()):
        click.echo(f"\n{code}  {messages.short(code)}: {len(group)}")
        remedy = messages.remedy(code)
        if remedy:
            click.echo(f"  {remedy}")
        for finding in group[:_ROWS_SHOWN]:
            click.echo(f"    row {finding['row']}  {finding['column'] or '-'}  {printable(finding['typed'])}")
        if len(group) > _ROWS_SHOWN:
            rows = ", ".join(str(finding["row"]) for finding in group[_ROWS_SHOWN:])
            click.echo(f"    and rows {rows}")


def _print_premium(premium: Json) -> None:
    if "code" in premium:
        click.echo(f"\nno premium, {premium['code']}: {premium['message']}")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Premium in yuan", title_justify="left")
    table.add_column("projects")
    for heading in ("price", "discount", "ratio", "with SI", "charge", "others", "charge", "total"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in premium["lines"]:
        table.add_row(
            " ".join(line["projects"]),
            yuan(line["price_fen"]),
            yuan(line["discount_fen"]),
            f"{line['ratio_percent']}%",
            str(line["si_people"]),
            yuan(line["si_fen"]),
            str(line["other_people"]),
            yuan(line["other_fen"]),
            yuan(line["total_fen"]),
        )
    click.echo()
    Console(highlight=False, width=None if sys.stdout.isatty() else 120).print(table)
    click.echo(f"total {yuan(premium['total_fen'])} yuan")
    for notice in premium["notices"]:
        click.echo(f"{notice['code']}: {notice['message']}")
