"""What must be done after a step, in the order given. The engine does it and decides nothing."""

from dataclasses import dataclass
from typing import TypeAlias

from kiosk.domain.by_hand import HandReason
from kiosk.domain.document import Portrait
from kiosk.domain.ids import Presence, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.domain.verdict import AlarmKind, Decision, Hit, Verdict


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Read the card of this presence."""

    presence: Presence


@dataclass(frozen=True, slots=True)
class TrackFace:
    """Start to track the face before the camera."""

    visit: VisitId


@dataclass(frozen=True, slots=True)
class CompareFace:
    """Compare the portrait with the tracked face."""

    visit: VisitId
    portrait: Portrait


@dataclass(frozen=True, slots=True)
class LookUp:
    """Look all the numbers of the document that lies there up in the list, once."""

    visit: VisitId
    presence: Presence
    numbers: tuple[DocumentNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlarm:
    """Make an alarm durable. Comes before the screen changes."""

    visit: VisitId
    kind: AlarmKind
    hit: Hit | None


@dataclass(frozen=True, slots=True)
class CountVisit:
    """Add one to the anonymous counts."""

    verdict: Verdict
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class OpenGate:
    """Let one person through. Only an admit decision makes this effect."""

    visit: VisitId


@dataclass(frozen=True, slots=True)
class OpenGateByHand:
    """Let one person through because a member of staff said so: counted, then opened, and never called a verdict."""

    reason: HandReason


@dataclass(frozen=True, slots=True)
class CallStaff:
    """Ask staff to come to the lane."""

    visit: VisitId
    reason: Reason


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop and overwrite everything about the visitor."""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Post TimedOut after this long, unless the state has changed by then."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LogDecision:
    """Write the verdict, its reasons and the durations to the log: nothing of the person."""

    visit: VisitId
    decision: Decision


Effect: TypeAlias = (
    ReadCard
    | TrackFace
    | CompareFace
    | LookUp
    | RaiseAlarm
    | CountVisit
    | OpenGate
    | OpenGateByHand
    | CallStaff
    | Forget
    | StartTimer
    | LogDecision
)
