"""``station``: set up and run the police station's end."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from kiosk.private_file import write_private
from sync.station import certificates, doorbell, kiosks, log, maintenance, moving, people, record_commands
from sync.station.keyring import DEFAULT_GROUP, ROOT_KEYS_FOLDER, KeyringError, create_keyring
from sync.station.metrics import METRICS_TOKEN
from sync.station.refusals import RefusedError
from sync.station.rights import Role
from sync.station.site_time import SITE_TIME, utc_now
from sync.station.station import Station
from sync.station.tokens import new_token, token_hash
from sync.station.wording import Language, Words

_SITE_TIMES: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)

Data = Annotated[Path, typer.Option(help="The station's own folder: keys and database.")]
Host = Annotated[str, typer.Option(help="Address to listen on, and a name in the server's certificate.")]
Port = Annotated[int, typer.Option(min=0, max=65535)]
_OWN_WORDS: Final = {
    "no-such-person": "nobody has this login",
    "no-certificate": "there is no such kiosk, or it has no certificate that could be revoked: see `station kiosks`",
}
"""What no page of the console can run into; the rest is said in the console's words."""


@app.command()
def init(
    data: Data,
    site: Annotated[str, typer.Option(help="The site's name; kiosks refuse a list of another site.")],
    host: Host = "127.0.0.1",
    port: Port = 8443,
    name: Annotated[list[str] | None, typer.Option(help="A further host name of the server's certificate.")] = None,
    group: Annotated[str, typer.Option(help="The kiosk group whose list this is.")] = DEFAULT_GROUP,
) -> None:
    """Make the keys and the database, and print the first admin's one-time link."""
    try:
        create_keyring(data, site=site, group=group, hosts=(host, *(name or ())), now=utc_now())
    except KeyringError as err:
        raise typer.Exit(_complain(err)) from None
    with _writing(data) as conn:
        token = people.invite(conn, [Role.ADMIN], "station", utc_now())
    typer.echo(
        f"The three files in {data / ROOT_KEYS_FOLDER} are the root keys of the list. Two of the three are needed, once"
        " a year and whenever keys change. Carry each to a place of its own (three sticks in three safes), check them"
        " with `watchlist keys check`, and then delete the folder: as long as they lie here, whoever breaks into this"
        " machine can make kiosks believe another list.\n",
        err=True,
    )
    typer.echo(f"https://{host}:{port}/welcome/{token}")


@app.command()
def run(data: Data, host: Host = "127.0.0.1", port: Port = 8443) -> None:
    """Serve kiosks and the console until stopped."""
    from sync.station.serve import StationServer  # the web's libraries are for this command alone

    log.configure()
    station = _open(data)
    if station.keyring.root_keys_here():
        typer.echo(f"root keys of the list still lie in {data / ROOT_KEYS_FOLDER}: carry them away", err=True)
    StationServer(station, host, port, lambda bound: typer.echo(f"station ready https://{host}:{bound}")).run()


@app.command()
def invite(
    data: Data,
    login: Annotated[str | None, typer.Option(help="Somebody who is here and has lost their ways in.")] = None,
) -> None:
    """Print the path of a one-time link for another admin, or for LOGIN: when no admin can come in any more."""
    with _writing(data) as conn:
        if login is None:
            token = people.invite(conn, [Role.ADMIN], "station", utc_now())
        else:
            token = people.invite_anew(conn, login, "station", utc_now())
    typer.echo(f"/welcome/{token}")


@app.command()
def enrol_token(data: Data, kiosk: Annotated[str, typer.Option()], lane: Annotated[str, typer.Option()]) -> None:
    """Print a token with which this kiosk may enrol once, within a day."""
    with _writing(data) as conn:
        token = kiosks.new_enrol_token(conn, kiosk, lane, utc_now(), "station")
    typer.echo(token)


@app.command("kiosks")
def kiosks_(data: Data) -> None:
    """List every kiosk's certificate: kiosk, lane, fingerprint, until when, and whether it is in use."""
    with _writing(data) as conn:
        for one in certificates.every(conn, utc_now()):
            typer.echo("{kiosk}\t{lane}\t{fingerprint}\t{until}\t{state}".format(**one))


