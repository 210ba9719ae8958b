"""How an alarm and a dispatch may go on: two total tables, from which docs/dispatcher.md is drawn. Pure.

Rules
- What is not in a table is refused, and the refusal says how far things are, by whom, and since when.
- Only CONFIRM and OVERRIDE lead towards a dispatch: nobody is sent on a machine's word alone. More teams may follow the
  first one.
- An alarm is dismissed from wherever it is once somebody has it; it ends there, and whoever was sent is stood down.
- An alarm may be resolved before anybody has pressed "arrived": a guard's phone is a view, and he may say it by radio.
- No act leads back. What only adds to an alarm (a note, a call for help, a repeat) is an event and no step.
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How far an alarm has come. Its value is also the name of the event that led there."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    DISPATCHED = "dispatched"
    ARRIVED = "arrived"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Listed(StrEnum):
    """What the live list says of an alarm's entry: when the alarm arrived, or now."""

    STILL = "still-listed"
    WITHDRAWN = "withdrawn-since"
    """Withdrawn, or past its last day."""
    UNKNOWN = "unknown-here"
    """This station never had such an entry: a restored database, or a kiosk with a wrong list."""
    NOT_APPLICABLE = "n/a"


class Act(StrEnum):
    """What a person does with an alarm."""

    ACKNOWLEDGE = "acknowledge"
    CONFIRM = "confirm"
    """Of the four facts, by name."""
    OVERRIDE = "override"
    """Send a team before that, with a reason; a supervisor reviews it."""
    DISPATCH = "dispatch"
    ARRIVE = "arrive"
    RESOLVE = "resolve"
    DISMISS = "dismiss"


LIFE: Final[dict[tuple[State, Act], State]] = {
    (State.RAISED, Act.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.RAISED, Act.OVERRIDE): State.DISPATCHED,
    (State.ACKNOWLEDGED, Act.CONFIRM): State.CONFIRMED,
    (State.ACKNOWLEDGED, Act.OVERRIDE): State.DISPATCHED,
    (State.ACKNOWLEDGED, Act.DISMISS): State.DISMISSED,
    (State.CONFIRMED, Act.DISPATCH): State.DISPATCHED,
    (State.CONFIRMED, Act.DISMISS): State.DISMISSED,
    (State.DISPATCHED, Act.DISPATCH): State.DISPATCHED,
    (State.DISPATCHED, Act.ARRIVE): State.ARRIVED,
    (State.DISPATCHED, Act.RESOLVE): State.RESOLVED,
    (State.DISPATCHED, Act.DISMISS): State.DISMISSED,
    (State.ARRIVED, Act.DISPATCH): State.ARRIVED,
    (State.ARRIVED, Act.ARRIVE): State.ARRIVED,
    (State.ARRIVED, Act.RESOLVE): State.RESOLVED,
    (State.ARRIVED, Act.DISMISS): State.DISMISSED,
}
"""Every allowed step. What is not here is refused."""

ENDED: Final = frozenset({State.RESOLVED, State.DISMISSED})
OPEN: Final = frozenset(State) - ENDED


class Sent(StrEnum):
    """How far one team's dispatch has come."""

    SENT = "sent"
    EXERCISE = "exercise"
    """Sent in an exercise, to a team for exercises: nobody counts it among what was sent."""
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    DONE = "done"
    STOOD_DOWN = "stood-down"
    """And not yet seen by the guards: it waits for their acknowledgement."""
    STAND_DOWN_SEEN = "stand-down-seen"


class Answer(StrEnum):
    """What a guard of the team says; STAND_DOWN is the station's own."""

    ACCEPT = "accept"
    ARRIVE = "arrived"
    HELP = "help"
    RESULT = "result"
    STAND_DOWN = "stand-down"
    SEE_STAND_DOWN = "stood-down"


ON_THE_WAY: Final = (Sent.SENT, Sent.EXERCISE, Sent.ACCEPTED, Sent.ARRIVED)
"""Who is stood down where it must be."""

ERRAND: Final[dict[tuple[Sent, Answer], Sent]] = {
    (Sent.SENT, Answer.ACCEPT): Sent.ACCEPTED,
    (Sent.EXERCISE, Answer.ACCEPT): Sent.ACCEPTED,
    (Sent.ACCEPTED, Answer.ARRIVE): Sent.ARRIVED,
    (Sent.ACCEPTED, Answer.HELP): Sent.ACCEPTED,
    (Sent.ARRIVED, Answer.HELP): Sent.ARRIVED,
    (Sent.ARRIVED, Answer.RESULT): Sent.DONE,
    **{(state, Answer.STAND_DOWN): Sent.STOOD_DOWN for state in ON_THE_WAY},
    (Sent.STOOD_DOWN, Answer.SEE_STAND_DOWN): Sent.STAND_DOWN_SEEN,
}
"""Every allowed step of a dispatch."""


class Outcome(StrEnum):
    """What came of it. A closed vocabulary, so that it can be counted without reading anybody's notes."""

    HANDED_OVER = "handed-over"
    """To the police, who establish who it is."""
    ANOTHER_PERSON = "another-person"
    NOT_FOUND = "not-found"
    HELPED = "helped"
    NO_CAUSE = "no-cause"
    OTHER = "other"
    """The note says what."""
