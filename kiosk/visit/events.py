"""What can happen at a lane. Every outside part speaks to the engine in these and in nothing else."""

from dataclasses import dataclass
from typing import TypeAlias

from kiosk.domain.by_hand import HandReason
from kiosk.domain.document import Document
from kiosk.domain.evidence import FaceEvidence, ListEvidence, LivenessEvidence
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import Presence, SlipCode, VisitId
from kiosk.domain.reasons import Reason
from kiosk.domain.verdict import AlarmKind


@dataclass(frozen=True, slots=True)
class CardPresented:
    """A card was laid on the reader: a presence that was never seen before."""

    presence: Presence


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """The card of this presence is gone."""

    presence: Presence


@dataclass(frozen=True, slots=True)
class CardRead:
    """The chip was read whole and its fields agree."""

    presence: Presence
    document: Document


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """The chip could not be read. ``again``: laying the card down once more may help."""

    presence: Presence
    reason: Reason
    again: bool


@dataclass(frozen=True, slots=True)
class FaceGuided:
    """What the visitor should change before the camera."""

    visit: VisitId
    guidance: Guidance


@dataclass(frozen=True, slots=True)
class FaceCompared:
    """The 1:1 comparison is done, or will not be."""

    visit: VisitId
    result: FaceEvidence


@dataclass(frozen=True, slots=True)
class LivenessChecked:
    """The liveness check is done, or will not be."""

    visit: VisitId
    result: LivenessEvidence


@dataclass(frozen=True, slots=True)
class ListLookedUp:
    """The look-up is done, or will not be."""

    visit: VisitId
    result: ListEvidence


@dataclass(frozen=True, slots=True)
class StaffedLaneChosen:
    """The visitor touched "staffed lane"."""


@dataclass(frozen=True, slots=True)
class MoreTimeWanted:
    """The visitor, asked by the screen, wants more time."""


@dataclass(frozen=True, slots=True)
class PersonPassed:
    """The gate saw somebody go through."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The state's own time limit is over. Only the engine makes it, and only for the present state."""


@dataclass(frozen=True, slots=True)
class FaultRaised:
    """A part of the machine stopped working."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """That part works again."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class LanePaused:
    """Staff close the lane to whoever comes next; a visit that is under way is brought to its end."""


@dataclass(frozen=True, slots=True)
class LaneResumed:
    """Staff open the lane again."""


@dataclass(frozen=True, slots=True)
class AdmittedByHand:
    """A member of staff opens the gate: for the visitor of a waiting call, or (None) for somebody who has none."""

    reason: HandReason
    code: SlipCode | None = None


@dataclass(frozen=True, slots=True)
class ColleagueCalled:
    """Staff at the lane want another member of staff there."""


@dataclass(frozen=True, slots=True)
class CallDismissed:
    """Staff have seen to a call, or it has waited so long that nobody can be there for it any more."""

    code: SlipCode


@dataclass(frozen=True, slots=True)
class SiteAlarm:
    """An alarm of its own kind: gate forced, case opened, panic button."""

    kind: AlarmKind


Event: TypeAlias = (
    CardPresented
    | CardRemoved
    | CardRead
    | ReadFailed
    | FaceGuided
    | FaceCompared
    | LivenessChecked
    | ListLookedUp
    | StaffedLaneChosen
    | MoreTimeWanted
    | PersonPassed
    | TimedOut
    | FaultRaised
    | FaultCleared
    | LanePaused
    | LaneResumed
    | AdmittedByHand
    | ColleagueCalled
    | CallDismissed
    | SiteAlarm
)
