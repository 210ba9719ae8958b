"""The states of a lane: what is known now, and nothing of the visitor before."""

from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from kiosk.domain.document import Document
from kiosk.domain.evidence import FaceEvidence, ListEvidence, LivenessEvidence
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import Presence, SlipCode, VisitId
from kiosk.domain.reasons import Reason, ReasonClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How the visitor's own time runs. ``asking``: it is up, and the screen asks whether more is wanted."""

    asking: bool = False
    extended: int = 0


@dataclass(frozen=True, slots=True)
class OutOfService:
    """A fault stops the lane. Visitors are sent to the staffed lane."""


@dataclass(frozen=True, slots=True)
class Attract:
    """Nobody is being served; the notice and the invitation are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The chip is being read, and the face is already tracked. ``reads`` counts this one."""

    visit: VisitId
    presence: Presence
    reads: int
    guidance: Guidance = Guidance.COME_INTO_VIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class LayAgain:
    """The card was lifted too soon or could not be read: it must be lifted and laid down once more."""

    visit: VisitId
    reads: int
    patience: Patience = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """The card is read; the checks run beside one another. An answer that is still awaited is None.

    ``alarmed``: the station was told of a hit already, since the visitor takes their time; it is told once.
    """

    visit: VisitId
    presence: Presence
    reads: int
    document: Document
    face: FaceEvidence | None
    liveness: LivenessEvidence | None
    listing: ListEvidence | None
    guidance: Guidance
    patience: Patience = Patience()
    alarmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Please go in. ``presence`` is None when the card has been lifted."""

    presence: Presence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """Please see our staff: referral, alarm and the visitor's own choice are one state (RULES 3).

    The visit is over, and its id is not here: what log and alarm hold of it leads to no slip, and no slip to them.
    """

    code: SlipCode
    presence: Presence | None
    reason_class: ReasonClass
    reason: Reason | None = None
    """The exact reason, for staff; None for every check that only staff can make, so that a hit is like the others."""
    patience: Patience = Patience()


CALLS_KEPT: Final = 8
"""More than stand at one gate. The oldest goes first, and its visitor still holds the slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A visitor who waits for staff, named by the slip's code alone."""

    code: SlipCode
    reason_class: ReasonClass


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCard:
    """The visit is over and the card still lies on the reader."""

    presence: Presence


State: TypeAlias = OutOfService | Attract | Reading | LayAgain | Looking | Admitted | Referred | TakeCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The whole state of a lane: where the visit is, and what is wrong with the machine."""

    state: State
    faults: frozenset[Fault] = field(default_factory=frozenset)
    is_paused: bool = False
    calls: tuple[Call, ...] = ()
    """Who waits for staff, the longest first."""

    def can_serve(self) -> bool:
        """Tell whether no present fault stops the lane."""
        return not any(fault.stops_the_lane() for fault in self.faults)

    def is_open(self) -> bool:
        """Tell whether the next visitor will be served."""
        return self.can_serve() and not self.is_paused

    def idle(self) -> "Lane":
        """Return the lane with nobody at it."""
        return replace(self, state=Attract() if self.is_open() else OutOfService())

    def with_call(self, code: SlipCode, reason_class: ReasonClass) -> "Lane":
        """Return the lane with one more visitor who waits for staff."""
        return replace(self, calls=(*self.calls, Call(code=code, reason_class=reason_class))[-CALLS_KEPT:])

    def without_call(self, code: SlipCode | None) -> "Lane":
        """Return the lane with one visitor fewer who waits, where this one does."""
        return replace(self, calls=tuple(call for call in self.calls if call.code != code))
