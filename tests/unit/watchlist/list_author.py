"""The station's side of the list, in a few lines: numbers, sealed entries, a chain, and signed batches of it."""

import os
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.ids import EntryId
from kiosk.domain.numbers import DocumentNumber, check_character
from kiosk.ports import FeedPosition
from watchlist.feed import GENESIS, Change, Checkpoint, chain, sign_batch
from watchlist.seal import SEALED_BYTES, Pepper, Record, SealedRow, seal

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
    """One epoch's list of one site and group, and the key that signs its feed."""

    def __init__(
        self,
        site: str = "west-gate",
        group: str = "gates",
        *,
        epoch: int = 1,
        begins_after: int = 0,
        key: Ed25519PrivateKey | None = None,
    ) -> None:
        self.site = site
        self.group = group
        self.key = key or Ed25519PrivateKey.generate()
        self.pepper = Pepper(epoch, os.urandom(32))
        self.begins_after = begins_after
        self.base: dict[EntryId, tuple[SealedRow, ...]] = {}
        """What the epoch began with."""
        self.changes: list[Change] = []
        self.times: list[datetime] = []
        self.heads = [GENESIS] * (begins_after + 1)

    @property
    def epoch(self) -> int:
        return self.pepper.epoch

    @property
    def seq(self) -> int:
        return self.begins_after + len(self.changes)

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def position(self, seq: int | None = None) -> FeedPosition:
        seq = self.seq if seq is None else seq
        return FeedPosition(self.epoch, seq, self.heads[seq])

    def sealed(self, person: int, *numbers: DocumentNumber, expires_on: date = LAST_DAY) -> tuple[SealedRow, ...]:
        record = Record(entry(person), expires_on)
        return tuple(seal(one, record, self.pepper) for one in numbers or (number(person),))

    def add(self, person: int, *numbers: DocumentNumber, expires_on: date = LAST_DAY, at: datetime = NOON) -> None:
        """List a person under real numbers (``number(person)`` if none is given), sealed for real."""
        self.add_rows(person, self.sealed(person, *numbers, expires_on=expires_on), at)

    def add_rows(self, person: int, rows: tuple[SealedRow, ...], at: datetime = NOON) -> None:
        self._append(Change(seq=self.seq + 1, op="add", entry=entry(person), rows=rows), at)

    def withdraw(self, person: int, at: datetime = NOON) -> None:
        self._append(Change(seq=self.seq + 1, op="withdraw", entry=entry(person)), at)

    def batch(self, since: int = 0, *, up_to: int | None = None, at: datetime = NOON) -> bytes:
        """The changes after ``since``, vouched for at ``at``; see ``stood_at`` for one that ends early."""
        seq = self.seq if up_to is None else up_to
        return self.sign(self._between(since, seq), seq=seq, head=self.heads[seq], at=at)

    def stood_at(self, seq: int, now: datetime) -> datetime:
        """The latest time at which the list is known to have stood there (watchlist.feed)."""
        if seq == self.seq:
            return now
        done = seq - self.begins_after
        same = done > 0 and self.times[done] == self.times[done - 1]
        return self.times[done] - timedelta(microseconds=1) if same or done == 0 else self.times[done - 1]

    def sign(
        self, changes: list[Change], *, seq: int, head: str, epoch: int | None = None, at: datetime = NOON
    ) -> bytes:
        checkpoint = Checkpoint(
            site=self.site, group=self.group, epoch=self.epoch if epoch is None else epoch, seq=seq, head=head, at=at
        )
        return sign_batch(changes, checkpoint, self.key)

    def rows_at(self, seq: int) -> list[tuple[EntryId, SealedRow]]:
        """What a full copy holds after ``seq`` changes."""
        listed = dict(self.base)
        for change in self._between(self.begins_after, seq):
            listed[change.entry] = change.rows
        return [(name, row) for name, rows in listed.items() for row in rows]

    def _between(self, since: int, seq: int) -> list[Change]:
        return self.changes[max(0, since - self.begins_after) : seq - self.begins_after]

    def _append(self, change: Change, at: datetime) -> None:
        self.changes.append(change)
        self.times.append(at)
        self.heads.append(chain(self.heads[-1], change))
