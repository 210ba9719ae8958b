"""A new pepper for the list, without a gap: both epochs are published and answer until every kiosk holds the new one.

begin: building → open
1. A new pepper. From here on whatever is proposed is sealed under both (sync.station.sealing).
2. Every live entry is sealed anew. That takes long, and goes on where it was cut short.
3. In one transaction nothing is left unsealed and the epoch is opened: from here on its feed carries every change,
   under the number that it has in the old one's. Where kiosks say that they are ahead of us (we were restored from a
   backup, or somebody has misused a feed key), it begins where they are: the list that goes furthest decides.
4. A full copy, whose rows and position are read in one transaction, so that no change falls between it and the feed;
   feed-trust.json names it, and only now does a kiosk hear of the epoch.

end: open → ended
1. feed-trust.json names the new epoch alone.
2. The old one is closed; its rows, its feed and its pepper are erased.

Both may be cut short anywhere and begun again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from sync.station import audit, copies, heartbeats
from sync.station.feeds import EpochState, open_epochs, standings
from sync.station.keyring import Keyring
from sync.station.refusals import ConflictError
from sync.station.sealing import seal_missing, unsealed
from sync.station.store import Store
from sync.station.tables import epochs, feed_changes, sealed_rows
from sync.station.trust import TufTree

MOST_AHEAD: Final = 10**9
"""Changes. A kiosk that claims more is not believed: the numbers would run out."""
HEARD_WITHIN: Final = timedelta(days=1)
"""A kiosk that was silent for longer holds up no change: it takes a full copy when it comes back."""
_ERASED_AT_ONCE: Final = 5000

Say = Callable[[int, int], None]


def _nothing(_done: int, _of: int) -> None:
    return None


def begin(
    store: Store,
    keyring: Keyring,
    tree: TufTree,
    who: str,
    now: Callable[[], datetime],
    *,
    sealing: Say = _nothing,
    copying: Say = _nothing,
) -> int:
    """Begin a new epoch, or go on with one that was begun; return its number once both are published.

    Raises:
        ConflictError: two epochs are published already (``end`` the old one first), or one was not ended to its end.
    """
    epoch = _building(store, keyring, tree, who, now())
    while not _opened(store, epoch, who, now()):
        seal_missing(store, keyring.peppers, say=sealing)
    copies.make_copy(store, keyring, tree, epoch, now(), copying)
    return epoch


def end(store: Store, keyring: Keyring, tree: TufTree, who: str, now: datetime, *, force: bool = False) -> int:
    """End the older epoch, or go on with what was cut short; return its number.

    Raises:
        ConflictError: there is no newer one that is published, or kiosks that were heard lately do not hold it yet
            (``kiosks``), which ``force`` overrides: they then have no list until they have fetched the new one.
    """
    named = [one.epoch for one in tree.feed_trust().epochs]
    with store.read() as conn:
        old = [epoch for epoch in open_epochs(conn) if epoch < named[-1]]
        ended = conn.execute(select(epochs.c.epoch).where(epochs.c.state == EpochState.ENDED)).scalars()
        half_erased: list[int] = [epoch for epoch in ended if epoch in keyring.peppers]
        behind = heartbeats.without_epoch(conn, named[-1], now - HEARD_WITHIN)
    if not old and not half_erased:
        raise ConflictError("one-epoch")
    if len(named) > 1 and behind and not force:
        raise ConflictError("kiosks-behind", epoch=named[-1], kiosks=", ".join(behind))
    if len(named) > 1:
        copies.publish_without(store, keyring, tree, named[0], now)
    for epoch in old:
        with store.write() as conn:
            conn.execute(update(epochs).where(epochs.c.epoch == epoch).values(state=EpochState.ENDED))
            audit.record(conn, now, who, "epoch.ended", epoch=epoch, forced=int(bool(behind)))
    for epoch in (*half_erased, *old):
        _erase(store, epoch)
        # Last: as long as it lies there, the epoch is not erased to its end.
        keyring.peppers.erase(epoch)
    return max((*half_erased, *old))


def _building(store: Store, keyring: Keyring, tree: TufTree, who: str, now: datetime) -> int:
    """Return the epoch to build: one that was begun, or a new one."""
    named = [one.epoch for one in tree.feed_trust().epochs]
    with store.write() as conn:
        rows = conn.execute(select(epochs).order_by(epochs.c.epoch))
        known: dict[int, str] = {row.epoch: row.state for row in rows.all()}
        begun = [epoch for epoch, state in known.items() if epoch > named[-1] and state != EpochState.ENDED]
        if begun:
            return begun[0]
        if len(open_epochs(conn)) > 1:
            raise ConflictError("two-epochs")
        epoch = max(known) + 1
        keyring.peppers.make(epoch)
        conn.execute(insert(epochs).values(epoch=epoch, state=EpochState.BUILDING, began_at=now))
        audit.record(conn, now, who, "epoch.begun", epoch=epoch)
    return epoch


def _opened(store: Store, epoch: int, who: str, now: datetime) -> bool:
    """Open the epoch if everything is sealed under it, or was opened before."""
    with store.read() as conn:
        if unsealed(conn, epoch):
            return False
    with store.write() as conn:
        if unsealed(conn, epoch):
            return False
        building = (epochs.c.epoch == epoch) & (epochs.c.state == EpochState.BUILDING)
        here = standings(conn)[-1].seq
        opened = {
            "state": EpochState.OPEN,
            "begins_after": min(max(here, heartbeats.furthest(conn)), here + MOST_AHEAD),
        }
        if conn.execute(update(epochs).where(building).values(opened)).rowcount:
            audit.record(conn, now, who, "epoch.opened", epoch=epoch)
    return True


def _erase(store: Store, epoch: int) -> None:
    """Erase an epoch's feed and rows, some at a time, so that an alarm never waits for it."""
    for table, key in ((feed_changes, feed_changes.c.seq), (sealed_rows, sealed_rows.c.entry)):
        own, left = table.c.epoch == epoch, True
        while left:
            with store.write() as conn:
                upto = select(key).where(own).order_by(key).offset(_ERASED_AT_ONCE).limit(1).scalar_subquery()
                conn.execute(delete(table).where(own, (key <= upto) | upto.is_(None)))
                left = conn.execute(select(key).where(own).limit(1)).first() is not None
