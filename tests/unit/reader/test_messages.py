"""What crosses from the worker to the kiosk is checked again, and prints as nothing."""

import dataclasses
from typing import Any

import msgspec
import pytest
from card_bytes import PROFILE, sam_with
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.simulators.card import CardBlocks
from hardware.simulators.personas import PERSONAS
from kiosk.domain.document import Document
from kiosk.domain.evidence import Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason
from reader import messages
from reader.chip import read_chip
from reader.messages import Card, CardDocument, MessageError, NotRead, Read, Status
from reader.photo import SimulatorDecoder

CARD = Card("Virtual PCD 00 00", 1 << 16 | 1)
LISA = PERSONAS["lisa"]
DOCUMENT = read_chip(sam_with(CardBlocks.of(LISA)), PROFILE, SimulatorDecoder())
UNREAD_PORTRAIT = dataclasses.replace(DOCUMENT, portrait=Unavailable(Reason.PORTRAIT_UNDECODABLE))


def through(message: messages.FromWorker) -> messages.FromWorker:
    received = bytearray(messages.encode(message))
    body = messages.take_body(received)
    assert body is not None
    assert not received
    return messages.decode_from_worker(body)


def received_document(body: bytes) -> Document:
    message = messages.decode_from_worker(body)
    assert isinstance(message, CardDocument)
    return message.document()


@pytest.mark.parametrize("document", [DOCUMENT, UNREAD_PORTRAIT])
def test_a_document_arrives_as_it_was_read(document: Document) -> None:
    arrived = through(CardDocument.of(CARD, document))
    assert isinstance(arrived, CardDocument)
    assert arrived.document() == document


@pytest.mark.parametrize(
    "message",
    [
        Status(frozenset({Fault.READER_BUSY}), CARD),
        Status(frozenset(), None),
        NotRead(CARD, Reason.CARD_UNREADABLE, True),
    ],
)
def test_other_messages_arrive_as_they_were_sent(message: messages.FromWorker) -> None:
    assert through(message) == message


@pytest.mark.parametrize(
    "change",
    [
        {"numbers": []},
        {"numbers": [LISA.number] * 3},
        {"numbers": [LISA.number[:-1] + "?"]},
        {"numbers": [LISA.number * 2]},
        {"portrait": b"short"},
        {"kind": "diplomatic"},
        {"born": "1988-02-30"},
        {"name": LISA.name},
    ],
    ids=str,
)
def test_a_document_with_a_wrong_value_never_reaches_the_kiosk(change: dict[str, Any]) -> None:
    fields = msgspec.to_builtins(CardDocument.of(CARD, UNREAD_PORTRAIT)) | change
    with pytest.raises(MessageError) as refused:
        received_document(msgspec.msgpack.encode(fields))
    assert LISA.number[:6] not in str(refused.value)


@example(b"\x81\xa9\x00\x00\x00\x00\x00\x00\x00\x00\x80")  # a key that is no UTF-8: msgspec lets that error out
@given(st.binary(max_size=200))
def test_rubbish_is_a_typed_error_on_either_side(rubbish: bytes) -> None:
    for decode in (messages.decode_from_worker, messages.decode_to_worker):
        with pytest.raises(MessageError):
            decode(rubbish)


def test_a_message_larger_than_the_limit_is_refused_before_it_is_received() -> None:
    with pytest.raises(MessageError):
        messages.take_body(bytearray((messages.MAX_MESSAGE_BYTES + 1).to_bytes(4, "big")))


@given(st.lists(st.integers(1, 40), max_size=20))
def test_messages_are_cut_apart_however_the_bytes_arrive(cuts: list[int]) -> None:
    sent = [Read(CARD), Read(Card("other", 7))]
    stream = b"".join(messages.encode(message) for message in sent)
    received, arrived = bytearray(), []
    for cut in [*cuts, len(stream)]:
        received += stream[:cut]
        stream = stream[cut:]
        while (body := messages.take_body(received)) is not None:
            arrived.append(messages.decode_to_worker(body))
    assert arrived == sent


def test_a_message_with_a_person_in_it_prints_as_nothing() -> None:
    message = CardDocument.of(CARD, DOCUMENT)
    assert repr(message) == "CardDocument(resident)"
    assert LISA.number not in f"{message} {DOCUMENT}"
