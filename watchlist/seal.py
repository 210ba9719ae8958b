"""From a document number to a sealed row of the list, and back only for whoever presents that number.

How it works (facts/sync, "Watchlist at rest")
- A number is stretched once per person: ``S = Argon2id(number, salt = the epoch's pepper)``, about 60-90 ms of one
  core. A resident number has some 37 bits, so no hash can hide it for ever: the stretch makes a stolen feed costly
  to read back (years of one core, not hours), and a stolen kiosk disk is a matter of the device key
  (watchlist.device_key), not of this module.
- ``idx = HKDF(S, "idx")`` finds the row, ``HKDF(S, "record")`` opens it. Neither says anything about the other.
- A row is the same for every kiosk, so that the station seals and signs it once.
- The record is padded to a fixed size: all rows look alike.
- The associated data is ``idx``, which binds a ciphertext to its place. It is not the entry id, because a kiosk
  knows that only after opening; the entry id is inside the record, and beside the rows in the signed change
  (watchlist.feed), where a withdrawal needs it.

What it does not do: it keeps nothing, signs nothing and knows no time. An expired record opens like any other.
"""

import os
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from kiosk.domain.ids import EntryId
from kiosk.domain.numbers import DocumentNumber

ARGON2_PASSES: Final = 1
ARGON2_MEMORY_KIB: Final = 32 * 1024
"""32 MiB in one pass: about as long as the face comparison that runs beside it (docs/adr/0007)."""

RECORD_BYTES: Final = 128
"""Every record is padded to this size before it is sealed."""

INDEX_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
SEALED_BYTES: Final = _NONCE_BYTES + RECORD_BYTES + _TAG_BYTES


class SealError(Exception):
    """A row that this secret does not open: another number's, or damaged. Says nothing of either."""


@dataclass(frozen=True, slots=True)
class Pepper:
    """The Argon2id salt of one epoch of the list, 32 bytes. Every kiosk of the site holds it."""

    epoch: int
    salt: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.salt) != 32:
            raise ValueError("a pepper has 32 bytes")


@dataclass(frozen=True, slots=True)
class Secret:
    """A stretched number, 32 bytes: as good as the number itself, so it is never kept or printed."""

    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedRow:
    """One number of one entry, as it stands in the feed: where to find it, and what opens only with the number."""

    idx: Annotated[bytes, msgspec.Meta(min_length=INDEX_BYTES, max_length=INDEX_BYTES)]
    ct: Annotated[bytes, msgspec.Meta(min_length=SEALED_BYTES, max_length=SEALED_BYTES)]

    def __repr__(self) -> str:
        return "SealedRow(…)"


@dataclass(frozen=True, slots=True)
class Record:
    """What a kiosk learns of a listed number. ``expires_on`` is the last day on which the entry counts."""

    entry: EntryId
    expires_on: date


def stretch(number: DocumentNumber, pepper: Pepper) -> Secret:
    """Return the number's secret under this pepper. Holds one core for 60-90 ms, and releases the GIL meanwhile."""
    return Secret(
        hash_secret_raw(
            secret=number.value.encode("ascii"),
            salt=pepper.salt,
            time_cost=ARGON2_PASSES,
            memory_cost=ARGON2_MEMORY_KIB,
            parallelism=1,
            hash_len=32,
            type=Type.ID,
        )
    )


def index_of(secret: Secret) -> bytes:
    """Return the 32 bytes under which rows of this number stand in the feed."""
    return _derive(secret, b"hongtu watchlist v1 idx")


def seal(number: DocumentNumber, record: Record, pepper: Pepper) -> SealedRow:
    """Return the record sealed under the number (stretches it: 60-90 ms).

    Raises:
        ValueError: if the record does not fit into ``RECORD_BYTES``; an entry id is a UUID, which fits.
    """
    secret = stretch(number, pepper)
    idx = index_of(secret)
    plain = msgspec.json.encode(record).ljust(RECORD_BYTES)
    if len(plain) > RECORD_BYTES:
        raise ValueError("the record is longer than a sealed row holds")
    # A number may be sealed again under the same key (re-signed, or listed twice), so the nonce is random.
    nonce = os.urandom(_NONCE_BYTES)
    return SealedRow(idx=idx, ct=nonce + ChaCha20Poly1305(_record_key(secret)).encrypt(nonce, plain, idx))


def open_record(secret: Secret, row: SealedRow) -> Record:
    """Return what the row holds.

    Raises:
        SealError: if this secret does not open the row.
    """
    nonce, sealed = row.ct[:_NONCE_BYTES], row.ct[_NONCE_BYTES:]
    try:
        plain = ChaCha20Poly1305(_record_key(secret)).decrypt(nonce, sealed, row.idx)
        return msgspec.json.decode(plain, type=Record)
    except (InvalidTag, ValueError):
        raise SealError("the row does not open") from None


def _record_key(secret: Secret) -> bytes:
    return _derive(secret, b"hongtu watchlist v1 record")


def _derive(secret: Secret, purpose: bytes) -> bytes:
    # The secret is already uniform (Argon2id), so HKDF's extract step has nothing to do (RFC 5869, 3.3).
    return HKDFExpand(algorithm=SHA256(), length=32, info=purpose).derive(secret.value)
