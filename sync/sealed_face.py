"""An alarm's face crop as it lies on the kiosk and travels: sealed, so that the station's evidence key alone opens it.

HPKE (RFC 9180, base mode: X25519, HKDF-SHA-256, ChaCha20-Poly1305): each seal has a sender's key of its own, which is
forgotten at once, so the kiosk that made it cannot open it either. What is inside names the alarm: a crop cannot be
passed off as another's.
"""

from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from msgspec import Meta, Struct

MAX_JPEG_BYTES: Final = 100 * 1000
KEPT: Final = timedelta(hours=72)
"""After an alarm, at either end (ADR 14)."""
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_PURPOSE: Final = b"hongtu evidence v1"


class NotThisFaceError(Exception):
    """What was sealed is not for this key, is damaged, or is another alarm's."""


class Face(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A face crop (JPEG), whose alarm's it is, when it was taken, and which model pack judged it."""

    alarm: str
    taken_at: datetime
    pack: str
    pack_digest: str
    jpeg: Annotated[bytes, Meta(max_length=MAX_JPEG_BYTES)]

    def __repr__(self) -> str:
        return "Face(…)"


def seal(face: Face, evidence_key: bytes) -> bytes:
    """Return the face sealed for the holder of the other half of ``evidence_key`` (32 bytes)."""
    return _SUITE.encrypt(msgspec.msgpack.encode(face), X25519PublicKey.from_public_bytes(evidence_key), _PURPOSE)


def open_sealed(sealed: bytes, alarm: str, key: X25519PrivateKey) -> Face:
    """Return what was sealed for this key as the face of this alarm. Raises NotThisFaceError."""
    try:
        face = msgspec.msgpack.decode(_SUITE.decrypt(sealed, key, _PURPOSE), type=Face)
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        raise NotThisFaceError from None
    if face.alarm != alarm:
        raise NotThisFaceError
    return face
