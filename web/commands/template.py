"""`canbao template`: the import template as a file."""

from pathlib import Path

import click


@click.command()
@click.argument("out", metavar="OUT.xlsx", type=click.Path(dir_okay=False, path_type=Path))
def template(out: Path) -> None:
    """Write the import template: the header alone, and 填写说明 with two sample people on the second sheet."""
    from tasks.workbook.template import template_workbook

    try:
        out.write_bytes(template_workbook())
    except OSError as error:
        raise click.UsageError(f"cannot write {out}: {error.strerror}") from error
    click.echo(f"wrote {out}")
