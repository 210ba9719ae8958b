"""What the visitor should see now, as a value: the presenters put it into words, QML into pictures."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.reasons import ReasonClass


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
    """One picture for the visitor. ``faults`` is for the small staff code in the corner, never for the visitor."""

    kind: ScreenKind
    guidance: Guidance | None = None
    slip: Slip | None = None
    faults: frozenset[Fault] = field(default_factory=frozenset)
