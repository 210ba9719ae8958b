"""When a kiosk's silence becomes an alarm. Pure: from what is known of the kiosks to what is done about it.

Rules
- Heard: a heartbeat (every 10 s) arrived within 30 s. Silent for longer is an alarm, for a minute more it escalates
  (facts/sync, Alarm path; EN 50136 allows a lost path 3 minutes at its highest grade).
- One that has never been heard is given five minutes: an installer enrols it before it is put up.
- One that comes back and is silent again within ten minutes is the same alarm, however often. Each of its silences may
  escalate, so that the last, which does not end, is loud as well.
- In a maintenance window silence is no more than quiet. At the window's end it is silence again.
- Four kiosks on machines of their own do not fall silent at once by chance: that is one cause (a switch, the station's
  own network) and one alarm, "kiosks-silent", which gathers for a minute whoever falls silent as well. More than one
  alarm in ten minutes is more than a dispatcher can be asked to handle (ISA-18.2). Not "half of all": one switch may
  serve a tenth of a large site. Since heartbeats are spread over 10 s, the first to pass 30 s stands for others that
  are only overdue yet, and whose silence nobody has told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

SILENT_AFTER: Final = timedelta(seconds=30)
NEVER_HEARD_AFTER: Final = timedelta(minutes=5)
ESCALATES_AFTER: Final = timedelta(seconds=60)
"""Beyond either of the two."""
SAME_ALARM_FOR: Final = timedelta(minutes=10)
OVERDUE_AFTER: Final = timedelta(seconds=15)
ONE_CAUSE_FROM: Final = 4
GATHERS_FOR: Final = timedelta(seconds=70)
"""A minute, and what may pass between two looks of a busy station."""


class Voice(Enum):
    """What is heard of a kiosk now."""

    HEARD = "heard"
    QUIET = "quiet"
    """Not heard yet since we began to listen, but not for long; or not expected to be heard."""
    SILENT = "silent"
    SILENT_FOR_LONG = "silent for long"


class Past(Enum):
    """What the station has said of a kiosk's silence until now."""

    NOTHING = "nothing"
    """Nothing that still counts."""
    BACK = "back"
    """It returned less than ten minutes ago."""
    SILENT = "silent"
    ESCALATED = "escalated"


class Act(Enum):
    """What is done about it."""

    RAISE = "raise"
    AGAIN = "again"
    RETURN = "return"
    ESCALATE = "escalate"


ACTS: Final[dict[tuple[Past, Voice], Act]] = {
    (Past.NOTHING, Voice.SILENT): Act.RAISE,
    (Past.NOTHING, Voice.SILENT_FOR_LONG): Act.RAISE,
    (Past.BACK, Voice.SILENT): Act.AGAIN,
    (Past.BACK, Voice.SILENT_FOR_LONG): Act.AGAIN,
    (Past.SILENT, Voice.HEARD): Act.RETURN,
    (Past.SILENT, Voice.SILENT_FOR_LONG): Act.ESCALATE,
    (Past.ESCALATED, Voice.HEARD): Act.RETURN,
}
"""Where there is no entry, nothing is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """The newest silence of a kiosk, and the alarm that tells it."""

    alarm: str
    returned_at: datetime | None
    escalated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A kiosk now. ``quiet_for`` counts from its last heartbeat, or from when this process began to listen for one."""

    kiosk: str
    lane: str
    heard: bool
    """By this process. Otherwise it is quiet, and nobody can say that it is back."""
    ever_heard: bool
    quiet_for: timedelta
    excused: bool
    """In a maintenance window."""
    silence: Silence | None

    @property
    def voice(self) -> Voice:
        """What is heard of it."""
        patience = SILENT_AFTER if self.ever_heard else NEVER_HEARD_AFTER
        if self.quiet_for <= patience:
            return Voice.HEARD if self.heard else Voice.QUIET
        if self.excused:
            return Voice.QUIET
        return Voice.SILENT if self.quiet_for <= patience + ESCALATES_AFTER else Voice.SILENT_FOR_LONG

    def past(self, now: datetime) -> Past:
        """What was said of it, by the wall clock of the store; a clock that has jumped makes it long ago."""
        if self.silence is None:
            return Past.NOTHING
        if self.silence.returned_at is None:
            return Past.ESCALATED if self.silence.escalated else Past.SILENT
        return Past.BACK if abs(now - self.silence.returned_at) <= SAME_ALARM_FOR else Past.NOTHING

    def may_share_a_cause(self, now: datetime) -> bool:
        """Tell whether it is overdue, and nobody has been told so."""
        overdue = self.ever_heard and not self.excused and self.quiet_for > OVERDUE_AFTER
        return overdue and self.past(now) in (Past.NOTHING, Past.BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done. Empty where nothing is."""

    alone: tuple[Watched, ...] = ()
    """An alarm for each of these."""
    together: tuple[Watched, ...] = ()
    """One alarm for all of these: the one that is gathering, or a new one."""
    again: tuple[Watched, ...] = ()
    returned: tuple[Watched, ...] = ()
    escalated: frozenset[str] = frozenset()
    """Alarms: what several have in common escalates once."""

    def __bool__(self) -> bool:
        return bool(self.alone or self.together or self.again or self.returned or self.escalated)


def decide(kiosks: Sequence[Watched], now: datetime, *, is_gathering: bool) -> Decision:
    """Return what is to be done now. ``is_gathering``: a common alarm was raised less than a minute ago."""
    acts = [(kiosk, ACTS.get((kiosk.past(now), kiosk.voice))) for kiosk in kiosks]

    def whose(wanted: Act) -> tuple[Watched, ...]:
        return tuple(kiosk for kiosk, act in acts if act is wanted)

    raised = whose(Act.RAISE)
    share_a_cause = is_gathering or sum(kiosk.may_share_a_cause(now) for kiosk in kiosks) >= ONE_CAUSE_FROM
    return Decision(
        alone=() if share_a_cause else raised,
        together=raised if share_a_cause else (),
        again=whose(Act.AGAIN),
        returned=whose(Act.RETURN),
        escalated=frozenset(kiosk.silence.alarm for kiosk in whose(Act.ESCALATE) if kiosk.silence is not None),
    )
