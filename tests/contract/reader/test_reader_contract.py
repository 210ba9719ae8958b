"""What every card reader behind ``kiosk.ports.Reader`` keeps, simulated or real (see conftest: ``--device``)."""

import pytest
from fixtures_pcsc import Ear
from hands import Hand

from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason
from kiosk.ports import Reader
from kiosk.visit.events import CardPresented, CardRead, CardRemoved, FaultCleared, ReadFailed

pytestmark = [pytest.mark.pcsc, pytest.mark.timeout(300)]
"""Long enough for a tester's hand."""

QUIET_S = 1.5


def test_a_reader_that_works_says_so_at_start(reader: Reader, ear: Ear) -> None:
    assert ear.next(FaultCleared).fault is Fault.READER_LOST


def test_a_laid_card_is_presented_once_and_read_whole(hand: Hand, reader: Reader, ear: Ear) -> None:
    hand.lay()
    presence = ear.next(CardPresented).presence
    reader.read(presence)
    told = ear.next(CardRead)
    assert told.presence == presence
    assert told.document.numbers
    assert ear.rest(QUIET_S) == []


def test_a_lifted_card_is_removed_once_under_its_own_presence(hand: Hand, reader: Reader, ear: Ear) -> None:
    hand.lay()
    presence = ear.next(CardPresented).presence
    hand.lift()
    assert ear.next(CardRemoved).presence == presence
    assert ear.rest(QUIET_S) == []


def test_the_same_card_laid_again_is_another_presence(hand: Hand, reader: Reader, ear: Ear) -> None:
    hand.lay()
    first = ear.next(CardPresented).presence
    hand.lift()
    ear.next(CardRemoved)
    hand.lay()
    assert ear.next(CardPresented).presence != first


def test_a_presence_that_is_over_cannot_be_read(hand: Hand, reader: Reader, ear: Ear) -> None:
    hand.lay()
    over = ear.next(CardPresented).presence
    hand.lift()
    ear.next(CardRemoved)
    hand.lay()
    ear.next(CardPresented)
    reader.read(over)
    assert ear.next(ReadFailed) == ReadFailed(over, Reason.CARD_UNREADABLE, again=True)
    assert ear.rest(QUIET_S) == []


def test_a_second_read_gives_the_same_document_or_asks_for_the_card_again(hand: Hand, reader: Reader, ear: Ear) -> None:
    """Some security modules release a card once for each laying-down."""
    hand.lay()
    presence = ear.next(CardPresented).presence
    reader.read(presence)
    first = ear.next(CardRead)
    reader.read(presence)
    (second,) = ear.rest(QUIET_S)
    assert second in (first, ReadFailed(presence, Reason.CARD_UNREADABLE, again=True))


def test_a_read_asked_for_twice_at_once_is_answered_once(hand: Hand, reader: Reader, ear: Ear) -> None:
    hand.lay()
    presence = ear.next(CardPresented).presence
    reader.read(presence)
    reader.read(presence)
    ear.next(CardRead)
    assert ear.rest(QUIET_S) == []


def test_a_stopped_reader_says_nothing_more(hand: Hand, reader: Reader, ear: Ear) -> None:
    hand.lay()
    ear.next(CardPresented)
    reader.stop()
    hand.lift()
    assert ear.rest(QUIET_S) == []
