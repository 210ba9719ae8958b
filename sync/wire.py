"""The messages between a kiosk's agent and the station: the whole schema, with its limits.

JSON over HTTPS (HTTP/1.1, mutual TLS). Every message has a size limit, unknown fields are refused, and times are
RFC 3339 in UTC. Nothing here has a field for a name, a number, a picture or an embedding.

| call | request | answer |
|---|---|---|
| POST /v1/enrol | EnrolRequest (no client certificate yet) | Enrolled |
| POST /v1/renew | RenewRequest | Renewed |
| POST /v1/messages | Upload | Uploaded, only after the station's commit |
| POST /v1/heartbeat | Heartbeat | HeartbeatSeen |
| POST /v1/evidence | Released | 204, only after the station's commit |
| GET /v1/list/PATH | - | a file of watchlist.published: the same bytes as on every other road |
| GET /v1/list/events | - | SSE: each ``data:`` line is a signed batch, first each epoch's head, then every change |
| GET /v1/list/wait?epoch=E&seq=N | - | the head of an epoch, as soon as it stands after N, or after LONG_POLL_S |
"""

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Struct

MAX_REQUEST_BYTES = 256 * 1024
MAX_MESSAGES = 200
SSE_PING_S = 10.0
"""The station sends a signed checkpoint at least this often, so a silent stream is a dead one."""
HEARTBEAT_S = 10.0
LONG_POLL_S = 25.0
STAGE = "stage/"
"""With which the key of a count begins that is one of a stage's times, and of no visit's ending."""
STAGE_CLASSES_S = (0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0)
"""Classes of a stage's time, by their upper end: as coarse as a plan of lanes and staff needs, never a visit's own."""

ShortText: TypeAlias = Annotated[str, Meta(max_length=200)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=10**9)]
AlarmRef: TypeAlias = Annotated[str, Meta(min_length=36, max_length=36)]


class AlarmBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="alarm"):
    """An alarm's facts. What was not measured is null and shown as "n/a"; ``face_reason`` then says why."""

    kind: ShortText
    visit: ShortText
    entry: ShortText | None
    similarity: Annotated[float, Meta(ge=-1.0, le=1.0)] | None
    band: ShortText | None
    accept_threshold: float | None
    pack: ShortText | None
    pack_digest: ShortText | None
    face_reason: ShortText | None
    liveness: ShortText
    list_age_s: Annotated[float, Meta(ge=0.0)] | None
    document_expired: bool | None


class CountsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="counts"):
    """Visits of one hour since the last such message: "admit" or "refer/<reason>" or "alarm" to a number.

    "by-hand/<reason>" is how often staff opened the gate themselves: no visit, but how some of the referred ones ended.
    Beside them how many took how long: "stage/<stage>/<class>" (``class_of_time``). Nowhere is kept together what
    belongs to one visit.
    """

    hour: datetime
    counts: Annotated[dict[ShortText, Count], Meta(max_length=100)]


class ErasedBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="erased"):
    """The face crop of an alarm is gone from the kiosk: dismissed, past its time, or for want of room."""

    alarm: AlarmRef
    why: ShortText


Body: TypeAlias = AlarmBody | CountsBody | ErasedBody


