"""An alarm's timeline in words: who did what, when, and what they said.

What a person has written is shown as they wrote it; what the station keeps as a code (an outcome, why guards were
stood down) is put into words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.station.alarm_json import NOTE
from sync.station.alarm_life import ENDED, LIFE, Act, Outcome, State
from sync.station.dispatches import WITHDRAWN
from sync.station.escalation import SECOND_PERSON, SUPERVISOR, UNREVIEWED
from sync.station.repeats import AGAIN
from sync.station.supervision import ESCALATED
from sync.station.wording import Words, facts_of

STEPS: Final = (State.RAISED, State.ACKNOWLEDGED, State.CONFIRMED, State.DISPATCHED, State.ARRIVED, State.RESOLVED)
"""The road of an alarm, as the page draws it. A dismissal ends it wherever it is."""
LOUD: Final = frozenset({ESCALATED, SECOND_PERSON, SUPERVISOR, UNREVIEWED})
"""Events that make sound though nothing new waits."""
_TONES: Final = {
    WITHDRAWN: "bad",
    "help-wanted": "bad",
    "override": "warn",
    **dict.fromkeys(LOUD, "warn"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a timeline. ``said`` is a person's own words, ``detail`` ours."""

    at: str
    who: str
    event: str
    text: str
    detail: str
    said: str
    tone: str


def timeline_of(alarm: Mapping[str, Any], teams: Mapping[str, str], words: Words) -> list[Line]:
    """Return everything that happened to an alarm, the newest first."""
    return [_line(event, alarm, teams, words) for event in reversed(alarm["history"])]


def _line(event: Mapping[str, Any], alarm: Mapping[str, Any], teams: Mapping[str, str], words: Words) -> Line:
    name, facts = event["event"], event.get("facts") or {}
    return Line(
        at=event["at"],
        who=event["who"],
        event=name,
        text=words.of_code("event", name),
        detail=" · ".join(_details(name, facts, alarm, teams, words)),
        said=_said(name, facts),
        tone=_TONES.get(name, "plain"),
    )


def _details(
    name: str, facts: Mapping[str, Any], alarm: Mapping[str, Any], teams: Mapping[str, str], words: Words
) -> list[str]:
    if name == AGAIN:
        _, face, liveness, _ = facts_of({"entry": alarm["entry"], "facts": facts}, words)
        return [f"{face.label}: {face.text}", f"{liveness.label}: {liveness.text}"]
    details = [teams.get(facts["team"], facts["team"])] if "team" in facts else []
    if "outcome" in facts:
        details.append(words.of_code("outcome", facts["outcome"]))
    if name == State.ARRIVED:
        details.append(words.of_code("listed-on-arrival", facts["listed"]))
    if name == "stood-down":
        details.append(words.of_code("stood-down", facts["why"]))
    if "agrees" in facts:
        details.append(words("review.agrees" if facts["agrees"] else "review.disagrees"))
    return details


def _said(name: str, facts: Mapping[str, Any]) -> str:
    said = facts.get("text" if name == NOTE else "note") or ("" if name == "stood-down" else facts.get("why"))
    return str(said or "")


def acts_on(alarm: Mapping[str, Any]) -> frozenset[Act]:
    """Return what may be done with an alarm now, as far as it is its own state that decides."""
    return frozenset(act for state, act in LIFE if state == alarm["state"])


def steps_of(alarm: Mapping[str, Any]) -> list[tuple[State, str]]:
    """Return each step of an alarm's life and how it stands: done, now, skipped, to-come."""
    happened = {event["event"] for event in alarm["history"]}
    state = State(alarm["state"])
    road = (*STEPS[:-1], State.DISMISSED) if state is State.DISMISSED else STEPS
    here = road.index(state)

    def how(place: int, step: State) -> str:
        if place == here:
            return "now"
        return "done" if step in happened else "skipped" if place < here or state in ENDED else "to-come"

    return [(step, how(place, step)) for place, step in enumerate(road)]


OUTCOMES: Final = tuple(Outcome)
