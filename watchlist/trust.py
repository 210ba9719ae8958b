"""What a kiosk was told at its enrolment: who it is, whose list it believes, and what opens that list's peppers.

One JSON file for its owner alone, and it never changes: which keys sign and which epochs are in force is what TUF says
(watchlist.updates), beginning from the root that stands here.
"""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from kiosk.domain.ids import KioskId, LaneId
from kiosk.private_file import write_private

TRUST_FILE: Final = "trust.json"


class TrustError(Exception):
    """The trust file is damaged: enrol the kiosk again."""


class Trust(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The kiosk's place; the TUF root from which trust begins; the kiosk group's key (32 bytes)."""

    kiosk: KioskId
    lane: LaneId
    site: str
    group: str
    root: bytes
    group_key: Annotated[bytes, Meta(min_length=32, max_length=32)]

    def __repr__(self) -> str:
        return "Trust(…)"


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