class Message(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the outbox. ``id`` is the idempotency key, ``seq`` grows by one per kiosk.

    ``created_at`` is the kiosk's wall clock. ``boot`` and ``created_s`` say the same on its clock that only grows
    (CLOCK_BOOTTIME of that boot), so that the station can tell how old a message is whatever the wall clock says.
    """

    id: Annotated[str, Meta(min_length=36, max_length=36)]
    seq: Annotated[int, Meta(ge=1)]
    created_at: datetime
    body: Body
    boot: ShortText = ""
    created_s: float | None = None


class Upload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages in the order of their ``seq``; ``boot`` and ``sent_s`` are the kiosk's growing clock as it sends."""

    messages: Annotated[tuple[Message, ...], Meta(min_length=1, max_length=MAX_MESSAGES)]
    boot: ShortText = ""
    sent_s: float | None = None
    after_seq: Annotated[int, Meta(ge=0)] = 0
    """The highest seq before these that the station has acknowledged: standing lower, it has lost what it had."""


class Refused(Struct, frozen=True, kw_only=True):
    """A message that the station will never take: set it aside, report it, go on."""

    id: str
    why: str


class Uploaded(Struct, frozen=True, kw_only=True):
    """``taken`` are committed (now or before); ``refused`` never will be."""

    taken: tuple[str, ...]
    refused: tuple[Refused, ...] = ()
    lost_after: int | None = None
    """Nothing was taken: the station has lost what it had acknowledged after this seq, and wants that first."""


class Heartbeat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a kiosk is, every 10 s."""

    at: datetime
    list_epoch: int
    """The oldest epoch that the kiosk holds, and how far it has come; the station knows a disk rolled back by it."""
    list_seq: int
    list_head: Annotated[str, Meta(max_length=64)]
    list_age_s: float | None
    next_epoch: int | None
    """A second epoch that the kiosk holds whole, while they change."""
    list_refused: ShortText | None
    """Why the last update was refused, while nothing better came."""
    look_ups: Count
    """How many numbers this machine has looked up since it was enrolled: a gate's, or an oracle's."""
    device_key: ShortText
    """Where the key is that ties the list to this machine: "tpm", or "file", which is weaker."""
    outbox_depth: Count
    oldest_undelivered_s: float | None
    faults: Annotated[tuple[ShortText, ...], Meta(max_length=50)]
    software: ShortText
    boot: ShortText = ""
    """Random for each start of the machine."""
    set_aside: Count = 0
    """Messages that the station refused for good, and that lie in the outbox for a person to look at."""
    disk_free: Annotated[int, Meta(ge=0)] | None = None
    """Bytes, on the disk of the outbox."""
    certificate_until: datetime | None = None
    clock_ahead_s: float | None = None
    """The kiosk's wall clock minus the station's, by the last answer."""
    ntp: ShortText = "n/a"
    """"synchronised" or "not-synchronised", as the kernel has it; "n/a" where it cannot be asked."""
    reader: ShortText = "n/a"
    """"well", or the gravest fault of this part; "n/a" while the app is silent. The same of camera and gate."""
    camera: ShortText = "n/a"
    gate: ShortText = "n/a"
    pack: ShortText | None = None
    """The face model pack in use and its SHA-256 (hex)."""
    pack_digest: ShortText | None = None
    evidence_held: Count = 0
    """Face crops of alarms that lie sealed on this kiosk."""


class SignedRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An EvidenceRequest's exact JSON bytes and their Ed25519 signature by the station's request key."""

    request: Annotated[bytes, Meta(max_length=4096)]
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]


class HeartbeatSeen(Struct, frozen=True, kw_only=True):
    """What the station has to say every 10 s."""

    now: Annotated[datetime, Meta(tz=True)]
    """The station's clock, for the kiosk to compare its own with."""
    upto_seq: int | None = None
    """The highest ``Message.seq`` of this kiosk that the station has committed. Lower than what it acknowledged before:
    it was restored from a backup, and wants what came since once more."""
    maintenance_until: datetime | None = None
    """The end of the maintenance window that this kiosk is in."""
    evidence_wanted: tuple[SignedRequest, ...] = ()
    evidence_ended: tuple[str, ...] = ()
    """Alarms whose face crop must be erased: dismissed."""


class EvidenceRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which alarm's face crop is wanted, by whom, why, and until when this may be honoured."""

    id: ShortText
    alarm: AlarmRef
    kiosk: ShortText
    officer: ShortText
    reason: ShortText
    until: datetime


class Released(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to the request with this id: a face crop sealed for the evidence key, or why there is none."""

    request: ShortText
    alarm: AlarmRef
    sealed: Annotated[bytes, Meta(max_length=160 * 1024)] = b""
    refused: Annotated[str, Meta(max_length=40)] | None = None


class RenewRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate request for a new key, over a connection that the present one has proved."""

    csr_pem: Annotated[str, Meta(max_length=8192)]


class Renewed(Struct, frozen=True, kw_only=True):
    """The next certificate. The present one ends when this one is first used."""

    certificate_pem: str


class EnrolRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A one-time token and a certificate request whose key never leaves the kiosk."""

    token: ShortText
    csr_pem: Annotated[str, Meta(max_length=8192)]


class Enrolled(Struct, frozen=True, kw_only=True):
    """What a kiosk is from now on: its certificate, and what it needs to verify and open the list."""

    kiosk: str
    lane: str
    site: str
    certificate_pem: str
    ca_pem: str
    group: str
    """The kiosk group whose list this is."""
    root: bytes
    """The TUF root from which the kiosk's trust begins."""
    group_key: bytes
    """32 bytes: opens the peppers of this group's epochs."""
    evidence_key: bytes = b""
    """X25519, 32 bytes: what the face crop of an alarm is sealed for. Empty: none is kept."""
    request_key: bytes = b""
    """Ed25519, 32 bytes: signs the requests for such a crop."""

    def __repr__(self) -> str:
        return "Enrolled(…)"


def class_of_time(stage: str, seconds: float) -> str:
    """Return the key under which a stage that took so long is counted: "stage/read/2" is over 1 s, and 2 s at most."""
    most = next((most for most in STAGE_CLASSES_S if seconds <= most), None)
    return f"{STAGE}{stage}/{'more' if most is None else f'{most:g}'}"


def encode(message: Struct) -> bytes:
    """Return the message as JSON bytes."""
    return msgspec.json.encode(message)
