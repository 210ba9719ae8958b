"""What the kiosk and its reader worker say to each other: small typed messages, each behind its length.

A frame is a u32 big-endian length and a msgpack map with a tag. The worker handles hostile bytes, so the kiosk takes
nothing from it on trust: sizes are limited, every value is built anew through its own checks, and whatever fails
one is ``MessageError`` (the worker is then ended and replaced). No pickle, no code, no paths.
"""

from datetime import date
from typing import Annotated, TypeAlias

import msgspec

from kiosk.domain.document import Document, DocumentKind, Portrait
from kiosk.domain.evidence import Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from reader.photo import HEIGHT, WIDTH

MAX_MESSAGE_BYTES = 64 * 1024
_LENGTH_BYTES = 4
_PORTRAIT_BYTES = WIDTH * HEIGHT * 3

_ReaderName: TypeAlias = Annotated[str, msgspec.Meta(max_length=128)]
_Number: TypeAlias = Annotated[str, msgspec.Meta(max_length=18)]
_PortraitBytes: TypeAlias = Annotated[bytes, msgspec.Meta(min_length=_PORTRAIT_BYTES, max_length=_PORTRAIT_BYTES)]


class MessageError(Exception):
    """The other side broke the protocol. Says how, never with what."""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One laying-down of a card, as one worker counts them (``reader.monitor``)."""

    reader: _ReaderName
    counter: Annotated[int, msgspec.Meta(ge=0, lt=2**32)]


class Read(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """To the worker: read this card; one ``CardDocument`` or ``NotRead`` for it comes back."""

    card: Card


class Status(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """From the worker, at every change and at least once a second: all that it knows of the reader now."""

    faults: frozenset[Fault]
    card: Card | None


class NotRead(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """From the worker: this card was not read."""

    card: Card
    reason: Reason
    again: bool


class CardDocument(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """From the worker: this card's document. ``portrait`` is blue-green-red, row by row; None: not decodable."""

    card: Card
    kind: DocumentKind
    numbers: Annotated[tuple[_Number, ...], msgspec.Meta(min_length=1, max_length=2)]
    born: date
    valid_from: date
    valid_until: date
    portrait: _PortraitBytes | None

    @classmethod
    def of(cls, card: Card, document: Document) -> "CardDocument":
        """Return the message that carries a document."""
        return cls(
            card=card,
            kind=document.kind,
            numbers=tuple(number.value for number in document.numbers),
            born=document.born,
            valid_from=document.valid_from,
            valid_until=document.valid_until,
            portrait=document.portrait.bgr if isinstance(document.portrait, Portrait) else None,
        )

    def document(self) -> Document:
        """Return the document, every part of it checked again. Raises MessageError."""
        portrait: Portrait | Unavailable = Unavailable(Reason.PORTRAIT_UNDECODABLE)
        if self.portrait is not None:
            portrait = Portrait(WIDTH, HEIGHT, self.portrait)
        try:
            return Document(
                kind=self.kind,
                numbers=tuple(DocumentNumber(number) for number in self.numbers),
                born=self.born,
                valid_from=self.valid_from,
                valid_until=self.valid_until,
                portrait=portrait,
            )
        except ValueError:
            raise MessageError("no valid document") from None

    def __repr__(self) -> str:
        return f"CardDocument({self.kind})"


FromWorker: TypeAlias = Status | NotRead | CardDocument

_encoder = msgspec.msgpack.Encoder()
_from_worker: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)
_to_worker: msgspec.msgpack.Decoder[Read] = msgspec.msgpack.Decoder(Read)


def encode(message: FromWorker | Read) -> bytes:
    """Return a message with its length before it."""
    body = _encoder.encode(message)
    return len(body).to_bytes(_LENGTH_BYTES, "big") + body


def take_body(received: bytearray) -> bytes | None:
    """Cut the first whole message body off what was received, or return None until there is one.

    Raises:
        MessageError: the body would be larger than ``MAX_MESSAGE_BYTES``.
    """
    if len(received) < _LENGTH_BYTES:
        return None
    end = _LENGTH_BYTES + int.from_bytes(received[:_LENGTH_BYTES], "big")
    if end - _LENGTH_BYTES > MAX_MESSAGE_BYTES:
        raise MessageError("too large")
    if len(received) < end:
        return None
    body = bytes(received[_LENGTH_BYTES:end])
    del received[:end]
    return body


def decode_from_worker(body: bytes) -> FromWorker:
    """Return a worker's message. Raises MessageError."""
    try:
        return _from_worker.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # Not chained: the vendor's text may quote a value.
        raise MessageError("not a message of the worker") from None


def decode_to_worker(body: bytes) -> Read:
    """Return the kiosk's message. Raises MessageError."""
    try:
        return _to_worker.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise MessageError("not a message of the kiosk") from None
