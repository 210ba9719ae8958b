"""The list's feed as signed bytes: what a kiosk missed, and from then on every change within milliseconds.

A batch is cut from the store each time, so every road (stream, pull, a file on a stick) carries the same changes and
none depends on another having worked. A bell wakes the streams after a commit.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from anyio.to_thread import run_sync
from sqlalchemy import select

from sync.station.bell import Bell
from sync.station.keyring import Keyring
from sync.station.store import Store, feed_changes
from sync.wire import SSE_PING_S
from watchlist.feed import GENESIS, Change, sign_batch

CHANGES_PER_BATCH: Final = 500
"""Half of what watchlist.feed allows: about 150 kB with one number each."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A signed batch, the sequence number that it leads to, and whether that is the newest."""

    signed: bytes
    seq: int
    complete: bool


class Publisher:
    """Signs batches of the feed and keeps streams current."""

    def __init__(self, store: Store, keyring: Keyring, bell: Bell, now: Callable[[], datetime]) -> None:
        self._store = store
        self._keyring = keyring
        self._bell = bell
        self._now = now

    def batch(self, since: int) -> Piece:
        """Return the signed batch that follows ``since``.

        A batch that reaches the newest change is signed with the present time; a piece of a longer run with the time
        of its last change, so that a half-loaded list never looks complete (watchlist.feed). A kiosk that is ahead
        of us gets a bare checkpoint of where we stand, and refuses it as rolled back.
        """
        # Before the store is looked at: the list stands there at this time or later, never earlier.
        now = self._now()
        changes = feed_changes.c
        with self._store.read() as conn:
            newest = conn.execute(select(feed_changes).order_by(changes.seq.desc()).limit(1)).one_or_none()
            piece = select(feed_changes).where(changes.seq > since).order_by(changes.seq).limit(CHANGES_PER_BATCH)
            rows = conn.execute(piece).all()
        last = rows[-1] if rows else newest
        seq, head, at = (last.seq, last.head, last.at) if last is not None else (0, GENESIS, now)
        complete = newest is None or seq == newest.seq
        signed = sign_batch(
            [msgspec.json.decode(row.change, type=Change) for row in rows],
            site=self._keyring.site,
            epoch=self._keyring.pepper.epoch,
            head=head,
            seq=seq,
            at=now if complete else at,
            key=self._keyring.feed_key,
        )
        return Piece(signed, seq, complete)

    async def stream(self, since: int) -> AsyncIterator[bytes]:
        """Yield what was missed at once, then each change as it is committed, and a checkpoint every ``SSE_PING_S``."""
        with self._bell.listening() as ear:
            while not self._bell.silenced:
                piece = await run_sync(self.batch, since)
                yield piece.signed
                since = piece.seq
                if piece.complete:
                    await ear.wait(SSE_PING_S)
