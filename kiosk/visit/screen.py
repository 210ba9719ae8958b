"""What the visitor should see now, as a value: the presenters put it into words, QML into pictures."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from kiosk.domain.document import DocumentKind
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import ReasonClass
from kiosk.visit.states import (
    Admitted,
    Attract,
    Lane,
    LayAgain,
    Looking,
    OutOfService,
    Reading,
    Referred,
    State,
    TakeCard,
)


class ScreenKind(StrEnum):
    """One screen for each thing that a visitor can be asked or told."""

    OUT_OF_SERVICE = "out-of-service"
    ATTRACT = "attract"
    READING = "reading"
    LAY_AGAIN = "lay-again"
    LOOK_HERE = "look-here"
    GO_IN = "go-in"
    SEE_STAFF = "see-staff"
    TAKE_CARD = "take-card"
    CARD_FORGOTTEN = "card-forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What a referred visitor takes to staff: it names no one, and reads alike whether or not a list was hit."""

    code: SlipCode
    reason_class: ReasonClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One picture for the visitor. ``faults`` is for the small staff code in the corner, never for the visitor.

    ``card_lies``: the visit is decided and the card still lies on the reader. ``asks_more_time``: the visitor's time is
    up, and more of it can be had. ``card`` is what kind of card is being looked at, so that the words may come in a
    language that suits it. No result shows it.
    """

    kind: ScreenKind
    guidance: Guidance | None = None
    slip: Slip | None = None
    card: DocumentKind | None = None
    card_lies: bool = False
    asks_more_time: bool = False
    faults: frozenset[Fault] = field(default_factory=frozenset)


def screen_of(lane: Lane) -> Screen:
    """Return what the visitor sees in this state."""
    return replace(_screen_of(lane.state, lane.faults), faults=lane.faults)


def _screen_of(state: State, faults: frozenset[Fault]) -> Screen:
    match state:
        case OutOfService():
            return Screen(kind=ScreenKind.OUT_OF_SERVICE)
        case Attract():
            return Screen(kind=ScreenKind.ATTRACT)
        case Reading():
            return Screen(kind=ScreenKind.READING)
        case LayAgain(patience=patience):
            return Screen(kind=ScreenKind.LAY_AGAIN, asks_more_time=patience.asking)
        case Looking(document=document, guidance=guidance, patience=patience):
            return Screen(
                kind=ScreenKind.LOOK_HERE, guidance=guidance, card=document.kind, asks_more_time=patience.asking
            )
        case Admitted(presence=presence):
            return Screen(kind=ScreenKind.GO_IN, card_lies=presence is not None)
        case Referred(code=code, presence=presence, reason_class=reason_class, patience=patience):
            return Screen(
                kind=ScreenKind.SEE_STAFF,
                slip=Slip(code=code, reason_class=reason_class),
                card_lies=presence is not None,
                asks_more_time=patience.asking,
            )
        case TakeCard():
            forgotten = Fault.CARD_FORGOTTEN in faults
            return Screen(kind=ScreenKind.CARD_FORGOTTEN if forgotten else ScreenKind.TAKE_CARD)
        case _:
            assert_never(state)
