"""Messages from the kiosks: each is taken once, in the order of its sequence, and acknowledged after the commit.

Rules
- The idempotency key is the message's id: a repeat is acknowledged like the first and changes nothing.
- An upload says up to where we have acknowledged. Where we stand lower we were restored from a backup: nothing is taken
  until the kiosk has sent again what was lost.
- A message that fails validation is refused alone; the others of its upload are taken (sync.wire).
- An alarm of a kind that this station does not know is taken and shown as it is: a newer kiosk must not go unheard.
- No number and no clock can make an alarm unwelcome. A sequence that leaves some out, or begins again from an older
  place (a kiosk's disk that was set back), is taken and noted in the audit log, once where it happens. A time that the
  kiosk's wall clock has wrong is kept as it is, beside the station's own.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final, assert_never

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from sync.station import alarms, audit, evidence, visit_counts
from sync.station.certificates import Kiosk
from sync.station.refusals import BadRequestError
from sync.station.tables import kiosks, taken_messages
from sync.wire import MAX_MESSAGES, AlarmBody, CountsBody, ErasedBody, Message, Refused, ShortText, Upload, Uploaded

NUL_IN_JSON: Final = rb"\u0000"
"""As JSON writes it (RFC 8259, 7). PostgreSQL keeps no text with one, and nobody means one."""
_UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_BOOT: Final = timedelta(days=3650)
"""A message that is said to have waited longer within one boot says nothing of its age."""

# Made once: to put a statement together takes longer than to run it.
_STAND: Final = select(kiosks.c.id, kiosks.c.upto_seq, kiosks.c.last_seq).where(
    kiosks.c.id.in_(bindparam("ids", expanding=True))
)
_SENDERS: Final = select(taken_messages.c.id, taken_messages.c.kiosk).where(
    taken_messages.c.id.in_(bindparam("ids", expanding=True))
)
_TAKE: Final = insert(taken_messages)
_FOLLOW: Final = update(kiosks).where(kiosks.c.id == bindparam("kiosk"))


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An Upload whose messages are still raw, so that one bad message does not spoil the rest."""

    messages: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(min_length=1, max_length=MAX_MESSAGES)]
    boot: ShortText = ""
    sent_s: float | None = None
    after_seq: Annotated[int, msgspec.Meta(ge=0)] = 0


