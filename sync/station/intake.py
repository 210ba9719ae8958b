"""Messages from the kiosks: each is taken once, in the order of its sequence, and acknowledged after the commit.

Rules
- The idempotency key is the message's id: a repeat is acknowledged like the first and changes nothing.
- A message that fails validation is refused alone; the others of its upload are taken (sync.wire).
- An alarm of a kind that this station does not know is taken and shown as it is: a newer kiosk must not go unheard.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, assert_never

import msgspec
from sqlalchemy import Connection, select

from sync.station import alarms, evidence, visit_counts
from sync.station.certificates import Kiosk
from sync.station.refusals import BadRequestError
from sync.station.store import insert_new, taken_messages
from sync.wire import MAX_MESSAGES, AlarmBody, CountsBody, ErasedBody, Message, Refused, ShortText, Uploaded

_UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An Upload whose messages are still raw, so that one bad message does not spoil the rest."""

    messages: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(min_length=1, max_length=MAX_MESSAGES)]
    boot: ShortText = ""
    sent_s: float | None = None


class _Named(msgspec.Struct, frozen=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


def parse(body: bytes) -> tuple[tuple[Message, ...], tuple[Refused, ...]]:
    """Return the upload's sound messages in the order of their sequence, and those that never will be taken.

    Raises:
        BadRequestError: the upload itself is not what sync.wire says, or a message has no id to refuse it by.
    """
    sound: list[Message] = []
    refused: list[Refused] = []
    try:
        for raw in msgspec.json.decode(body, type=_Envelope).messages:
            match _message(raw):
                case Message() as message:
                    sound.append(message)
                case Refused() as refusal:
                    refused.append(refusal)
    except msgspec.MsgspecError:
        raise BadRequestError("malformed") from None
    return tuple(sorted(sound, key=lambda message: message.seq)), tuple(refused)


def take(conn: Connection, kiosk: Kiosk, messages: Iterable[Message], now: datetime) -> Uploaded:
    """Write the messages in the caller's transaction. The answer may be sent only after its commit."""
    taken: list[str] = []
    refused: list[Refused] = []
    for message in messages:
        row = {"id": message.id, "kiosk": kiosk.id, "seq": message.seq, "received_at": now}
        if insert_new(conn, taken_messages, row):
            _apply(conn, kiosk, message, now)
        elif _sender(conn, message.id) != kiosk.id:
            refused.append(Refused(id=message.id, why="id-of-another-kiosk"))
            continue
        taken.append(message.id)
    return Uploaded(taken=tuple(taken), refused=tuple(refused))


def _message(raw: msgspec.Raw) -> Message | Refused:
    name = msgspec.json.decode(raw, type=_Named).id
    try:
        message = msgspec.json.decode(raw, type=Message)
    except msgspec.ValidationError:
        return Refused(id=name, why="invalid")
    flaw = _flaw(message)
    return message if flaw is None else Refused(id=name, why=flaw)


def _flaw(message: Message) -> str | None:
    """Return why a message of the right shape cannot be kept, or None.

    What the store or a page could not bear later would fail the whole upload, again with every retry.
    """
    times = [message.created_at]
    if isinstance(message.body, CountsBody):
        times.append(message.body.hour)
    if not _UUID.fullmatch(message.id):
        return "id-not-a-uuid"
    if message.seq >= 2**63:
        return "seq-too-large"
    if any(time.tzinfo is None for time in times):
        return "time-without-zone"
    if any(not 1970 < time.year < 9999 for time in times):
        return "time-out-of-range"
    return None


def _sender(conn: Connection, message: str) -> str:
    sender: str = conn.execute(select(taken_messages.c.kiosk).where(taken_messages.c.id == message)).scalar_one()
    return sender


def _apply(conn: Connection, kiosk: Kiosk, message: Message, now: datetime) -> None:
    match message.body:
        case AlarmBody() as body:
            alarms.take_alarm(conn, kiosk, message, body, now)
        case CountsBody(hour=hour, counts=numbers):
            for key, n in numbers.items():
                visit_counts.add(conn, hour, kiosk.id, key, n)
        case ErasedBody() as erased:
            evidence.erased_at_the_kiosk(conn, kiosk, erased, now)
        case _:
            assert_never(message.body)
