"""A new pepper for the list: begin it, see who holds it, end the old one."""

from typing import Annotated

import typer
from sqlalchemy import func, select

from sync.list_commands.progress import Progress
from sync.list_commands.who import Data, Login, PasswordFile, desk, told
from sync.station import epochs, heartbeats
from sync.station.feeds import EpochState, standing
from sync.station.keyring import load_keyring
from sync.station.live_list import LIVE
from sync.station.rights import Right
from sync.station.sealing import unsealed
from sync.station.site_time import utc_now
from sync.station.store import DATABASE, open_store
from sync.station.tables import entries
from sync.station.tables import epochs as epochs_table
from sync.station.trust import TufTree

cli = typer.Typer(no_args_is_help=True, help=__doc__)


@cli.command()
def begin(data: Data, login: Login, password_file: PasswordFile = None) -> None:
    """Seal the list anew under a new pepper and publish it beside the old one. Goes on where it was cut short."""
    with desk(data, login, password_file, Right.KEEP_KEYS) as at, Progress() as progress:
        epoch = epochs.begin(
            at.store,
            at.keyring,
            TufTree(at.keyring),
            at.login,
            at.now,
            sealing=progress.of("sealing"),
            copying=progress.of("copying"),
        )
        at.ring()
    typer.echo(f"epoch {epoch} is published beside the old one; when every kiosk holds it, end the old one")


@cli.command()
def end(
    data: Data,
    login: Login,
    password_file: PasswordFile = None,
    force: Annotated[bool, typer.Option("--force", help="Although kiosks that work do not hold the new one.")] = False,
) -> None:
    """Publish the newest epoch alone, and erase the old one: its pepper, its rows, its feed."""
    with desk(data, login, password_file, Right.KEEP_KEYS) as at:
        epoch = epochs.end(at.store, at.keyring, TufTree(at.keyring), at.login, at.now(), force=force)
        at.ring()
    typer.echo(f"epoch {epoch} has ended, and nothing is left of it here")


@cli.command()
def status(data: Data) -> None:
    """Show each epoch, how far it has come, and which kiosks do not hold it yet."""
    now = utc_now()
    with told():
        keyring = load_keyring(data, now=now)
        store = open_store(data / DATABASE)
        trust = {one.epoch: one for one in TufTree(keyring).feed_trust().epochs}
        try:
            with store.read() as conn:
                live = conn.execute(
                    select(func.count()).select_from(entries).where(entries.c.state.in_(LIVE))
                ).scalar_one()
                for row in conn.execute(select(epochs_table).order_by(epochs_table.c.epoch)).all():
                    at, named = standing(conn, row.epoch), trust.get(row.epoch)
                    typer.echo(f"epoch {row.epoch}: {row.state} since {row.began_at:%Y-%m-%d}")
                    if row.state != EpochState.ENDED:
                        typer.echo(f"  sealed: {live - unsealed(conn, row.epoch)} of {live} entries")
                    if at is not None:
                        copy = named.full_copy if named is not None else None
                        told_of = f"full copy at change {copy.seq}" if copy is not None else "no full copy yet"
                        kind = told_of if named is not None else "kiosks have not been told of it"
                        typer.echo(f"  feed: {at.seq} changes; {kind}")
                    if named is not None:
                        without = heartbeats.without_epoch(conn, row.epoch, now - epochs.HEARD_WITHIN)
                        typer.echo(f"  kiosks heard within a day that do not hold it: {', '.join(without) or 'none'}")
        finally:
            store.close()