class _Named(msgspec.Struct, frozen=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


def parse(body: bytes) -> tuple[Upload, tuple[Refused, ...]]:
    """Return the upload with its sound messages in the order of their sequence, and those that never will be taken.

    Raises:
        BadRequestError: the upload itself is not what sync.wire says, or a message has no id to refuse it by.
    """
    sound: list[Message] = []
    refused: list[Refused] = []
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
        for raw in envelope.messages:
            match _message(raw):
                case Message() as message:
                    sound.append(message)
                case Refused() as refusal:
                    refused.append(refusal)
    except msgspec.MsgspecError:
        raise BadRequestError("malformed") from None
    in_order = tuple(sorted(sound, key=lambda message: message.seq))
    upload = Upload(messages=in_order, boot=envelope.boot, sent_s=envelope.sent_s, after_seq=envelope.after_seq)
    return upload, tuple(refused)


def take(conn: Connection, kiosk: Kiosk, upload: Upload, now: datetime) -> Uploaded:
    """Write the messages in the caller's transaction. The answer may be sent only after its commit."""
    (uploaded,) = take_all(conn, [(kiosk, upload)], now)
    return uploaded


def take_all(conn: Connection, uploads: Sequence[tuple[Kiosk, Upload]], now: datetime) -> list[Uploaded]:
    """Take several uploads in this order, in as many statements as one takes; return the answer to each."""
    ids = {message.id for _, upload in uploads for message in upload.messages}
    senders = {row.id: row.kiosk for row in conn.execute(_SENDERS, {"ids": list(ids)})}
    rows = conn.execute(_STAND, {"ids": list({kiosk.id for kiosk, _ in uploads})})
    stood = {row.id: (row.upto_seq, row.last_seq) for row in rows}
    stand = dict(stood)
    new: list[tuple[Kiosk, Message, datetime | None]] = []
    answers: list[Uploaded] = []
    for kiosk, upload in uploads:
        upto, last = stand[kiosk.id]
        if upload.after_seq > upto:
            # Were these taken first, we would stand as if we had also what was lost; and it would come out of order.
            answers.append(Uploaded(taken=(), lost_after=upto))
            continue
        for message in upload.messages:
            # Of two with one id the first counts, like everywhere.
            if message.id not in senders:
                senders[message.id] = kiosk.id
                new.append((kiosk, message, reckoned_at(message, upload, now)))
                last = _follow(conn, kiosk, last, message.seq, now)
        # What was here, or is another's, counts too: the kiosk has heard so, and will not send it again.
        stand[kiosk.id] = max([upto, *(message.seq for message in upload.messages)]), last
        answers.append(_answer(kiosk, upload, senders))
    _take_new(conn, new, now)
    moved = [(kiosk, *stands) for kiosk, stands in stand.items() if stands != stood[kiosk]]
    if moved:
        conn.execute(_FOLLOW, [{"kiosk": kiosk, "upto_seq": upto, "last_seq": last} for kiosk, upto, last in moved])
    return answers


def reckoned_at(message: Message, upload: Upload, now: datetime) -> datetime | None:
    """Return when a message was made, by the station's clock and the kiosk's growing one; None where they cannot tell.

    They can where the kiosk sent it before it was started again, whatever its wall clock said.
    """
    if not upload.boot or message.boot != upload.boot or upload.sent_s is None or message.created_s is None:
        return None
    age_s = upload.sent_s - message.created_s
    return now - timedelta(seconds=age_s) if 0 <= age_s < _LONGEST_BOOT.total_seconds() else None


def _answer(kiosk: Kiosk, upload: Upload, senders: Mapping[str, str]) -> Uploaded:
    ids = [message.id for message in upload.messages]
    others = sorted({message for message in ids if senders[message] != kiosk.id})
    return Uploaded(
        taken=tuple(message for message in ids if message not in others),
        refused=tuple(Refused(id=message, why="id-of-another-kiosk") for message in others),
    )


def _take_new(conn: Connection, new: Sequence[tuple[Kiosk, Message, datetime | None]], now: datetime) -> None:
    """Each has the time at which it was made, where that can be told."""
    if not new:
        return
    rows = [{"id": one.id, "kiosk": kiosk.id, "seq": one.seq, "received_at": now} for kiosk, one, _ in new]
    conn.execute(_TAKE, rows)
    raised: list[alarms.Raised] = []
    for kiosk, message, made_at in new:
        match message.body:
            case AlarmBody() as body:
                raised.append(alarms.Raised(kiosk, message, body, made_at))
            case CountsBody(hour=hour, counts=numbers):
                visit_counts.add(conn, hour, kiosk.id, numbers)
            case ErasedBody() as erased:
                evidence.erased_at_the_kiosk(conn, kiosk, erased, now)
            case _:
                assert_never(message.body)
    alarms.take_alarms(conn, raised, now)


def _follow(conn: Connection, kiosk: Kiosk, last: int, seq: int, now: datetime) -> int:
    """Note it where the kiosk's sequence does not go on by one after ``last``; return its newest number."""
    if seq <= last:
        audit.record(conn, now, kiosk.id, "kiosk.sequence-set-back", after=last, seq=seq)
    elif seq > last + 1:
        audit.record(conn, now, kiosk.id, "kiosk.sequence-gap", first=last + 1, last=seq - 1)
    return seq


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
    if NUL_IN_JSON in msgspec.json.encode(message.body):
        return "nul-in-text"
    if message.seq >= 2**63:
        return "seq-too-large"
    if any(time.tzinfo is None for time in times):
        return "time-without-zone"
    if any(not 1 < time.year < 9999 for time in times):  # 1970 is welcome: a clock without a battery
        return "time-out-of-range"
    return None
