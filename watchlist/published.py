"""What the station publishes, under the same paths on every road: its own server, a web server's files, a stick.

| path | what |
|---|---|
| metadata/N.root.json, timestamp.json, N.snapshot.json, N.targets.json | TUF: whose word counts, and what is newest |
| targets/HASH.feed-trust.json | TUF target, ``FeedTrust``: the keys that may sign the feed, the epochs in force |
| targets/snapshots/HASH.EPOCH-SEQ.list | TUF target: a full copy of the list (watchlist.snapshot) |
| feed/EPOCH/head.json | the newest few changes and the newest checkpoint, one signed batch (watchlist.feed) |
| feed/EPOCH/FIRST.json | the piece from change FIRST on, which is 1, 1 + PIECE, 1 + 2 x PIECE … |

Rules
- A piece holds ``PIECE`` changes; the newest may hold fewer, and a later epoch's first one, of which the epoch before
  has the rest. A piece that has its last change never changes: any cache may keep it.
- Everything may be public but the peppers: they are sealed for the kiosk group, with a key that a kiosk is given at its
  enrolment. A pepper is no wall, but it need not lie on a web server either.
- An epoch begins with a full copy, the first of a site with an empty list. While two epochs are named, both are kept
  current and both answer; a kiosk lets the older one go when it is no longer named and the newer one has come as far.
"""

import os
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from msgspec import Meta, Struct

from watchlist.feed import Head, Seq
from watchlist.seal import Pepper

FEED_TRUST: Final = "feed-trust.json"
"""The TUF target with the ``FeedTrust``."""

PIECE: Final = 500
HEAD_CHANGES: Final = 20
"""So many of the newest changes are in ``head.json``: who missed a few does not need a whole piece."""

MAX_EPOCHS: Final = 2
_NONCE_BYTES: Final = 12
_SEALED_PEPPER_BYTES: Final = _NONCE_BYTES + 32 + 16


class PepperError(Exception):
    """A pepper that the group's key does not open."""


class FullCopy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a full copy of the list stands: after ``seq`` changes of its epoch's feed, whose chain is at ``head``."""

    target: Annotated[str, Meta(pattern=r"\Asnapshots/[0-9]{1,9}-[0-9]{1,16}\.list\Z")]
    seq: Seq
    head: Head


class EpochTrust(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pepper epoch. ``pepper`` is sealed for the group; ``full_copy`` is the newest, None while there is none."""

    epoch: Seq
    pepper: Annotated[bytes, Meta(min_length=_SEALED_PEPPER_BYTES, max_length=_SEALED_PEPPER_BYTES)]
    full_copy: FullCopy | None = None


class FeedTrust(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the TUF targets role says: any of ``keys`` may sign the feed; ``epochs`` are in force, oldest first."""

    site: Annotated[str, Meta(max_length=200)]
    group: Annotated[str, Meta(max_length=200)]
    keys: Annotated[tuple[Annotated[bytes, Meta(min_length=32, max_length=32)], ...], Meta(min_length=1, max_length=8)]
    epochs: Annotated[tuple[EpochTrust, ...], Meta(min_length=1, max_length=MAX_EPOCHS)]


def encode_trust(trust: FeedTrust) -> bytes:
    """Return the target's bytes."""
    return msgspec.json.encode(trust)


def decode_trust(data: bytes) -> FeedTrust:
    """Return what the target's bytes say. Raises ValueError for anything else, epochs out of order included."""
    trust = msgspec.json.decode(data, type=FeedTrust)
    numbers = [one.epoch for one in trust.epochs]
    if numbers != sorted(set(numbers)):
        raise ValueError("the epochs are out of order")
    return trust


def head_path(epoch: int) -> str:
    """Return where the newest changes of an epoch are."""
    return f"feed/{epoch}/head.json"


def piece_path(epoch: int, seq: int) -> str:
    """Return where the piece is that holds change ``seq`` (1 or more)."""
    return f"feed/{epoch}/{(seq - 1) // PIECE * PIECE + 1}.json"


def copy_target(epoch: int, seq: int) -> str:
    """Return the TUF target path of the full copy at ``seq``."""
    return f"snapshots/{epoch}-{seq}.list"


def seal_pepper(pepper: Pepper, group_key: bytes, *, site: str, group: str) -> bytes:
    """Return the pepper sealed under the group's key (32 bytes), bound to site, group and epoch."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(group_key).encrypt(nonce, pepper.salt, _place(site, group, pepper.epoch))


def open_pepper(trust: FeedTrust, epoch: EpochTrust, group_key: bytes) -> Pepper:
    """Return the epoch's pepper.

    Raises:
        PepperError: if it was sealed under another key, or for another site, group or epoch.
    """
    nonce, sealed = epoch.pepper[:_NONCE_BYTES], epoch.pepper[_NONCE_BYTES:]
    try:
        place = _place(trust.site, trust.group, epoch.epoch)
        return Pepper(epoch.epoch, ChaCha20Poly1305(group_key).decrypt(nonce, sealed, place))
    except InvalidTag:
        raise PepperError("the pepper was not sealed for this kiosk group") from None


def _place(site: str, group: str, epoch: int) -> bytes:
    return msgspec.json.encode(("hongtu pepper v1", site, group, epoch))
