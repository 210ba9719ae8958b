"""The Ed25519 keys that may sign the list's feed: one signs, others are still trusted, or will sign in a moment.

``feed-keys/keys.json`` lists them, newest last; ``feed-keys/ID.key`` is a private key, gone once its key is revoked.

Rules
- A new key is trusted at once and signs only ``LEAD`` later: by then every kiosk that can be reached has read in
  feed-trust.json that it counts, so a rotation refuses nobody.
- A revoked key is trusted no more from the next publication on. Where it was the signer, another takes over at once.
- A running server and a command share the file: whoever signs looks whether it has changed.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.private_file import write_private
from sync.station.key_errors import FeedKeyError

LEAD: Final = timedelta(minutes=2)
"""Four of a kiosk's 30 s polls."""
MOST_TRUSTED: Final = 8
"""So many keys a FeedTrust can name (watchlist.published)."""


class FeedKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key's public half and its life. It signs from ``signs_from`` on, until a newer one does."""

    public: bytes
    made_at: datetime
    signs_from: datetime
    revoked_at: datetime | None = None

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits by which people name it."""
        return feed_key_id(self.public)


class FeedKeys:
    """The feed keys in a folder. Callable from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[int, int], tuple[FeedKey, ...]] | None = None
        self._private: dict[str, Ed25519PrivateKey] = {}

    def all(self) -> tuple[FeedKey, ...]:
        """Return every key that there ever was, the newest last."""
        file = self._folder / "keys.json"
        found = file.stat()
        stamp = found.st_ino, found.st_mtime_ns
        if self._seen is None or self._seen[0] != stamp:
            self._seen = stamp, msgspec.json.decode(file.read_bytes(), type=tuple[FeedKey, ...])
        return self._seen[1]

    def trusted(self) -> tuple[FeedKey, ...]:
        """Return the keys that feed-trust.json names."""
        return tuple(key for key in self.all() if key.revoked_at is None)

    def signer(self, now: datetime) -> tuple[FeedKey, Ed25519PrivateKey]:
        """Return the newest trusted key whose time has come; a clock that went back ends no signing."""
        trusted = self.trusted()
        key = next((key for key in reversed(trusted) if key.signs_from <= now), trusted[0])
        if key.id not in self._private:
            pem = (self._folder / f"{key.id}.key").read_bytes()
            private = serialization.load_pem_private_key(pem, password=None)
            if not isinstance(private, Ed25519PrivateKey):
                raise ValueError("a feed key of the wrong kind")
            self._private[key.id] = private
        return key, self._private[key.id]

    def add(self, private: Ed25519PrivateKey, *, now: datetime, signs_from: datetime) -> FeedKey:
        """Keep a new key.

        Raises:
            FeedKeyError: so many are trusted already that feed-trust.json could not name it.
        """
        known = self.all() if (self._folder / "keys.json").exists() else ()
        if sum(key.revoked_at is None for key in known) >= MOST_TRUSTED:
            raise FeedKeyError(f"{MOST_TRUSTED} feed keys are trusted already: revoke one first")
        key = FeedKey(public=private.public_key().public_bytes_raw(), made_at=now, signs_from=signs_from)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_private(self._folder / f"{key.id}.key", private_pem(private))
        self._write((*known, key))
        return key

    def rotate(self, now: datetime) -> FeedKey:
        """Make a key that is trusted from the next publication on and signs ``LEAD`` later. Raises FeedKeyError."""
        return self.add(Ed25519PrivateKey.generate(), now=now, signs_from=now + LEAD)

    def revoke(self, key_id: str, now: datetime) -> FeedKey:
        """Trust this key no more, erase it, and return which one signs now; a new one where none was left.

        Raises:
            FeedKeyError: no trusted key has this id.
        """
        if key_id not in {key.id for key in self.trusted()}:
            raise FeedKeyError(f"no trusted feed key is called {key_id}")
        revoked = [msgspec.structs.replace(key, revoked_at=now) if key.id == key_id else key for key in self.all()]
        others = [key for key in revoked if key.revoked_at is None]
        if others and all(key.signs_from > now for key in others):
            # The signer goes before its successor's time: that one must sign now.
            newest = others[-1]
            revoked[revoked.index(newest)] = msgspec.structs.replace(newest, signs_from=now)
        if not others:
            new = Ed25519PrivateKey.generate()
            replacement = FeedKey(public=new.public_key().public_bytes_raw(), made_at=now, signs_from=now)
            write_private(self._folder / f"{replacement.id}.key", private_pem(new))
            revoked.append(replacement)
        self._write(revoked)
        self._private.pop(key_id, None)
        (self._folder / f"{key_id}.key").unlink(missing_ok=True)
        return self.signer(now)[0]

    def _write(self, keys: Sequence[FeedKey]) -> None:
        write_private(self._folder / "keys.json", msgspec.json.encode(keys))
        self._seen = None


def feed_key_id(public: bytes) -> str:
    """Return the id of a public key: sixteen hexadecimal digits."""
    return hashlib.sha256(public).hexdigest()[:16]


def private_pem(key: Ed25519PrivateKey) -> bytes:
    """Return the key as PEM, without a password: its file is for its owner alone."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
