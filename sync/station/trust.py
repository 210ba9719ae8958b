"""The station's TUF repository: says which feed keys and epochs count, and where the newest full copies are.

It lies in DATA/published (metadata/, targets/) exactly as every road carries it (watchlist.published). This is the only
module that makes TUF metadata; a kiosk's side of it is watchlist.updates.

Rules
- Root: 2 of 3 Ed25519 keys, which are not at the station. Targets, snapshot and timestamp: one online key each.
- A reader on any road sees a consistent state at every moment: targets are written first, then N.targets.json,
  N.snapshot.json and, last, timestamp.json, each whole or not at all. Cut short, the old state stands.
- Versions only grow; what is next is read from the files, under a lock, since a server and a command may both publish.
- An online key is found by the id that the root names, so a rotation that was cut short leaves no wrong key at work.
- What no reader needs is erased: metadata and feed-trust beyond the newest ``KEPT_VERSIONS``, full copies beyond
  the newest ``KEPT_COPIES`` of an epoch. What the present targets name is always kept, and so is every root.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # a computed __all__
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (  # type: ignore[attr-defined]  # a computed __all__
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from kiosk.file_lock import holding
from kiosk.private_file import write_private
from sync.station.key_errors import CeremonyError
from sync.station.keyring import ONLINE_ROLES, Keyring, load_private, write_new_key
from watchlist.published import FEED_TRUST, FeedTrust, FullCopy, decode_trust, encode_trust
from watchlist.snapshot import read_header

ROOT_THRESHOLD: Final = 2
LIFE: Final[Mapping[str, timedelta]] = {
    "root": timedelta(days=365),
    "targets": timedelta(days=30),
    "snapshot": timedelta(days=30),
    "timestamp": timedelta(days=3),
}
RENEW_BEFORE: Final[Mapping[str, timedelta]] = {
    "root": timedelta(days=60),
    "targets": timedelta(days=15),
    "snapshot": timedelta(days=15),
    "timestamp": timedelta(days=2),
}
"""How long before its end a file is signed anew; the root by people, who are warned so long before."""
KEPT_VERSIONS: Final = 10
KEPT_COPIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTarget:
    """A target that lies finished under a name of its own: ``file`` is moved into its place."""

    path: str
    file: Path
    length: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleState:
    """One role as it is published: version, end, the ids of its keys."""

    role: str
    version: int
    expires: datetime
    keys: tuple[str, ...]


class TufTree:
    """The repository of one station. Callable from any thread, and beside other processes."""

    def __init__(self, keyring: Keyring) -> None:
        self.folder = keyring.folder / "published"
        self._metadata = self.folder / "metadata"
        self._targets = self.folder / "targets"
        self._keyring = keyring
        self._keys = keyring.folder / "tuf-keys"

    def exists(self) -> bool:
        """Tell whether there is a root."""
        return bool(self._root_versions())

    def newest_root(self) -> bytes:
        """Return the newest root's bytes: where a new kiosk's trust begins."""
        return self._file(f"{self._root_versions()[-1]}.root.json").read_bytes()

    def feed_trust(self) -> FeedTrust:
        """Return the feed-trust.json that is published now."""
        targets = self._now()[0].signed.targets
        return decode_trust(self._target_file(targets[FEED_TRUST]).read_bytes())

    def copied_at(self, copy: FullCopy) -> datetime:
        """Return when this full copy was made, by the station's clock then."""
        with self._target_file(self._now()[0].signed.targets[copy.target]).open("rb") as file:
            return read_header(file).at

    def kept_copies(self, epoch: int) -> list[int]:
        """Return after which changes of this epoch the kept full copies stand, oldest first."""
        return sorted(seq for number, seq, _ in self._copies() if number == epoch)

    def begin(self, trust: FeedTrust, now: datetime) -> None:
        """Make the first root from the three root keys, and publish for the first time."""
        with self._turn():
            if self.exists():
                return
            root = Root(expires=_end("root", now), consistent_snapshot=True)
            signers = [CryptoSigner(load_private(file)) for file in self._keyring.root_keys_here()]
            for signer in signers:
                root.add_key(_public(signer), "root")
            root.roles["root"].threshold = ROOT_THRESHOLD
            for role in ONLINE_ROLES:
                root.add_key(_public(CryptoSigner(load_private(self._keys / f"{role}-1.key"))), role)
            self._sign_root(root, signers, now, previous=None)
            self._publish(trust, {}, (), now)

    def publish(
        self, change: Callable[[FeedTrust], FeedTrust], now: datetime, new_targets: Iterable[NewTarget] = ()
    ) -> FeedTrust:
        """Publish what ``change`` makes of the present feed-trust, with these new full copies; return it."""
        with self._turn():
            trust = change(self.feed_trust())
            self._publish(trust, self._now()[0].signed.targets, new_targets, now)
            self._prune()
            return trust

    def resign_if_due(self, now: datetime) -> tuple[str, ...]:
        """Sign anew what ends soon, or was signed by a key that counts no more; return the roles that were."""
        with self._turn():
            targets, snapshot, timestamp = self._now()
            published: dict[str, Metadata[Any]] = {"targets": targets, "snapshot": snapshot, "timestamp": timestamp}
            due = [role for role in ONLINE_ROLES if self._is_due(role, published[role], now)]
            if "targets" in due:
                self._write_targets(targets.signed.targets, now)
            elif "snapshot" in due:
                self._write_snapshot(now)
            elif "timestamp" in due:
                self._write_timestamp(now)
            self._prune()
            return tuple(due)

    def state(self) -> tuple[RoleState, ...]:
        """Return how each role is published, the root first."""
        root = self._root().signed
        signed = [root, *(file.signed for file in self._now())]
        return tuple(
            RoleState(role=role, version=one.version, expires=one.expires, keys=tuple(root.roles[role].keyids))
            for role, one in zip(("root", *ONLINE_ROLES), signed, strict=True)
        )

    def rotate_root(
        self,
        keys: Sequence[Ed25519PrivateKey],
        now: datetime,
        replace: Sequence[str] = (),
        new: Sequence[Ed25519PrivateKey] = (),
    ) -> int:
        """Publish a new root, valid for another year, in which ``new`` keys stand for those ``replace`` names.

        ``keys`` are root keys at hand. Returns the new root's version.

        Raises:
            CeremonyError: they do not reach the threshold of the old root, or with the new keys that of the new one;
                or a key to be replaced is none.
        """
        with self._turn():
            root = self._root().signed
            if len(replace) != len(new):
                raise CeremonyError("as many root keys must come as go")
            wanted = []
            for prefix in replace:
                found = [keyid for keyid in root.roles["root"].keyids if keyid.startswith(prefix)]
                if len(found) != 1:
                    raise CeremonyError(f"no one root key has an id that begins with {prefix}")
                wanted += found
            for keyid in wanted:
                root.revoke_key(keyid, "root")
            signers = [CryptoSigner(key) for key in (*keys, *new)]
            for signer in signers[len(keys) :]:
                root.add_key(_public(signer), "root")
            return self._next_root(root, signers, now)

    def rotate_online(self, keys: Sequence[Ed25519PrivateKey], now: datetime, roles: Sequence[str]) -> int:
        """Give the roles new online keys, in a new root that ``keys`` sign; return its version.

        Raises:
            CeremonyError: the keys do not reach the root's threshold.
        """
        with self._turn():
            root = self._root().signed
            for role in roles:
                file = self._keys / f"{role}-{root.version + 1}.key"
                for keyid in tuple(root.roles[role].keyids):
                    root.revoke_key(keyid, role)
                root.add_key(_public(CryptoSigner(write_new_key(file))), role)
            try:
                version = self._next_root(root, [CryptoSigner(key) for key in keys], now)
                self._write_targets(self._now()[0].signed.targets, now)
            finally:
                self._erase_old_keys()
            return version

    def _next_root(self, root: Root, signers: Sequence[CryptoSigner], now: datetime) -> int:
        previous = self._root().signed
        root.version = previous.version + 1
        root.expires = _end("root", now)
        self._sign_root(root, signers, now, previous=previous)
        return root.version

    def _sign_root(self, root: Root, signers: Sequence[CryptoSigner], now: datetime, previous: Root | None) -> None:
        file = Metadata(root)
        known = {*root.roles["root"].keyids, *(previous.roles["root"].keyids if previous is not None else ())}
        for signer in signers:
            if _public(signer).keyid not in known:
                raise CeremonyError("one of the keys is no root key of this list")
            file.sign(signer, append=True)
        result = root.get_root_verification_result(previous, file.signed_bytes, file.signatures)
        if not result:
            raise CeremonyError(f"a new root takes {ROOT_THRESHOLD} of the root keys, of the old root and of the new")
        self._write(f"{root.version}.root.json", file)

    def _publish(
        self, trust: FeedTrust, old: Mapping[str, TargetFile], new: Iterable[NewTarget], now: datetime
    ) -> None:
        data = encode_trust(trust)
        known = dict(old)
        known[FEED_TRUST] = TargetFile.from_data(FEED_TRUST, data, ["sha256"])
        place = self._target_file(known[FEED_TRUST])
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(place, data)
        for target in new:
            known[target.path] = TargetFile(target.length, {"sha256": target.sha256}, target.path)
            place = self._target_file(known[target.path])
            place.parent.mkdir(mode=0o700, exist_ok=True)
            target.file.replace(place)
        named = {FEED_TRUST, *(one.full_copy.target for one in trust.epochs if one.full_copy is not None)}
        self._write_targets({path: known[path] for path in sorted(named)}, now)

    def _write_targets(self, targets: Mapping[str, TargetFile], now: datetime) -> None:
        version = self._version("targets") + 1
        signed = Targets(version=version, expires=_end("targets", now), targets=dict(targets))
        self._write_snapshot(now, self._write(f"{version}.targets.json", self._signed(signed)), version)

    def _write_snapshot(self, now: datetime, targets: bytes | None = None, targets_version: int | None = None) -> None:
        targets_version = targets_version or self._version("targets")
        targets = targets or self._file(f"{targets_version}.targets.json").read_bytes()
        version = self._version("snapshot") + 1
        meta = {"targets.json": MetaFile.from_data(targets_version, targets, ["sha256"])}
        signed = Snapshot(version=version, expires=_end("snapshot", now), meta=meta)
        self._write_timestamp(now, self._write(f"{version}.snapshot.json", self._signed(signed)), version)

    def _write_timestamp(
        self, now: datetime, snapshot: bytes | None = None, snapshot_version: int | None = None
    ) -> None:
        snapshot_version = snapshot_version or self._version("snapshot")
        snapshot = snapshot or self._file(f"{snapshot_version}.snapshot.json").read_bytes()
        meta = MetaFile.from_data(snapshot_version, snapshot, ["sha256"])
        signed = Timestamp(version=self._version("timestamp") + 1, expires=_end("timestamp", now), snapshot_meta=meta)
        self._write("timestamp.json", self._signed(signed))

    def _signed(self, signed: Any) -> Metadata[Any]:
        file: Metadata[Any] = Metadata(signed)
        wanted = self._root().signed.roles[signed.type].keyids
        for candidate in sorted(self._keys.glob(f"{signed.type}-*.key")):
            signer = CryptoSigner(load_private(candidate))
            if _public(signer).keyid in wanted:
                file.sign(signer)
                return file
        raise CeremonyError(f"the key of the role {signed.type} is not at this station")

    def _is_due(self, role: str, file: Metadata[Any], now: datetime) -> bool:
        if file.signed.expires - now < RENEW_BEFORE[role]:
            return True
        try:
            self._root().signed.verify_delegate(role, file.signed_bytes, file.signatures)
        except (RepositoryError, ValueError):
            return True
        return False

    def _now(self) -> tuple[Metadata[Targets], Metadata[Snapshot], Metadata[Timestamp]]:
        """Return what timestamp.json leads to."""
        timestamp = Metadata[Timestamp].from_file(str(self._file("timestamp.json")))
        snapshot_file = self._file(f"{timestamp.signed.snapshot_meta.version}.snapshot.json")
        snapshot = Metadata[Snapshot].from_file(str(snapshot_file))
        targets_file = self._file(f"{snapshot.signed.meta['targets.json'].version}.targets.json")
        return Metadata[Targets].from_file(str(targets_file)), snapshot, timestamp

    def _version(self, role: str) -> int:
        if not self._file("timestamp.json").exists():
            return 0
        return next(file.signed.version for file in self._now() if file.signed.type == role)

    def _root(self) -> Metadata[Root]:
        return Metadata[Root].from_bytes(self.newest_root())

    def _root_versions(self) -> list[int]:
        return sorted(int(file.name.split(".")[0]) for file in self._metadata.glob("*.root.json"))

    def _file(self, name: str) -> Path:
        return self._metadata / name

    def _target_file(self, target: TargetFile) -> Path:
        folder, _, name = target.path.rpartition("/")
        return self._targets / folder / f"{target.hashes['sha256']}.{name}"

    def _write(self, name: str, file: Metadata[Any]) -> bytes:
        self._metadata.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = file.to_bytes()
        write_private(self._file(name), data)
        return data

    def _prune(self) -> None:
        for role in ("targets", "snapshot"):
            newest = self._version(role)
            for old in self._metadata.glob(f"*.{role}.json"):
                if int(old.name.split(".")[0]) <= newest - KEPT_VERSIONS:
                    old.unlink()
        kept = set()
        for file in self._metadata.glob("*.targets.json"):
            targets = Metadata[Targets].from_file(str(file)).signed.targets
            kept.add(self._target_file(targets[FEED_TRUST]))
        for file in self._targets.glob(f"*.{FEED_TRUST}"):
            if file not in kept:
                file.unlink()
        self._prune_copies({self._target_file(target) for target in self._now()[0].signed.targets.values()})

    def _prune_copies(self, named: set[Path]) -> None:
        in_force = {one.epoch for one in self.feed_trust().epochs}
        copies = sorted(self._copies(), reverse=True)
        for epoch in {epoch for epoch, _, _ in copies}:
            own = [file for number, _, file in copies if number == epoch]
            for file in own[KEPT_COPIES if epoch in in_force else 0 :]:
                if file not in named:
                    file.unlink()

    def _copies(self) -> list[tuple[int, int, Path]]:
        """Return epoch, seq and file of every full copy."""
        found = []
        for file in self._targets.glob("snapshots/[!.]*.list"):
            epoch, seq = file.name.split(".")[1].split("-")
            found.append((int(epoch), int(seq), file))
        return found

    def _erase_old_keys(self) -> None:
        wanted = {keyid for role in ONLINE_ROLES for keyid in self._root().signed.roles[role].keyids}
        for file in self._keys.glob("*.key"):
            if _public(CryptoSigner(load_private(file))).keyid not in wanted:
                file.unlink()

    @contextmanager
    def copying(self) -> Iterator[Path]:
        """Give the file into which a full copy may be written: one at a time, and nothing is left of it."""
        file = self._targets / "snapshots" / ".new"
        with holding(self._keyring.folder / "copies.lock"):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                yield file
            finally:
                file.unlink(missing_ok=True)

    def _turn(self) -> AbstractContextManager[None]:
        return holding(self._keyring.folder / "published.lock")


def key_id(key: Ed25519PrivateKey) -> str:
    """Return the id by which TUF names this key."""
    return _public(CryptoSigner(key)).keyid


def sha256_of(file: Path) -> str:
    """Return a file's SHA-256 in hex, a piece at a time."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _public(signer: CryptoSigner) -> SSlibKey:
    key = signer.public_key
    assert isinstance(key, SSlibKey)
    return key


def _end(role: str, now: datetime) -> datetime:
    return (now + LIFE[role]).replace(microsecond=0)
