"""What a kiosk was told at its enrolment: who it is, whose list it believes, and the pepper that opens it.

One JSON file for its owner alone. TUF (rotating keys, pepper epochs, expiry) comes later behind the same values.
"""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, Struct

from kiosk.domain.ids import KioskId, LaneId
from kiosk.private_file import write_private
from watchlist.seal import Pepper

TRUST_FILE: Final = "trust.json"


class TrustError(Exception):
    """The trust file is damaged: enrol the kiosk again."""


class Trust(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The kiosk's place, the site's feed key (Ed25519 public, 32 bytes) and the pepper of the epoch."""

    kiosk: KioskId
    lane: LaneId
    site: str
    feed_key: Annotated[bytes, Meta(min_length=32, max_length=32)]
    pepper: Pepper

    def verifier(self) -> Ed25519PublicKey:
        """Return the key that the feed's signatures must fit."""
        return Ed25519PublicKey.from_public_bytes(self.feed_key)


def save(trust: Trust, path: Path) -> None:
    """Write the trust file, whole or not at all."""
    write_private(path, msgspec.json.encode(trust))


def load(path: Path) -> Trust:
    """Return the trust.

    Raises:
        FileNotFoundError: if the kiosk was never enrolled.
        TrustError: if the file is damaged.
    """
    data = path.read_bytes()
    try:
        return msgspec.json.decode(data, type=Trust)
    except (msgspec.MsgspecError, ValueError):
        raise TrustError("the trust file is damaged") from None