@app.command()
def revoke_kiosk(
    data: Data,
    why: Annotated[str, typer.Option(help="The reason, for the audit log.")],
    kiosk: Annotated[str | None, typer.Option(help="End all its certificates.")] = None,
    fingerprint: Annotated[str | None, typer.Option(help="End this one (`station kiosks` shows them).")] = None,
) -> None:
    """End a kiosk's certificate at once: it is refused from now on, and its open connections are cut."""
    which = kiosk or fingerprint
    if which is None or (kiosk and fingerprint):
        raise typer.BadParameter("give either --kiosk or --fingerprint")
    with _writing(data) as conn:
        ended = certificates.revoke(conn, which, why, "station", utc_now())
    doorbell.ring(data)
    for one in ended:
        typer.echo(f"revoked {one}")


@app.command()
def metrics_token(data: Data) -> None:
    """Print a new token for whoever scrapes /metrics; the one before ends."""
    station = _open(data)
    station.store.close()
    token = new_token()
    write_private(data / METRICS_TOKEN, token_hash(token).encode())
    typer.echo(token)


@app.command("maintenance")
def planned_maintenance(
    data: Data,
    kiosk: Annotated[str | None, typer.Option(help="Without it, every window that is not over is listed.")] = None,
    begins: Annotated[
        datetime | None, typer.Option("--from", formats=_SITE_TIMES, help="Day and time at the site; now if left out.")
    ] = None,
    hours: Annotated[float, typer.Option(help="How long, a day at most; it ends by itself.")] = 0.0,
    why: Annotated[str, typer.Option()] = "",
    end: Annotated[bool, typer.Option("--end", help="End the kiosk's window now.")] = False,
) -> None:
    """Announce a window in which a kiosk's silence is expected; list the windows, or end one early."""
    now = utc_now()
    begins_at = now if begins is None else begins.replace(tzinfo=SITE_TIME)
    with _writing(data) as conn:
        if kiosk is not None and end:
            maintenance.end(conn, kiosk, "station", now)
        elif kiosk is not None:
            maintenance.announce(conn, kiosk, begins_at, timedelta(hours=hours), why, "station", now)
        windows = maintenance.windows(conn, now)
    for window in windows:
        period = " – ".join(f"{at.astimezone(SITE_TIME):%Y-%m-%d %H:%M}" for at in (window.begins_at, window.ends_at))
        typer.echo(f"{window.kiosk}  {period}  {window.announced_by}: {window.why}")


@app.command()
def migrate_db(
    data: Data,
    to: Annotated[str, typer.Option(help="postgresql://user@host,standby:port/name: an empty database.")],
) -> None:
    """Move a station from its file to PostgreSQL. Until you start it again it takes nothing, and loses nothing."""
    started_s = time.monotonic()
    try:
        rows = moving.move(data, to)
    except moving.CannotMoveError as err:
        raise typer.Exit(_complain(str(err))) from None
    for table, n in rows.items():
        typer.echo(f"{n}\t{table}")
    typer.echo(f"moved in {time.monotonic() - started_s:.1f} s, every table compared; now restart every station server")


@contextmanager
def _writing(data: Path) -> Iterator[Connection]:
    """Give a transaction beside a running server or without one. What is refused ends the command with one line."""
    station = _open(data)
    try:
        with station.store.write() as conn:
            yield conn
    except RefusedError as err:
        text = _OWN_WORDS.get(err.code) or Words(Language.EN).of_code("error", err.code)
        raise typer.Exit(_complain(text.format(**err.facts))) from None
    finally:
        station.close()


def _open(data: Path) -> Station:
    try:
        return Station(data)
    except KeyringError as err:
        raise typer.Exit(_complain(err)) from None
    except OperationalError:
        raise typer.Exit(_complain("no database server takes writes: see database.url")) from None


def _complain(err: KeyringError | str) -> int:
    typer.echo(f"station: {err}", err=True)
    return 1


app.add_typer(record_commands.app)


def main() -> None:
    """Run the command. What it makes is for the station's user alone."""
    os.umask(0o077)
    app()


if __name__ == "__main__":
    main()
