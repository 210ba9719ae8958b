"""The station's side of the list, in a few lines: numbers, sealed entries, a chain, and signed batches of it."""

import os
from datetime import UTC, date, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.ids import EntryId, KioskId, LaneId
from kiosk.domain.numbers import DocumentNumber, check_character
from kiosk.ports import FeedPosition
from watchlist.feed import GENESIS, Change, chain, sign_batch
from watchlist.seal import SEALED_BYTES, Pepper, Record, SealedRow, seal
from watchlist.trust import Trust

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LAST_DAY = date(2027, 5, 1)
START = FeedPosition(1, 0, GENESIS)


def number(person: int) -> DocumentNumber:
    """A made-up number: region 000000 was never given out."""
    first_17 = f"00000019800101{person:03d}"
    return DocumentNumber(first_17 + check_character(first_17))


def entry(person: int) -> EntryId:
    return EntryId(str(UUID(int=person)))


def some_rows(count: int = 1) -> tuple[SealedRow, ...]:
    """Rows of the right shape that no number opens: sealing takes 70 ms, and the feed does not look inside."""
    return tuple(SealedRow(os.urandom(32), os.urandom(SEALED_BYTES)) for _ in range(count))


class ListAuthor:
    """One site's list."""

    def __init__(self, site: str = "west-gate") -> None:
        self.site = site
        self.key = Ed25519PrivateKey.generate()
        self.pepper = Pepper(1, os.urandom(32))
        self.changes: list[Change] = []
        self.heads = [GENESIS]

    def trust(self) -> Trust:
        return Trust(
            kiosk=KioskId("k1"),
            lane=LaneId("lane-1"),
            site=self.site,
            feed_key=self.key.public_key().public_bytes_raw(),
            pepper=self.pepper,
        )

    def add(self, person: int, *numbers: DocumentNumber, expires_on: date = LAST_DAY) -> None:
        """List a person under real numbers (``number(person)`` if none is given), sealed for real."""
        record = Record(entry(person), expires_on)
        self.add_rows(person, tuple(seal(one, record, self.pepper) for one in numbers or (number(person),)))

    def add_rows(self, person: int, rows: tuple[SealedRow, ...]) -> None:
        self._append(Change(seq=self.seq + 1, op="add", entry=entry(person), rows=rows))

    def withdraw(self, person: int) -> None:
        self._append(Change(seq=self.seq + 1, op="withdraw", entry=entry(person)))

    @property
    def seq(self) -> int:
        return len(self.changes)

    def batch(self, since: int = 0, *, up_to: int | None = None, at: datetime = NOON) -> bytes:
        seq = self.seq if up_to is None else up_to
        return self.sign(self.changes[since:seq], seq=seq, head=self.heads[seq], at=at)

    def sign(self, changes: list[Change], *, seq: int, head: str, epoch: int = 1, at: datetime = NOON) -> bytes:
        return sign_batch(changes, site=self.site, epoch=epoch, head=head, seq=seq, at=at, key=self.key)

    def _append(self, change: Change) -> None:
        self.changes.append(change)
        self.heads.append(chain(self.heads[-1], change))
