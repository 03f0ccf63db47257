"""`canbao keys`: the keys that numbers are sealed with and looked up by. Who loses them loses the numbers."""

from __future__ import annotations

from pathlib import Path

import click

from web.commands.output import answer, json_option, table

_BACKUPS = " Backups from before it was rotated still need it: keep the old copy of the keys with them."


@click.group()
def keys() -> None:
    """Keys that ID numbers are sealed with and looked up by. Who loses them loses the numbers: keep a copy, apart."""


@keys.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def new(file: Path | None) -> None:
    """Make a keyring for a new database: into FILE, which must not exist, or else on the screen for CANBAO_KEYS."""
    from config.keys import Keyring, write_new_ring

    if file is None:
        click.echo(Keyring.new().to_json())
        return
    try:
        write_new_ring(file, Keyring.new())
    except FileExistsError as there:
        raise click.UsageError(f"{file} exists and stays as it is: keys are never overwritten") from there
    except OSError as error:
        raise click.UsageError(f"cannot write {file}: {error.strerror}") from error
    click.echo(f"Made {file}. Keep a copy apart from the database: who loses the keys loses the numbers.")


@keys.command("list")
@json_option
def list_(as_json: bool) -> None:
    """The numbers of the keys, which one seals, and how many values each has sealed."""
    from models.actions.rotate_keys import rows_by_key
    from models.records.database import reading
    from web.commands.key_rotation import ring_in_use

    ring = ring_in_use()
    with reading() as session:
        rows = rows_by_key(session)
    lines = [
        {"key": key, "seals": key == ring.current, "on_the_ring": key in ring.sealing, "values": rows.get(key, 0)}
        for key in sorted({*ring.sealing, *rows})
    ]
    table(lines, as_json=as_json, empty="No keys.")
    if any(not line["on_the_ring"] for line in lines):
        raise SystemExit(1)


@keys.command()
@click.option("--lookup", is_flag=True, help="The key that numbers are looked up by instead; with the service stopped.")
@json_option
def rotate(lookup: bool, as_json: bool) -> None:
    """Put a new key on the ring and seal everything anew with it, while people work.

    What was interrupted goes on at the next call. Keys in CANBAO_KEYS can't be written from here: the command says
    what to set, and seals anew once that is in use. The old key stays on the ring until `keys retire`.

    With --lookup every digest is made anew and the social-insurance register is emptied, since it holds nothing but
    digests: load it again afterwards.
    """
    from web.commands import key_rotation, lookup_rotation
    from web.commands.endings import explained

    with explained():
        if lookup:
            done = lookup_rotation.rotate()
            line = f"Made new digests of {done['people']} people, {done['claims']} claims and {done['historical']} rows"
            line += f" of earlier rosters. The register's {done['register_dropped']} people must be loaded again:"
            answer(done, f"{line} `canbao reference load si-people FILE`.", as_json=as_json)
            return
        rotated = key_rotation.rotate()
        if rotated is None:
            raise SystemExit(1)  # what to set was said; nothing is sealed anew yet
        line = f"Key {rotated['current']} has sealed everything, {rotated['sealed_anew']} values of them anew."
        if rotated["old"]:
            line += f" Retire the old ones: {', '.join(f'`canbao keys retire {key}`' for key in rotated['old'])}."
        answer(rotated, line, as_json=as_json)


@keys.command()
@click.argument("key_id", metavar="ID", type=click.IntRange(1, 255))
@json_option
def retire(key_id: int, as_json: bool) -> None:
    """Take a key off the ring that nothing is sealed with any more; exit 1 while something is."""
    from web.commands import key_rotation
    from web.commands.endings import explained

    with explained():
        left = key_rotation.retire(key_id)
    if left:
        answer(
            {"key": key_id, "retired": False, "values": left},
            f"Key {key_id} has sealed {left} values: `canbao keys rotate` seals them anew.",
            as_json=as_json,
        )
        raise SystemExit(1)
    answer({"key": key_id, "retired": True, "values": 0}, f"Key {key_id} is off the ring.{_BACKUPS}", as_json=as_json)
