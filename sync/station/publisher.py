"""The published tree, file by file: what TUF has made, and the feed of each epoch cut into signed batches.

Every road asks here (the server, ``watchlist publish``, ``watchlist export``), so all carry the same.

When a checkpoint was true (watchlist.feed)
- A batch that reaches the newest change is signed with the present time, taken before the store is looked at.
- A whole piece is signed with the time of its last change less a microsecond. It may end in mid-transaction, and
  then the list never stood there; so told, it is never newer than true, and its bytes never change again.
- What cannot be told of in time, since the clock went back, is signed with the present at most: no kiosk takes a
  checkpoint from the future.

A whole piece is kept in memory once it is signed, until another feed key signs; a batch that says "now" is kept for
``FRESH_S``.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from kiosk.ports import FeedPosition
from sync.station.feeds import standing, standings
from sync.station.keyring import Keyring
from sync.station.store import Store
from sync.station.tables import feed_changes
from sync.station.trust import TufTree
from watchlist.feed import Change, Checkpoint, sign_batch
from watchlist.published import HEAD_CHANGES, PIECE, head_path, piece_path

FRESH_S: Final = 1.0
"""A thousand kiosks that poll in the same second are given one signature."""
KEPT_PIECES: Final = 64
"""Whole pieces in memory, some 200 kB each."""

_TUF_FILE: Final = re.compile(
    r"metadata/([1-9][0-9]*\.(root|targets|snapshot)|timestamp)\.json"
    r"|targets/[0-9a-f]{64}\.feed-trust\.json|targets/snapshots/[0-9a-f]{64}\.[0-9]+-[0-9]+\.list",
    re.ASCII,
)
_FEED_FILE: Final = re.compile(r"feed/([1-9][0-9]{0,8})/(head|[1-9][0-9]{0,15})\.json", re.ASCII)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A signed batch and the sequence number that it leads to."""

    signed: bytes
    seq: int


