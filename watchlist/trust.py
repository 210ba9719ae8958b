"""What a kiosk was told at its enrolment: who it is, whose list it believes, what opens that list's peppers, and for
whom the face crop of an alarm is sealed.

One JSON file for its owner alone, and it never changes: which keys sign and which epochs are in force is what TUF says
(watchlist.updates), beginning from the root that stands here.

The group's key is locked with the device's (watchlist.device_key): the published list may be anybody's, so whoever
could read the group's key off a stolen disk would need no more than patience. A kiosk that loses its device key is
enrolled again.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from kiosk.domain.ids import KioskId, LaneId
from kiosk.private_file import write_private
from watchlist.device_errors import DeviceKeyError
from watchlist.device_key import LOCK_BYTES, DeviceKeys

TRUST_FILE: Final = "trust.json"


class TrustError(Exception):
    """The trust file is damaged: enrol the kiosk again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which kiosk this is."""

    kiosk: KioskId
    lane: LaneId


class Trust(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The kiosk's place; the TUF root from which trust begins; the kiosk group's key (32 bytes).

    ``evidence_key`` and ``request_key`` are sync.wire.Enrolled's; empty where an earlier version enrolled the kiosk.
    """

    kiosk: KioskId
    lane: LaneId
    site: str
    group: str
    root: bytes
    group_key: Annotated[bytes, Meta(min_length=32, max_length=32)]
    evidence_key: bytes = b""
    request_key: bytes = b""

    def __repr__(self) -> str:
        return "Trust(…)"


class _Kept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    kiosk: KioskId
    lane: LaneId
    site: str
    group: str
    root: bytes
    locked_key: Annotated[bytes, Meta(min_length=32 + LOCK_BYTES, max_length=32 + LOCK_BYTES)]
    evidence_key: bytes = b""
    request_key: bytes = b""


def save(trust: Trust, path: Path, keys: DeviceKeys) -> None:
    """Write the trust file, whole or not at all. Only this device will read the group's key in it."""
    locked = keys.lock(trust.group_key, _bound(trust.site, trust.group))
    kept = _Kept(
        kiosk=trust.kiosk,
        lane=trust.lane,
        site=trust.site,
        group=trust.group,
        root=trust.root,
        locked_key=locked,
        evidence_key=trust.evidence_key,
        request_key=trust.request_key,
    )
    write_private(path, msgspec.json.encode(kept))


def load(path: Path, keys: DeviceKeys) -> Trust:
    """Return the trust.

    Raises:
        FileNotFoundError: if the kiosk was never enrolled.
        TrustError: if the file is damaged, or was written with another device key.
    """
    kept = _read(path)
    try:
        group_key = keys.unlock(kept.locked_key, _bound(kept.site, kept.group))
    except DeviceKeyError:
        raise TrustError("the trust file is another device's, or its key was changed") from None
    return Trust(
        kiosk=kept.kiosk,
        lane=kept.lane,
        site=kept.site,
        group=kept.group,
        root=kept.root,
        group_key=group_key,
        evidence_key=kept.evidence_key,
        request_key=kept.request_key,
    )


def place(path: Path) -> Place:
    """Return which kiosk this is; needs no key. Raises FileNotFoundError or TrustError."""
    kept = _read(path)
    return Place(kept.kiosk, kept.lane)


def evidence_key(path: Path) -> bytes:
    """Return for whom a face crop is sealed, empty where none is kept; needs no key. Raises as ``place`` does."""
    return _read(path).evidence_key


def _read(path: Path) -> _Kept:
    data = path.read_bytes()
    try:
        return msgspec.json.decode(data, type=_Kept)
    except (msgspec.MsgspecError, ValueError):
        raise TrustError("the trust file is damaged") from None


def _bound(site: str, group: str) -> bytes:
    return msgspec.json.encode(("hongtu trust v1", site, group))
