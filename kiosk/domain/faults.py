"""Faults of the machine: what is wrong, whether the lane can go on, who must act.

The tree, by who must act
- site staff: READER_LOST, READER_SERVICE_DOWN, READER_BUSY, READER_STALLED, READER_SEVERAL, CAMERA_LOST,
  CAMERA_STALLED, CARD_FORGOTTEN, APP_SILENT
- installer: READER_PROFILE, READER_SAM, READER_SAMID, PHOTO_DECODER, FACE_MODELS, CLOCK, CLOCK_UNSYNCED,
  DISK, GATE_LOST, DEVICE_KEY_FILE
- station: LIST_AGEING, LIST_TOO_OLD, LIST_MISSING, LIST_REFUSED, STATION_LINK, STATION_UNTRUSTED, SET_ASIDE,
  CERTIFICATE_ENDS_SOON, CERTIFICATE_EXPIRED, CERTIFICATE_REVOKED, CERTIFICATE_REJECTED

What a visitor can put right (a card pulled too soon) is not a fault but a state of the visit.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """A named fault. Its value is the code that the staff display, the log and the heartbeat show."""

    READER_LOST = "reader-lost"
    READER_SERVICE_DOWN = "reader-service-down"
    READER_BUSY = "reader-busy"
    READER_PROFILE = "reader-profile"
    READER_STALLED = "reader-stalled"
    """A command to the reader never came back. Stands until the reader has answered something again."""
    READER_SEVERAL = "reader-several"
    """Two readers fit the profile; the first in alphabetical order serves."""
    READER_SAM = "reader-sam"
    """The security module in the reader failed its self-test or is not authorised."""
    READER_SAMID = "reader-samid"
    """The security module is not the one that the profile pins."""
    PHOTO_DECODER = "photo-decoder"
    """The photo decoder crashed, hung or broke its contract. Stands until it has decoded a photo."""
    CAMERA_LOST = "camera-lost"
    CAMERA_STALLED = "camera-stalled"
    FACE_MODELS = "face-models"
    OUTBOX = "outbox-cannot-write"
    DISK = "disk-nearly-full"
    CLOCK = "clock-wrong"
    CLOCK_UNSYNCED = "clock-not-synchronised"
    """Nothing sets the clock (NTP): it is right so far as the station can tell, and will drift."""
    GATE_LOST = "gate-lost"
    CARD_FORGOTTEN = "card-forgotten"
    LIST_AGEING = "list-ageing"
    LIST_TOO_OLD = "list-too-old"
    LIST_MISSING = "list-missing"
    LIST_REFUSED = "list-refused"
    DEVICE_KEY_FILE = "device-key-in-file"
    """The key that ties the list to this machine is in a file, not in a TPM: a stolen disk can be read back in time."""
    STATION_LINK = "station-link-down"
    STATION_UNTRUSTED = "station-not-trusted"
    """Who answers at the station's address is not the station: its certificate is another CA's, or has ended."""
    SET_ASIDE = "message-set-aside"
    """The station refused a message for good; it lies in the outbox for a person to look at."""
    CERTIFICATE_ENDS_SOON = "certificate-ends-soon"
    """Its renewal has failed for days."""
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CERTIFICATE_REJECTED = "certificate-rejected"
    """The station does not know this kiosk's certificate, or the connection was refused for its sake."""
    APP_SILENT = "app-silent"
    """The kiosk app has left no word for the agent: told to the station by the agent alone."""

    def stops_the_lane(self) -> bool:
        """Tell whether no visitor can be served by this machine until the fault is gone."""
        return self in _STOPPING


PARTS: Final[Mapping[str, tuple[Fault, ...]]] = {
    "reader": (
        Fault.READER_SERVICE_DOWN,
        Fault.READER_LOST,
        Fault.READER_STALLED,
        Fault.READER_BUSY,
        Fault.READER_PROFILE,
        Fault.READER_SAM,
        Fault.READER_SAMID,
        Fault.PHOTO_DECODER,
        Fault.READER_SEVERAL,
    ),
    "camera": (Fault.CAMERA_LOST, Fault.CAMERA_STALLED),
    "gate": (Fault.GATE_LOST,),
}
"""The faults of each part that a person can point at, the gravest first."""


def how_is(part: str, faults: frozenset[Fault]) -> str:
    """Return the gravest of the part's faults, or "well"; "n/a" while the app, which alone knows, is silent."""
    if Fault.APP_SILENT in faults:
        return "n/a"
    return next((fault for fault in PARTS[part] if fault in faults), "well")


_STOPPING = frozenset(
    {
        Fault.READER_LOST,
        Fault.READER_SERVICE_DOWN,
        Fault.READER_BUSY,
        Fault.READER_PROFILE,
        Fault.READER_STALLED,
        Fault.READER_SAM,
        Fault.READER_SAMID,
        Fault.CAMERA_LOST,
        Fault.CAMERA_STALLED,
        Fault.FACE_MODELS,
        Fault.OUTBOX,
        Fault.GATE_LOST,
    }
)