class Publisher:
    """The files of the tree. Callable from any thread."""

    def __init__(self, store: Store, keyring: Keyring, tree: TufTree, now: Callable[[], datetime]) -> None:
        self._store = store
        self._keyring = keyring
        self._tree = tree
        self._now = now
        self._whole: OrderedDict[tuple[int, int, str], bytes] = OrderedDict()
        self._fresh: dict[tuple[int, str], tuple[tuple[int, str], datetime, bytes]] = {}
        self._turn = Lock()

    def file(self, path: str) -> bytes | Path | None:
        """Return the file at a path of watchlist.published: its bytes, or where it lies; None where there is none."""
        if _TUF_FILE.fullmatch(path):
            place = self._tree.folder / path
            return place if place.is_file() else None
        named = _FEED_FILE.fullmatch(path)
        if named is None:
            return None
        epoch, name = int(named[1]), named[2]
        return self.head(epoch) if name == "head" else self.piece(epoch, int(name))

    def paths(self) -> list[str]:
        """Return the path of every file of the feeds: pieces first, then heads."""
        with self._store.read() as conn:
            found = standings(conn)
            first = {one.epoch: _oldest_piece(conn, one.epoch) or one.seq + 1 for one in found}
        pieces = [piece_path(one.epoch, seq) for one in found for seq in range(first[one.epoch], one.seq + 1, PIECE)]
        return pieces + [head_path(one.epoch) for one in found]

    def head(self, epoch: int) -> bytes | None:
        """Return ``feed/EPOCH/head.json``; None where the epoch is not open."""
        now = self._now()
        with self._store.read() as conn:
            at = standing(conn, epoch)
            if at is None:
                return None
            return self._present(conn, at, max(0, at.seq - HEAD_CHANGES), "head", now)

    def piece(self, epoch: int, first: int) -> bytes | None:
        """Return the piece that begins with change ``first``; None where there is no such piece (any more)."""
        if first % PIECE != 1:
            return None
        key, private = self._keyring.feed_keys.signer(self._now())
        with self._turn:
            kept = self._whole.get((epoch, first, key.id))
            if kept is not None:
                self._whole.move_to_end((epoch, first, key.id))
                return kept
        now, last = self._now(), first + PIECE - 1
        with self._store.read() as conn:
            at, oldest = standing(conn, epoch), _oldest_piece(conn, epoch)
            if at is None or oldest is None or not oldest <= first <= at.seq:
                return None
            if at.seq < last:
                return self._present(conn, at, first - 1, str(first), now)
            rows = _changes(conn, epoch, first - 1, last)
        stood = min(rows[-1].at - _MICROSECOND, now)
        signed = self._sign(rows, FeedPosition(epoch, last, rows[-1].head), stood, private)
        with self._turn:
            self._whole[epoch, first, key.id] = signed
            if len(self._whole) > KEPT_PIECES:
                self._whole.popitem(last=False)
        return signed

    def news(self, epoch: int, since: int | None) -> SignedBatch | None:
        """Return what a stream is told whose readers stand at ``since``: the changes from there to the newest one.

        Where that is more than a piece, and for ``since=None``, it is what is in ``head.json``: its readers see that
        they miss something, and fetch it. None where the epoch is not open.
        """
        now = self._now()
        _, private = self._keyring.feed_keys.signer(now)
        with self._store.read() as conn:
            at = standing(conn, epoch)
            if at is None:
                return None
            if since is None or not 0 <= at.seq - since <= PIECE:
                since = max(0, at.seq - HEAD_CHANGES)
            rows = _changes(conn, epoch, since, at.seq)
        return SignedBatch(self._sign(rows, at, now, private), at.seq)

    def open_epochs(self) -> list[int]:
        """Return the epochs that feed-trust.json names, oldest first."""
        return [one.epoch for one in self._tree.feed_trust().epochs]

    def _present(self, conn: Connection, at: FeedPosition, since: int, name: str, now: datetime) -> bytes:
        """Return the batch from ``since`` to the newest change, signed a moment ago at most."""
        key, private = self._keyring.feed_keys.signer(now)
        with self._turn:
            stamp, signed_at, signed = self._fresh.get((at.epoch, name), ((-1, ""), now, b""))
        if stamp == (at.seq, key.id) and timedelta(0) <= now - signed_at < timedelta(seconds=FRESH_S):
            return signed
        signed = self._sign(_changes(conn, at.epoch, since, at.seq), at, now, private)
        with self._turn:
            self._fresh = {k: v for k, v in self._fresh.items() if k[0] != at.epoch or k[1] in ("head", name)}
            self._fresh[at.epoch, name] = ((at.seq, key.id), now, signed)
        return signed

    def _sign(self, rows: Sequence[Any], at: FeedPosition, stood: datetime, key: Ed25519PrivateKey) -> bytes:
        checkpoint = Checkpoint(
            site=self._keyring.site, group=self._keyring.group, epoch=at.epoch, seq=at.seq, head=at.head, at=stood
        )
        return sign_batch([msgspec.json.decode(row.change, type=Change) for row in rows], checkpoint, key)


def _changes(conn: Connection, epoch: int, after: int, upto: int) -> Sequence[Any]:
    c = feed_changes.c
    run = select(c.seq, c.head, c.at, c.change).where(c.epoch == epoch, c.seq > after, c.seq <= upto)
    rows: Sequence[Any] = conn.execute(run.order_by(c.seq)).all()
    return rows


def _oldest_piece(conn: Connection, epoch: int) -> int | None:
    """Return with which change the oldest piece begins that is still kept; None where the feed has no change.

    An epoch's first piece may have no changes at its beginning: those are the epoch's before it.
    """
    c = feed_changes.c
    oldest = conn.execute(select(c.seq).where(c.epoch == epoch).order_by(c.seq).limit(1)).scalar()
    return None if oldest is None else (oldest - 1) // PIECE * PIECE + 1
