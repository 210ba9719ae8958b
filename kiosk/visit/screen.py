"""What the visitor should see now, as a value: the presenters put it into words, QML into pictures."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.domain.document import DocumentKind
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import VisitId
from kiosk.domain.reasons import ReasonClass
from kiosk.visit.states import Admitted, Attract, Lane, LayAgain, Looking, OutOfService, Reading, Referred, TakeCard


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What a referred visitor takes to staff: it names no one, and reads alike whether or not a list was hit."""

    code: str
    reason_class: ReasonClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One picture for the visitor. ``faults`` is for the small staff code in the corner, never for the visitor.

    ``card`` is what kind of card was read, while it is read: the words may then come in a language that suits it.
    """

    kind: ScreenKind
    guidance: Guidance | None = None
    slip: Slip | None = None
    card: DocumentKind | None = None
    faults: frozenset[Fault] = field(default_factory=frozenset)


def screen_of(lane: Lane) -> Screen:
    """Return what the visitor sees in this state."""
    match lane.state:
        case OutOfService():
            return Screen(kind=ScreenKind.OUT_OF_SERVICE, faults=lane.faults)
        case Attract():
            return Screen(kind=ScreenKind.ATTRACT, faults=lane.faults)
        case Reading():
            return Screen(kind=ScreenKind.READING, faults=lane.faults)
        case LayAgain():
            return Screen(kind=ScreenKind.LAY_AGAIN, faults=lane.faults)
        case Looking(guidance=guidance, document=document):
            return Screen(kind=ScreenKind.LOOK_HERE, guidance=guidance, card=document.kind, faults=lane.faults)
        case Admitted():
            return Screen(kind=ScreenKind.GO_IN, faults=lane.faults)
        case Referred(visit=visit, reason_class=reason_class):
            slip = Slip(code=slip_code(visit), reason_class=reason_class)
            return Screen(kind=ScreenKind.SEE_STAFF, slip=slip, faults=lane.faults)
        case TakeCard():
            return Screen(kind=ScreenKind.TAKE_CARD, faults=lane.faults)


def slip_code(visit: VisitId) -> str:
    """Return the short code on a referral's slip: six characters of the random visit id."""
    return f"{visit[:3]}-{visit[3:6]}".upper()
