"""``station audit``, ``pia``, ``backup`` and what belongs to them: the record, kept and handed on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from kiosk.sqlite import SqliteError
from sync.station import audit, audit_verify, backup, backup_box, pia
from sync.station.keyring import KeyringError
from sync.station.site_time import utc_now
from sync.station.station import Station

Data = Annotated[Path, typer.Option(help="The station's own folder: keys and database.")]
Keys = Annotated[list[Path], typer.Option("--key", help="A keeper's key; two are needed.")]

app = typer.Typer()
audit_commands = typer.Typer(no_args_is_help=True, help="The audit log as a file, and whether such a file holds.")
app.add_typer(audit_commands, name="audit")

_AFTERWARDS = """\
Restored. Kiosks send the alarms that came since the backup again by themselves. Before anything else:
1. Withdraw and clear again whoever was withdrawn or cleared since {at}, from the case files.
2. Then docs/keys.md, section 8: the kiosks hold newer files than this station.
3. `station audit export` and verify it with --since your newest older export. Where that one goes further, the rows in
   between are lost here: keep both files together. The row `station.restored` says from when on."""


@audit_commands.command("export")
def export_(file: Annotated[Path, typer.Argument(help="A new file.")], data: Data) -> None:
    """Write the whole log, signed to its end, for `station audit verify` or audit_verify.py on any machine."""
    with _station(data) as station:
        rows = audit.export(station.store, station.keyring.audit_key, station.keyring.site, "station", utc_now(), file)
        typer.echo(f"{rows} rows, signed with {audit.key_id(station.keyring.audit_key)}")


@audit_commands.command()
def verify(
    file: Path,
    key: Annotated[list[str] | None, typer.Option(help="The station's audit key, as you wrote it down.")] = None,
    since: Annotated[Path | None, typer.Option(help="An older export, which this one must continue.")] = None,
) -> None:
    """Tell whether an export holds; needs no station (sync/station/audit_verify.py does the same without us)."""
    words = [str(file), *(word for one in key or () for word in ("--key", one))]
    raise typer.Exit(audit_verify.main([*words, *(("--since", str(since)) if since else ())]))


@audit_commands.command("key")
def key_(data: Data) -> None:
    """Print the audit key, for the auditor to write down."""
    with _station(data) as station:
        typer.echo(audit.key_id(station.keyring.audit_key))


@app.command("pia")
def pia_(file: Annotated[Path, typer.Argument(help="A Markdown file.")], data: Data) -> None:
    """Write what an impact assessment and a filing need: data map, retention, counters, signage text."""
    with _station(data) as station:
        now = utc_now()
        with station.store.read() as conn:
            text = pia.page(conn, station.keyring.site, now)
        file.write_text(text, encoding="utf-8")
        with station.store.write() as conn:
            pia.write_record(conn, "station", now)


@app.command()
def backup_key(file: Annotated[Path, typer.Argument(help="A new file, on a stick of its keeper's.")]) -> None:
    """Make the key of a keeper of backups, and print its public half for `station backup --to`."""
    with _told():
        typer.echo(backup_box.make_keeper(file))


@app.command("backup")
def backup_(
    file: Annotated[Path, typer.Argument(help="A new file, on another disk.")],
    data: Data,
    to: Annotated[list[str], typer.Option(help="A keeper's public key; give two or more: any two can restore.")],
) -> None:
    """Back the station up while it runs, and read the backup back before it counts."""
    with _station(data) as station:
        size = backup.make_backup(station, file, [backup_box.public_of(one) for one in to])
        typer.echo(f"{file}: {size} bytes, read back and checked")


@app.command()
def restore(
    file: Path,
    into: Annotated[Path, typer.Option(help="A new folder.")],
    key: Keys,
) -> None:
    """Make a station from a backup in a new folder; start it when you have read what this prints."""
    with _told():
        at = backup.restore(file, into, [backup_box.read_keeper(one) for one in key], utc_now())
        typer.echo(_AFTERWARDS.format(at=at))


@contextmanager
def _station(data: Path) -> Iterator[Station]:
    with _told():
        station = Station(data)
        try:
            yield station
        finally:
            station.close()


@contextmanager
def _told() -> Iterator[None]:
    """End the command with one line and code 1 where something is refused or a disk fails."""
    try:
        yield
    except (KeyringError, backup.BackupError, backup_box.BoxError) as err:
        refusal = str(err)
    except FileExistsError as err:
        refusal = f"{err.filename or err} is there already"
    except OSError as err:
        refusal = f"{err.filename or 'the disk'}: {err.strerror}"
    except SqliteError:
        refusal = "the database could not be read"
    else:
        return
    typer.echo(f"station: {refusal}", err=True)
    raise typer.Exit(1)
