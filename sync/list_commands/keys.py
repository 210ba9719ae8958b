"""Keys that sign: shown, checked, rotated, revoked. `station init` makes the first ones.

A root key is a file that somebody brings on a stick: two of the three are named by --root-key, used and not kept.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.list_commands.who import Data, Desk, Login, PasswordFile, desk, told
from sync.station import audit, copies
from sync.station.feed_keys import LEAD, FeedKey
from sync.station.key_errors import CeremonyError, KeyringError
from sync.station.keyring import ONLINE_ROLES, Keyring, load_keyring, load_private, write_new_key
from sync.station.rights import Right
from sync.station.site_time import utc_now
from sync.station.trust import RENEW_BEFORE, TufTree, key_id

cli = typer.Typer(no_args_is_help=True, help=__doc__)

RootKeys = Annotated[
    list[Path], typer.Option("--root-key", help="A root key's file, given twice: two of the three are needed.")
]
_SHORT: Final = 16
_RUN: Final = "let the station run"
_REMEDY: Final = {"root": "watchlist keys rotate-root, with two root keys"}


@cli.command()
def show(data: Data) -> None:
    """Show every key that counts, by its id, and until when what it signed lasts."""
    with told():
        keyring = load_keyring(data, now=utc_now())
        for role in TufTree(keyring).state():
            keys = ", ".join(key[:_SHORT] for key in role.keys)
            typer.echo(f"{role.role}: version {role.version}, until {role.expires:%Y-%m-%d %H:%M}, keys {keys}")
        now = utc_now()
        signer, _ = keyring.feed_keys.signer(now)
        for key in keyring.feed_keys.all():
            typer.echo(f"feed: {key.id}, made {key.made_at:%Y-%m-%d}, {_life(key, signer, now)}")
        _say_root_keys(keyring)


@cli.command()
def check(
    data: Data,
    root_key: Annotated[list[Path] | None, typer.Option(help="Also: is this file a root key that counts?")] = None,
) -> None:
    """Tell what people must do: carry root keys away, sign what ends soon. Code 1 if there is anything."""
    with told():
        keyring = load_keyring(data, now=utc_now())
        roles = TufTree(keyring).state()
        faults = [
            f"{role.role} ends on {role.expires:%Y-%m-%d}: {_REMEDY.get(role.role, _RUN)}"
            for role in roles
            if role.expires - utc_now() < RENEW_BEFORE[role.role] / 2
        ]
        for file in root_key or ():
            known = key_id(load_private(file)) in roles[0].keys
            typer.echo(f"{file}: {'a root key that counts' if known else 'no root key that counts'}")
            if not known:
                faults.append(f"{file} is of no use")
        faults += [f"{file} must be carried away" for file in keyring.root_keys_here()]
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo("nothing to do")


@cli.command()
def rotate_feed(data: Data, login: Login, password_file: PasswordFile = None) -> None:
    """Make a new feed key. Kiosks trust it from now on, and it signs a moment later; the old one stays trusted."""
    with desk(data, login, password_file, Right.KEEP_KEYS) as at:
        key = at.keyring.feed_keys.rotate(at.now())
        _publish(at, "feed-key.made", key=key.id)
    typer.echo(f"{key.id} signs in {LEAD.seconds // 60} minutes; revoke the old one when every kiosk is current")


@cli.command()
def revoke_feed(
    data: Data, login: Login, key: Annotated[str, typer.Argument()], password_file: PasswordFile = None
) -> None:
    """Trust a feed key no more, and erase it. If it signs now, another signs from this moment on."""
    with desk(data, login, password_file, Right.KEEP_KEYS) as at:
        signer = at.keyring.feed_keys.revoke(key, at.now())
        _publish(at, "feed-key.revoked", key=key)
    typer.echo(f"{key} counts no more; {signer.id} signs")


@cli.command()
def rotate_online(
    data: Data,
    login: Login,
    root_key: RootKeys,
    role: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(ONLINE_ROLES)}; all, if none.")] = None,
    password_file: PasswordFile = None,
) -> None:
    """Give targets, snapshot and timestamp new keys, which two root keys vouch for; the old ones are erased."""
    with desk(data, login, password_file, Right.KEEP_KEYS) as at:
        roles = [one for one in ONLINE_ROLES if one in (role or ONLINE_ROLES)]
        if len(roles) != len(set(role or ONLINE_ROLES)):
            raise CeremonyError(f"a role is one of {', '.join(ONLINE_ROLES)}")
        version = TufTree(at.keyring).rotate_online(_brought(root_key), at.now(), roles)
        _record(at, "online-keys.rotated", version=version, roles=",".join(roles))
    typer.echo(f"root {version} is published, with new keys for {', '.join(roles)}")


@cli.command()
def rotate_root(
    data: Data,
    login: Login,
    root_key: RootKeys,
    replace: Annotated[list[str] | None, typer.Option(help="The id of a root key that shall count no more.")] = None,
    new_keys: Annotated[Path | None, typer.Option(help="An empty folder for the keys that come instead.")] = None,
    password_file: PasswordFile = None,
) -> None:
    """Publish a new root for another year; with --replace, with new root keys in place of lost or known ones."""
    with desk(data, login, password_file, Right.KEEP_KEYS) as at:
        new = _made(replace or (), new_keys, at.now())
        try:
            version = TufTree(at.keyring).rotate_root(_brought(root_key), at.now(), replace or (), list(new.values()))
        except KeyringError:
            for file in new:
                file.unlink()
            raise
        _record(at, "root.rotated", version=version, replaced=len(new))
    typer.echo(f"root {version} is published")
    for file in new:
        typer.echo(f"carry away {file}")


def _made(replaced: Sequence[str], folder: Path | None, now: datetime) -> dict[Path, Ed25519PrivateKey]:
    if not replaced:
        return {}
    if folder is None or (folder.exists() and any(folder.iterdir())):
        raise CeremonyError("--new-keys must name an empty folder for the new keys")
    files = [folder / f"root-{now:%Y%m%d}-{n}.key" for n in range(1, len(replaced) + 1)]
    return {file: write_new_key(file) for file in files}


def _brought(files: Sequence[Path]) -> list[Ed25519PrivateKey]:
    return [load_private(file) for file in files]


def _publish(at: Desk, what: str, **facts: str | int) -> None:
    copies.publish_trust(at.store, at.keyring, TufTree(at.keyring), at.now())
    _record(at, what, **facts)


def _record(at: Desk, what: str, **facts: str | int) -> None:
    with at.store.write() as conn:
        audit.record(conn, at.now(), at.login, what, **facts)
    at.ring()


def _life(key: FeedKey, signer: FeedKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.id == signer.id:
        return "signs"
    return "trusted" if key.signs_from <= now else f"trusted, signs from {key.signs_from:%H:%M:%S} UTC"


def _say_root_keys(keyring: Keyring) -> None:
    for file in keyring.root_keys_here():
        typer.echo(f"root key still here: {file} ({key_id(load_private(file))[:_SHORT]}); carry it away", err=True)
