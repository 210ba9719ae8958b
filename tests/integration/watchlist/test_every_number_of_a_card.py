"""A person who is listed under an old number, or a travel permit's, is found by the card that he lays."""

from datetime import timedelta

import pytest
from kiosk_disk import KioskDisk
from list_author import entry

import watchlist.lookup
from hardware.simulators.card.blocks import text_block
from hardware.simulators.card.kinds import CardKind, papers
from hardware.simulators.personas import PERSONAS
from kiosk.domain.evidence import Listed, NotListed
from kiosk.domain.numbers import DocumentNumber
from reader import layouts

LISA, ZOOM = PERSONAS["lisa"], PERSONAS["zoom"]


@pytest.mark.parametrize("kind", [CardKind.J, CardKind.Y])
def test_a_holder_who_is_listed_under_the_other_number_alone_is_found(kiosk: KioskDisk, kind: CardKind) -> None:
    kiosk.station.add(1, DocumentNumber(papers(LISA, kind).other_number))
    kiosk.pull()
    numbers = layouts.parse(text_block(LISA, kind=kind)).numbers
    assert kiosk.lay_down(*numbers) == Listed(entry(1), timedelta(0))
    assert kiosk.lay_down(*layouts.parse(text_block(ZOOM, kind=kind)).numbers) == NotListed(timedelta(0))


@pytest.mark.parametrize("listed", [0, 1, None], ids=["the first number", "the second", "none"])
def test_a_hit_and_a_miss_cost_the_same_work(
    kiosk: KioskDisk, listed: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RULES 3: not by time either is a listed person told from another."""
    numbers = layouts.parse(text_block(LISA, kind=CardKind.Y)).numbers
    if listed is not None:
        kiosk.station.add(1, numbers[listed])
    kiosk.pull()
    stretched = []
    stretch = watchlist.lookup.stretch
    monkeypatch.setattr(watchlist.lookup, "stretch", lambda *asked: stretched.append(asked) or stretch(*asked))
    kiosk.lay_down(*numbers)
    assert [number for number, _ in stretched] == list(numbers)
