"""Cards over a real pcscd: what becomes of good ones, bad ones, and ones that are pulled."""

import dataclasses
from collections.abc import Callable

import pytest
from fixtures_pcsc import PROFILES, Ear

from hardware.simulators.card import CardBlocks, CardDesk, CardFaults, VirtualCard
from hardware.simulators.card.blocks import text_block
from hardware.simulators.personas import PERSONAS
from kiosk.domain.document import LONG_TERM, Portrait
from kiosk.domain.evidence import Unavailable
from kiosk.domain.reasons import Reason
from kiosk.visit.events import CardPresented, CardRead, CardRemoved, ReadFailed
from reader.process import ReaderProcess

pytestmark = pytest.mark.pcsc

LISA, ZOOM = PERSONAS["lisa"], PERSONAS["zoom"]
NOBODYS_NUMBER = LISA.number[:-1] + ("0" if LISA.number[-1] != "0" else "1")


def read(reader: ReaderProcess, ear: Ear) -> CardPresented:
    presented = ear.next(CardPresented)
    reader.read(presented.presence)
    return presented


def test_a_card_is_laid_read_and_lifted(hand: VirtualCard, reader: ReaderProcess, ear: Ear) -> None:
    hand.lay(LISA)
    presented = read(reader, ear)
    told = ear.next(CardRead)
    hand.lift()
    removed = ear.next(CardRemoved)
    assert told.presence == presented.presence == removed.presence
    assert told.document.numbers[0].value == LISA.number
    assert told.document.born == LISA.born
    assert isinstance(told.document.portrait, Portrait)


def test_a_card_that_lay_there_before_the_start_is_seen(
    hand: VirtualCard, reader: ReaderProcess, ear: Ear, start_reader: Callable[[], tuple[ReaderProcess, Ear]]
) -> None:
    hand.lay(LISA)
    ear.next(CardPresented)
    reader.stop()
    later_reader, later_ear = start_reader()
    read(later_reader, later_ear)
    assert later_ear.next(CardRead).document.numbers[0].value == LISA.number


def test_each_laying_down_is_a_presence_of_its_own(hand: VirtualCard, reader: ReaderProcess, ear: Ear) -> None:
    hand.lay(LISA)
    first = read(reader, ear).presence
    ear.next(CardRead)
    hand.lay(ZOOM)
    assert ear.next(CardRemoved).presence == first
    second = ear.next(CardPresented).presence
    assert second != first
    reader.read(first)
    assert ear.next(ReadFailed) == ReadFailed(first, Reason.CARD_UNREADABLE, again=True)
    reader.read(second)
    assert ear.next(CardRead).document.numbers[0].value == ZOOM.number


@pytest.mark.parametrize("answered", range(5), ids=["status", "samid", "find", "select", "read"])
def test_a_card_pulled_in_mid_read_is_asked_for_again(
    hand: VirtualCard, reader: ReaderProcess, ear: Ear, answered: int
) -> None:
    hand.lay(LISA, CardFaults(pull_after=answered))
    presence = read(reader, ear).presence
    assert ear.next(ReadFailed) == ReadFailed(presence, Reason.CARD_UNREADABLE, again=True)
    assert ear.next(CardRemoved).presence == presence
    hand.lay(LISA)
    read(reader, ear)
    ear.next(CardRead)


def test_a_card_lifted_while_the_chip_answers_is_told_once(hand: VirtualCard, reader: ReaderProcess, ear: Ear) -> None:
    hand.lay(LISA, CardFaults(stall_s=1.0))
    presence = read(reader, ear).presence
    ear.rest(0.3)
    hand.lift()
    ear.next(CardRemoved)
    ear.rest(1.0)
    answers = [event for event in ear.heard if isinstance(event, CardRead | ReadFailed)]
    assert answers == [ReadFailed(presence, Reason.CARD_UNREADABLE, again=True)]
    assert ear.heard.index(answers[0]) < ear.heard.index(CardRemoved(presence))


@pytest.mark.parametrize(
    ("faults", "flag", "number", "reason", "again"),
    [
        (CardFaults(wrong_checksum=True), " ", None, Reason.CARD_UNREADABLE, True),
        (CardFaults(short_frame=True), " ", None, Reason.CARD_UNREADABLE, True),
        (CardFaults(sw3=0x41), " ", None, Reason.CARD_UNREADABLE, True),
        (CardFaults(), "K", None, Reason.UNKNOWN_CARD_KIND, False),
        (CardFaults(), " ", NOBODYS_NUMBER, Reason.NUMBER_INVALID, False),
        (CardFaults(), " ", ZOOM.number, Reason.FIELD_INVALID, False),
    ],
    ids=["wrong checksum", "short frame", "read error", "unknown kind", "invalid number", "another's number"],
)
def test_a_bad_card_gets_its_own_reason(
    hand: VirtualCard,
    reader: ReaderProcess,
    ear: Ear,
    faults: CardFaults,
    flag: str,
    number: str | None,
    reason: Reason,
    again: bool,
) -> None:
    blocks = CardBlocks.of(LISA)
    holder = dataclasses.replace(LISA, number=number or LISA.number)
    hand.lay(CardBlocks(text_block(holder, flag=flag), blocks.photo), faults)
    presence = read(reader, ear).presence
    assert ear.next(ReadFailed) == ReadFailed(presence, reason, again=again)


def test_a_portrait_that_cannot_be_decoded_leaves_the_rest_of_the_document(
    hand: VirtualCard, reader: ReaderProcess, ear: Ear
) -> None:
    hand.lay(CardBlocks.of(LISA, decodable=False))
    read(reader, ear)
    document = ear.next(CardRead).document
    assert document.portrait == Unavailable(Reason.PORTRAIT_UNDECODABLE)
    assert document.numbers[0].value == LISA.number


def test_a_desk_lays_the_card_that_it_was_told_to(pcscd: object, reader: ReaderProcess, ear: Ear) -> None:
    with CardDesk(delay=False) as desk:
        desk.lay(dataclasses.replace(LISA, number=ZOOM.number, born=ZOOM.born, valid_until=None))
        read(reader, ear)
        document = ear.next(CardRead).document
        assert (document.numbers[0].value, document.valid_until) == (ZOOM.number, LONG_TERM)
        desk.lift()
        ear.next(CardRemoved)
        desk.lay(LISA, faults=CardFaults(pull_after=1))
        read(reader, ear)
        assert ear.next(ReadFailed).again


def test_a_reader_that_takes_short_apdus_only_gives_the_same_document(
    hand: VirtualCard, start_reader: Callable[..., tuple[ReaderProcess, Ear]]
) -> None:
    reader, ear = start_reader(PROFILES / "reference-test-short.toml")
    hand.lay(LISA)
    read(reader, ear)
    assert ear.next(CardRead).document.numbers[0].value == LISA.number
