"""The messages between a kiosk's agent and the station: the whole schema, with its limits.

JSON over HTTPS (HTTP/1.1, mutual TLS). Every message has a size limit, unknown fields are refused, and times are
RFC 3339 in UTC. Nothing here has a field for a name, a number, a picture or an embedding.

| call | request | answer |
|---|---|---|
| POST /v1/enrol | EnrolRequest (no client certificate yet) | Enrolled |
| POST /v1/messages | Upload | Uploaded, only after the station's commit |
| POST /v1/heartbeat | Heartbeat | HeartbeatSeen |
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

ShortText: TypeAlias = Annotated[str, Meta(max_length=200)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=10**9)]


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
    """Visits of one hour since the last such message: "admit" or "refer/<reason>" or "alarm" to a number."""

    hour: datetime
    counts: Annotated[dict[ShortText, Count], Meta(max_length=100)]


class Message(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the outbox. ``id`` is the idempotency key, ``seq`` grows by one per kiosk."""

    id: Annotated[str, Meta(min_length=36, max_length=36)]
    seq: Annotated[int, Meta(ge=1)]
    created_at: datetime
    body: AlarmBody | CountsBody


class Upload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages in the order of their ``seq``."""

    messages: Annotated[tuple[Message, ...], Meta(min_length=1, max_length=MAX_MESSAGES)]


class Refused(Struct, frozen=True, kw_only=True):
    """A message that the station will never take: set it aside, report it, go on."""

    id: str
    why: str


class Uploaded(Struct, frozen=True, kw_only=True):
    """``taken`` are committed (now or before); ``refused`` never will be."""

    taken: tuple[str, ...]
    refused: tuple[Refused, ...] = ()


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


class HeartbeatSeen(Struct, frozen=True, kw_only=True):
    """The station's clock, for the kiosk to compare its own with."""

    now: datetime


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

    def __repr__(self) -> str:
        return "Enrolled(…)"


def encode(message: Struct) -> bytes:
    """Return the message as JSON bytes."""
    return msgspec.json.encode(message)
