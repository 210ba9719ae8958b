"""A station that publishes for real: TUF metadata, full copies, pieces and heads, into a folder; and the road to it."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from list_author import LAST_DAY, NOON, ListAuthor, entry, some_rows
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from kiosk.domain.ids import KioskId, LaneId
from kiosk.domain.numbers import DocumentNumber
from kiosk.ports import NotPublishedError
from watchlist import published
from watchlist.published import (
    FEED_TRUST,
    EpochTrust,
    FeedTrust,
    FullCopy,
    copy_target,
    encode_trust,
    head_path,
    piece_path,
    seal_pepper,
)
from watchlist.snapshot import CopyHeader, write_copy
from watchlist.trust import Trust

FILLERS = 1000
"""Their persons' numbers lie above it."""
ONLINE = ("timestamp", "snapshot", "targets")
LIFE = {"root": timedelta(days=365), "timestamp": timedelta(days=3)}
LONG = timedelta(days=30)
_COMPACT = JSONSerializer(compact=True)


class FolderRoad:
    """Whatever lies in the folder, in small pieces."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fetched: list[str] = []

    @contextmanager
    def fetch(self, path: str) -> Iterator[Iterator[bytes]]:
        self.fetched.append(path)
        try:
            data = (self.folder / path).read_bytes()
        except FileNotFoundError:
            raise NotPublishedError from None
        yield (data[start : start + 10_000] for start in range(0, len(data), 10_000))


class Station:
    """One site's and group's list: its epochs, its feed key, its TUF keys, and what it has published."""

    def __init__(self, folder: Path, site: str = "west-gate", group: str = "gates", group_key: bytes = b"") -> None:
        self.folder = folder
        self.site, self.group = site, group
        self.group_key = group_key or os.urandom(32)
        self.feed_key = Ed25519PrivateKey.generate()
        self.trusted_keys: list[bytes] = [self.feed_key.public_key().public_bytes_raw()]
        self.epochs = [ListAuthor(site, group, epoch=1, key=self.feed_key)]
        self.named = [1]
        self.listed: dict[int, tuple[tuple[DocumentNumber, ...], date]] = {}
        self.fillers = 0
        self.copies: dict[int, FullCopy] = {}
        self.root_keys = [CryptoSigner.generate_ed25519() for _ in range(3)]
        self.online = {role: CryptoSigner.generate_ed25519() for role in ONLINE}
        self.targets: dict[str, bytes] = {}
        self.versions = dict.fromkeys(("root", *ONLINE), 0)
        self.first_root = self.publish_root()

    @property
    def author(self) -> ListAuthor:
        """The newest epoch's."""
        return self.epochs[-1]

    @property
    def in_force(self) -> list[ListAuthor]:
        return [author for author in self.epochs if author.epoch in self.named]

    def trust(self) -> Trust:
        """What a kiosk is given at its enrolment."""
        return Trust(
            kiosk=KioskId("k1"),
            lane=LaneId("lane-1"),
            site=self.site,
            group=self.group,
            root=self.first_root,
            group_key=self.group_key,
        )

    def road(self) -> FolderRoad:
        return FolderRoad(self.folder)

    # ---- what happens to the list: each change goes into the feed of every epoch that is in force

    def add(self, person: int, *numbers: DocumentNumber, expires_on: date = LAST_DAY, at: datetime = NOON) -> None:
        self.listed[person] = (numbers, expires_on)
        for author in self.in_force:
            author.add(person, *numbers, expires_on=expires_on, at=at)

    def add_fillers(self, count: int, at: datetime = NOON) -> None:
        """List so many whom nobody can look up, in one transaction."""
        for _ in range(count):
            self.fillers += 1
            for author in self.in_force:
                author.add_rows(FILLERS + self.fillers, some_rows(), at)

    def withdraw(self, person: int, at: datetime = NOON) -> None:
        self.listed.pop(person, None)
        for author in self.in_force:
            author.withdraw(person, at)

    def begin_epoch(self, at: datetime = NOON) -> ListAuthor:
        """Begin the next epoch with a full copy: everybody sealed anew."""
        before = self.author
        author = ListAuthor(self.site, self.group, epoch=before.epoch + 1, begins_after=before.seq, key=self.feed_key)
        for person, (numbers, expires_on) in self.listed.items():
            author.base[entry(person)] = author.sealed(person, *numbers, expires_on=expires_on)
        self.epochs.append(author)
        self.named = [self.named[-1], author.epoch]
        self.take_copy(author, at)
        return author

    def end_epoch(self) -> None:
        """Let the older of two epochs go."""
        self.named = self.named[-1:]

    def rotate_feed_key(self) -> None:
        """Sign with a new key from now on, and withdraw the old one."""
        self.feed_key = Ed25519PrivateKey.generate()
        self.trusted_keys = [self.feed_key.public_key().public_bytes_raw()]
        for author in self.epochs:
            author.key = self.feed_key

    # ---- what is published

    def publish(self, at: datetime = NOON) -> None:
        """Publish everything as of ``at``."""
        if at - self.root_signed_at > LIFE["root"] / 2:
            self.publish_root(at)
        for author in self.in_force:
            self.publish_feed(author, at)
        self.publish_trust(at)

    def publish_feed(self, author: ListAuthor, at: datetime = NOON) -> None:
        seq = author.seq
        self.write(head_path(author.epoch), author.batch(max(0, seq - published.HEAD_CHANGES), at=at))
        oldest = author.begins_after // published.PIECE * published.PIECE + 1
        for first in range(oldest, seq + 1, published.PIECE):
            last = min(first + published.PIECE - 1, seq)
            batch = author.batch(first - 1, up_to=last, at=author.stood_at(last, at))
            self.write(piece_path(author.epoch, first), batch)

    def take_copy(self, author: ListAuthor, at: datetime = NOON, *, after: int | None = None, **header: Any) -> None:
        """Make a full copy after so many changes; ``header`` says what it should not."""
        seq = author.seq if after is None else after
        rows = author.rows_at(seq)
        facts = {
            "site": self.site,
            "group": self.group,
            "epoch": author.epoch,
            "seq": seq,
            "head": author.heads[seq],
            "at": author.stood_at(seq, at),
            "rows": len(rows),
        }
        file = io.BytesIO()
        write_copy(file, CopyHeader(**(facts | header)), rows)
        target = copy_target(author.epoch, seq)
        self.targets[target] = file.getvalue()
        self.copies[author.epoch] = FullCopy(target=target, seq=seq, head=author.heads[seq])

    def feed_trust(self) -> FeedTrust:
        return FeedTrust(
            site=self.site,
            group=self.group,
            keys=tuple(self.trusted_keys),
            epochs=tuple(
                EpochTrust(
                    epoch=author.epoch,
                    pepper=seal_pepper(author.pepper, self.group_key, site=self.site, group=self.group),
                    full_copy=self.copies.get(author.epoch),
                )
                for author in self.in_force
            ),
        )

    def publish_trust(self, at: datetime = NOON, trust: FeedTrust | None = None) -> None:
        """Sign targets, snapshot and timestamp anew."""
        self.targets[FEED_TRUST] = encode_trust(trust or self.feed_trust())
        for role in ("targets", "snapshot", "timestamp"):
            self.versions[role] += 1
        infos = {}
        for path, data in self.targets.items():
            infos[path] = TargetFile.from_data(path, data, ["sha256"])
            folder, slash, name = path.rpartition("/")
            self.write(f"targets/{folder}{slash}{hashlib.sha256(data).hexdigest()}.{name}", data)
        targets = self.versions["targets"]
        self.sign(Targets(version=targets, expires=_expiry("targets", at), targets=infos), f"{targets}.targets")
        self.publish_snapshot(at)

    def publish_snapshot(self, at: datetime = NOON) -> None:
        version = self.versions["snapshot"]
        snapshot = Snapshot(
            version=version,
            expires=_expiry("snapshot", at),
            meta={"targets.json": MetaFile(self.versions["targets"])},
        )
        self.sign(snapshot, f"{version}.snapshot")
        self.publish_timestamp(at)

    def publish_timestamp(self, at: datetime = NOON) -> None:
        timestamp = Timestamp(
            version=self.versions["timestamp"],
            expires=_expiry("timestamp", at),
            snapshot_meta=MetaFile(self.versions["snapshot"]),
        )
        self.sign(timestamp, "timestamp")

    def publish_root(self, at: datetime = NOON, signers: list[CryptoSigner] | None = None) -> bytes:
        """Sign the next root with two of the three keys (or by these), and return it."""
        self.versions["root"] += 1
        self.root_signed_at = at
        root = Root(version=self.versions["root"], expires=_expiry("root", at), consistent_snapshot=True)
        for signer in self.root_keys:
            root.add_key(signer.public_key, "root")
        root.roles["root"].threshold = 2
        for role, signer in self.online.items():
            root.add_key(signer.public_key, role)
        return self.sign(root, f"{root.version}.root", self.root_keys[:2] if signers is None else signers)

    def sign(self, signed: Any, name: str, signers: list[CryptoSigner] | None = None) -> bytes:
        metadata: Metadata[Any] = Metadata(deepcopy(signed))
        metadata.signatures.clear()
        for signer in signers if signers is not None else [self.online[signed.type]]:
            metadata.sign(signer, append=True)
        data = metadata.to_bytes(_COMPACT)
        self.write(f"metadata/{name}.json", data)
        return data

    def write(self, path: str, data: bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _expiry(role: str, at: datetime) -> datetime:
    return at + LIFE.get(role, LONG)
