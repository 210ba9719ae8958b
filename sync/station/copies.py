"""Full copies of the list, and the feed-trust.json that names them.

A copy is what the feed's changes up to its ``seq`` leave: the sealed rows of every entry that is listed. Rows and
position are read in one transaction, so no change falls between a copy and the feed that goes on after it.

feed-trust.json names every open epoch: the site's first from its beginning, a later one from its first copy on.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection, delete, func, select

from kiosk.domain.ids import EntryId
from sync.station.feeds import standing, standings
from sync.station.keyring import Keyring
from sync.station.live_list import EntryState
from sync.station.store import Store
from sync.station.tables import entries, feed_changes, sealed_rows
from sync.station.trust import KEPT_COPIES, NewTarget, TufTree, sha256_of
from watchlist.published import (
    HEAD_CHANGES,
    PIECE,
    EpochTrust,
    FeedTrust,
    FullCopy,
    copy_target,
    seal_pepper,
)
from watchlist.seal import SealedRow
from watchlist.snapshot import CopyHeader, write_copy

COPY_EVERY: Final = timedelta(days=1)
_ROWS_AT_ONCE: Final = 2000

log = structlog.get_logger()


class NotOpenError(Exception):
    """There is no such epoch in force."""


def first_trust(store: Store, keyring: Keyring) -> FeedTrust:
    """Return what the first feed-trust.json of a site says."""
    with store.read() as conn:
        return _trust(conn, keyring, {}, {standings(conn)[0].epoch})


def publish_trust(store: Store, keyring: Keyring, tree: TufTree, now: datetime) -> FeedTrust:
    """Publish which feed keys and epochs count now."""

    def changed(before: FeedTrust) -> FeedTrust:
        with store.read() as conn:
            return _trust(conn, keyring, _copies(before), {one.epoch for one in before.epochs})

    return tree.publish(changed, now)


def publish_without(store: Store, keyring: Keyring, tree: TufTree, epoch: int, now: datetime) -> FeedTrust:
    """Name this epoch no more."""

    def changed(before: FeedTrust) -> FeedTrust:
        with store.read() as conn:
            copies = {number: copy for number, copy in _copies(before).items() if number != epoch}
            return _trust(conn, keyring, copies, {one.epoch for one in before.epochs} - {epoch})

    return tree.publish(changed, now)


def make_copy(
    store: Store,
    keyring: Keyring,
    tree: TufTree,
    epoch: int,
    now: datetime,
    say: Callable[[int, int], None] = lambda written, of: None,
) -> FullCopy:
    """Write a full copy of this epoch, name it in feed-trust.json and return it.

    ``say`` is told how many rows are written, and of how many.

    Raises:
        NotOpenError: the epoch is not open.
    """
    with tree.copying() as file:
        with store.read() as conn:
            copy = _write(conn, keyring, epoch, now, file, say)
        target = NewTarget(path=copy.target, file=file, length=file.stat().st_size, sha256=sha256_of(file))

        def changed(before: FeedTrust) -> FeedTrust:
            with store.read() as conn:
                copies = {**_copies(before), epoch: copy}
                return _trust(conn, keyring, copies, {one.epoch for one in before.epochs})

        tree.publish(changed, now, [target])
    log.info("list.copied", epoch=epoch, seq=copy.seq)
    return copy


def copy_if_due(store: Store, keyring: Keyring, tree: TufTree, now: datetime) -> None:
    """Make each epoch's daily copy, where the list has changed since the last one, and prune its feed."""
    copies = _copies(tree.feed_trust())
    for epoch in [one.epoch for one in tree.feed_trust().epochs]:
        with store.read() as conn:
            at = standing(conn, epoch)
        last = copies.get(epoch)
        if at is None or at.seq == (last.seq if last is not None else 0):
            continue
        if last is None or now - tree.copied_at(last) >= COPY_EVERY:
            make_copy(store, keyring, tree, epoch, now)
            _prune_feed(store, tree, epoch)


def _write(
    conn: Connection, keyring: Keyring, epoch: int, now: datetime, file: Path, say: Callable[[int, int], None]
) -> FullCopy:
    at = standing(conn, epoch)
    if at is None:
        raise NotOpenError
    listed = (
        sealed_rows.join(entries, entries.c.id == sealed_rows.c.entry),
        (sealed_rows.c.epoch == epoch) & (entries.c.state == EntryState.LISTED),
    )
    count = conn.execute(select(func.count()).select_from(listed[0]).where(listed[1])).scalar_one()
    columns = select(sealed_rows.c.entry, sealed_rows.c.idx, sealed_rows.c.ct).select_from(listed[0]).where(listed[1])
    header = CopyHeader(
        site=keyring.site, group=keyring.group, epoch=epoch, seq=at.seq, head=at.head, at=now, rows=count
    )
    rows = conn.execution_options(yield_per=_ROWS_AT_ONCE).execute(
        columns.order_by(sealed_rows.c.entry, sealed_rows.c.idx)
    )
    with file.open("wb") as out:
        sealed = ((EntryId(row.entry), SealedRow(row.idx, row.ct)) for row in rows)
        write_copy(out, header, sealed, lambda written: say(written, count))
        out.flush()
        os.fsync(out.fileno())
    return FullCopy(target=copy_target(epoch, at.seq), seq=at.seq, head=at.head)


def _trust(conn: Connection, keyring: Keyring, copies: dict[int, FullCopy], named: set[int]) -> FeedTrust:
    return FeedTrust(
        site=keyring.site,
        group=keyring.group,
        keys=tuple(key.public for key in keyring.feed_keys.trusted()),
        epochs=tuple(
            EpochTrust(
                epoch=one.epoch,
                pepper=seal_pepper(
                    keyring.pepper(one.epoch), keyring.group_key, site=keyring.site, group=keyring.group
                ),
                full_copy=copies.get(one.epoch),
            )
            for one in standings(conn)
            if one.epoch in named or one.epoch in copies
        ),
    )


def _copies(trust: FeedTrust) -> dict[int, FullCopy]:
    return {one.epoch: one.full_copy for one in trust.epochs if one.full_copy is not None}


def _prune_feed(store: Store, tree: TufTree, epoch: int) -> None:
    """Delete whole pieces that every kept copy has in it, once there are as many copies as are kept."""
    kept = tree.kept_copies(epoch)
    if len(kept) < KEPT_COPIES:
        return
    with store.write() as conn:
        at = standing(conn, epoch)
        if at is not None:
            upto = max(0, min(kept[0], at.seq - HEAD_CHANGES)) // PIECE * PIECE
            c = feed_changes.c
            conn.execute(delete(feed_changes).where(c.epoch == epoch, c.seq <= upto))
