"""At a kiosk: take the list from a stick."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from kiosk import process
from kiosk.clock import SystemClock
from kiosk.ports import FeedPosition, FeedRefusedError, NotPublishedError, RoadError
from kiosk.visit.policy import Policy
from sync.folder_road import FolderRoad
from sync.kiosk_end.agent import EnrolledBeforeError, load_trust
from sync.kiosk_end.turns import refreshing
from watchlist.device_errors import DeviceKeyError
from watchlist.device_key import open_device_keys
from watchlist.replica import ListFollower
from watchlist.trust import TrustError

cli = typer.Typer(no_args_is_help=True, help=__doc__)

_PATIENCE_S: Final = 60.0
_NOT_OURS: Final = (
    "it is not signed for this kiosk's site, or it was changed on its way: export it again at the station"
)
_OLDER: Final = "it is older than the list that this kiosk has: bring a newer one"
_DAMAGED: Final = "it is damaged: export it again at the station"
_REFUSED: Final = {
    "bad-trust-signature": _NOT_OURS,
    "bad-signature": _NOT_OURS,
    "wrong-site": "it is the list of another site",
    "wrong-group": "it is the list of another group of kiosks",
    "trust-rolled-back": _OLDER,
    "rolled-back": _OLDER,
    "trust-frozen": "its signatures have run out: export it again at the station, and look at this kiosk's clock",
    "from-the-future": "it is from later than this kiosk's clock says: set the clock",
    "no-room": "there is no room for it here",
    "not-written": "there is no room for it here, or the data folder cannot be written",
}
_NO_ROAD: Final = {
    "leads-outside": "a link in it leads out of it",
    "cannot-be-read": "it cannot be read to its end",
    "another-refresh": "the agent is just taking in a list: try again in a minute",
}


@cli.command("import")
def import_list(
    folder: Annotated[Path, typer.Argument(help="A stick, or any folder that `watchlist export` wrote.")],
    data: Annotated[Path, typer.Option(help="The kiosk's data folder.")],
) -> None:
    """Take the list from a folder. The agent may be running or not; whatever is refused changes nothing."""
    process.keep_out_of_swap()
    try:
        keys = open_device_keys(data)
        trusted = load_trust(data, keys)
    except FileNotFoundError:
        raise SystemExit(f"this kiosk is not enrolled (nothing in {data}): run kiosk-sync enrol first") from None
    except (EnrolledBeforeError, TrustError):
        raise SystemExit("this kiosk has to be enrolled again: run kiosk-sync enrol with a new token") from None
    except DeviceKeyError as error:
        raise SystemExit(str(error)) from None
    try:
        with refreshing(data, _PATIENCE_S):
            replica = ListFollower(data, trusted, keys)
            try:
                typer.echo(_take(replica, folder, SystemClock(data, replica.checked_at).now()))
            finally:
                replica.close()
    except RoadError as error:
        raise SystemExit(f"{folder}: {_NO_ROAD.get(error.why, error.why)}") from None


def _take(replica: ListFollower, folder: Path, now: datetime) -> str:
    before = replica.positions()
    try:
        replica.refresh(FolderRoad(folder), now)
    except FeedRefusedError as error:
        why = _REFUSED.get(error.why, _DAMAGED)
        kept = "the list here is as it was" if replica.positions() == before else "what came before that is at work"
        raise SystemExit(f"{folder}: refused, {why} ({error.why}); {kept}") from None
    except NotPublishedError:
        raise SystemExit(f"{folder}: there is no list in it, or not a whole one") from None
    after = replica.positions()
    checked_at = replica.checked_at()
    news = "nothing new" if after == before else _moves(before, after)
    return f"{news}; the list here {_age(checked_at, now)}"


def _moves(before: tuple[FeedPosition, ...], after: tuple[FeedPosition, ...]) -> str:
    was = {position.epoch: position.seq for position in before}
    steps = [
        f"epoch {position.epoch} from change {was[position.epoch]} to {position.seq}"
        if position.epoch in was
        else f"epoch {position.epoch} up to change {position.seq}"
        for position in after
        if position not in before
    ]
    gone = [f"epoch {epoch} has ended" for epoch in was.keys() - {position.epoch for position in after}]
    return "taken: " + ", ".join([*steps, *gone])


def _age(checked_at: datetime | None, now: datetime) -> str:
    if checked_at is None:
        return "is not vouched for yet"
    age = max(now - checked_at, timedelta(0))
    hours = f"{age / timedelta(hours=1):.1f} h"
    told = f"is as of {checked_at:%Y-%m-%d %H:%M} UTC, {hours} old"
    too_old = age > Policy().list_usable_for
    return f"{told}: too old, the gate calls staff for everybody until a newer one comes" if too_old else told
