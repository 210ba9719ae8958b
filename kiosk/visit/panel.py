"""What staff may know of the lane now, as a value. Of a visitor: the present one, and who still waits; never a name.

An alarm reaches staff as what it is to everybody at the gate, a check that only staff can make (RULES 3); what the
last verdict was is forgotten with the state that it belongs to.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from kiosk.domain.by_hand import HandReason
from kiosk.domain.faults import Fault
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.visit.staff_acts import reasons_by_hand
from kiosk.visit.states import (
    Admitted,
    Attract,
    Lane,
    LayAgain,
    Looking,
    OutOfService,
    Reading,
    Referred,
    TakeCard,
)


class LaneWord(StrEnum):
    """The lane in a word."""

    OPEN = "open"
    SERVING = "serving"
    ADMITTED = "admitted"
    REFERRED = "referred"
    CARD_LEFT = "card-left"
    PAUSED = "paused"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A call in the queue. ``code`` is on the visitor's slip, and reads out what staff may do for this visitor."""

    code: SlipCode
    reason_class: ReasonClass
    by_hand: frozenset[HandReason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture for staff. ``reason`` is the present visitor's, where it may be told more exactly than the slip."""

    lane: LaneWord
    is_paused: bool
    code: str = ""
    reason_class: ReasonClass | None = None
    reason: Reason | None = None
    faults: frozenset[Fault] = frozenset()
    waiting: tuple[Waiting, ...] = ()
    by_hand: frozenset[HandReason] = frozenset()
    """For somebody who has no call."""


def panel_of(lane: Lane) -> Panel:
    """Return what staff see in this state."""
    referred = lane.state if isinstance(lane.state, Referred) else None
    return Panel(
        lane=_word(lane),
        is_paused=lane.is_paused,
        code=referred.code if referred else "",
        reason_class=referred.reason_class if referred else None,
        reason=referred.reason if referred else None,
        faults=lane.faults,
        waiting=tuple(
            Waiting(code=call.code, reason_class=call.reason_class, by_hand=reasons_by_hand(lane, call.code))
            for call in lane.calls
        ),
        by_hand=reasons_by_hand(lane, None),
    )


def _word(lane: Lane) -> LaneWord:
    match lane.state:
        case OutOfService():
            return LaneWord.PAUSED if lane.can_serve() else LaneWord.FAULTY
        case Attract():
            return LaneWord.OPEN
        case Reading() | LayAgain() | Looking():
            return LaneWord.SERVING
        case Admitted():
            return LaneWord.ADMITTED
        case Referred():
            return LaneWord.REFERRED
        case TakeCard():
            return LaneWord.CARD_LEFT
        case _:
            assert_never(lane.state)
