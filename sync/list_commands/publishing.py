"""Publish the list as plain files, take it out on a stick, and check what was published without a station."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy import func, select, table, text

from kiosk.domain.ids import KioskId, LaneId
from kiosk.ports import FeedPosition, FeedRefusedError, NotPublishedError, RoadError
from kiosk.sqlite import open_sqlite, reading
from sync.folder_road import FolderRoad
from sync.list_commands.progress import Progress
from sync.list_commands.who import Data, told
from sync.station.feed_keys import feed_key_id
from sync.station.files import write_tree
from sync.station.keyring import load_keyring
from sync.station.publisher import Publisher
from sync.station.site_time import utc_now
from sync.station.store import DATABASE, open_store
from sync.station.trust import TufTree
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.published import FEED_TRUST, FeedTrust, decode_trust
from watchlist.replica import ListFollower
from watchlist.rows import PREFIX
from watchlist.store import LIST_FILE
from watchlist.trust import Trust
from watchlist.updates import TUF_FOLDER

cli = typer.Typer(no_args_is_help=True, help=__doc__)

_VERIFIER: Final = "verifier"
_WHY: Final = {
    "bad-trust-signature": "its trust is not signed by enough keys that this root names",
    "trust-frozen": "its trust has run out: it was not published for days",
    "trust-rolled-back": "its trust contradicts itself",
    "trust-damaged": "a file of its trust is not what was vouched for",
    "copy-damaged": "a full copy is not what was vouched for",
    "wrong-site": "it is another site's",
    "wrong-group": "it is another kiosk group's, or the group key is not this group's",
    "bad-signature": "its feed is not signed by a key that counts",
    "broken-chain": "its feed does not hold together",
    "gap": "changes are missing from its feed",
    "rolled-back": "its feed ends before its full copy",
    "from-the-future": "it is from later than this machine's clock says",
}


@cli.command()
def publish(
    data: Data,
    folder: Annotated[Path, typer.Argument(help="What a web server or a CDN serves.")],
    every: Annotated[
        float | None, typer.Option(help="Go on, and bring it up to date after so many seconds.", min=1)
    ] = None,
) -> None:
    """Write what kiosks read into a folder, or bring it up to date, in an order that no reader can fall between."""
    with told(), _publisher(data) as (publisher, tree):
        while True:
            with Progress() as progress:
                done = write_tree(publisher, tree, folder, progress.of("files"))
            typer.echo(f"{done.files} files, {done.written} of them written, {done.removed} old ones removed")
            if every is None:
                return
            time.sleep(every)


@cli.command()
def export(data: Data, folder: Annotated[Path, typer.Argument(help="A folder on the stick.")]) -> None:
    """Write what kiosks read onto a stick, for a kiosk without a network: `watchlist import` takes it there."""
    with told(), _publisher(data) as (publisher, tree), Progress() as progress:
        done = write_tree(publisher, tree, folder, progress.of("files"))
    typer.echo(f"{done.files} files are on the disk in {folder}; it may be pulled out once it is unmounted")


@cli.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="A published or exported folder.")],
    root: Annotated[Path, typer.Option(help="A N.root.json from which trust begins; not one from this folder.")],
    site: Annotated[str, typer.Option()],
    group: Annotated[str, typer.Option()],
    group_key: Annotated[Path, typer.Option(help="The station's group.key.")],
) -> None:
    """Read a folder as a new kiosk would, from a root alone, and say what stands in it. Code 1 if it is refused."""
    with told(), tempfile.TemporaryDirectory() as place:
        trusted = Trust(
            kiosk=KioskId(_VERIFIER),
            lane=LaneId(_VERIFIER),
            site=site,
            group=group,
            root=root.read_bytes(),
            group_key=group_key.read_bytes(),
        )
        replica = ListFollower(Path(place), trusted, FileDeviceKeys.load_or_make(Path(place) / KEY_FILE))
        now = datetime.now(UTC)
        try:
            replica.refresh(FolderRoad(folder), now)
            trust = decode_trust((Path(place) / TUF_FOLDER / FEED_TRUST).read_bytes())
            for line in _said(trust, replica.positions(), _rows(Path(place)), replica.checked_at(), now):
                typer.echo(line)
        except FeedRefusedError as error:
            raise _refuse(f"refused ({error.why}): {_WHY.get(error.why, 'it is damaged')}") from None
        except NotPublishedError:
            raise _refuse("it is not whole: a file that it names is missing") from None
        except RoadError as error:
            raise _refuse(f"it cannot be read ({error.why})") from None
        finally:
            replica.close()


@contextmanager
def _publisher(data: Path) -> Iterator[tuple[Publisher, TufTree]]:
    keyring = load_keyring(data, now=utc_now())
    tree, store = TufTree(keyring), open_store(data / DATABASE)
    try:
        tree.resign_if_due(utc_now())
        yield Publisher(store, keyring, tree, utc_now), tree
    finally:
        store.close()


def _said(
    trust: FeedTrust, positions: tuple[FeedPosition, ...], rows: int, checked_at: datetime | None, now: datetime
) -> Iterator[str]:
    yield f"the list of {trust.site}, for the kiosk group {trust.group}"
    for position in positions:
        yield f"epoch {position.epoch}: {position.seq} changes, head {position.head}"
    yield f"{rows} sealed numbers in all"
    if checked_at is not None:
        age = max(now - checked_at, timedelta(0))
        yield f"as of {checked_at:%Y-%m-%d %H:%M:%S} UTC, {age / timedelta(hours=1):.1f} h old"
    yield f"feed keys that count: {', '.join(feed_key_id(key) for key in trust.keys)}"
    yield "every signature and every hash holds"


def _rows(place: Path) -> int:
    engine = open_sqlite(place / LIST_FILE, create=False)
    try:
        with reading(engine).begin() as conn:
            tables = [f"{PREFIX}{row[0]}" for row in conn.execute(text("SELECT rows FROM epoch"))]
            return sum(conn.execute(select(func.count()).select_from(table(name))).scalar_one() for name in tables)
    finally:
        engine.dispose()


def _refuse(why: str) -> typer.Exit:
    typer.echo(f"watchlist: {why}", err=True)
    return typer.Exit(1)
