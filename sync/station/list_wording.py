"""What the list's pages say of a number as it is typed, and of what happened to an entry."""

from collections.abc import Sequence
from typing import Any, Final

from kiosk.domain.numbers import DocumentNumber, InvalidNumberError
from sync.station.history import Event
from sync.station.wording import Words

LOOKED_UP: Final = "entry.looked-up"
_TOLD: Final = ("until", "was", "import_id", "listed", "withdrawn", "seq")
"""Which facts of an event are told, in this order; the others are ids of what stands beside it."""


def checked_as_typed(text: str, words: Words) -> dict[str, bool | str]:
    """Return whether this can be a number, by the rule by which entries are checked, and what it is or lacks."""
    try:
        number = DocumentNumber(text.strip().upper())
    except InvalidNumberError as broken:
        return {"holds": False, "text": words.of_code("number-rule", str(broken))}
    return {"holds": True, "text": words(f"number-form.{number.form}")}


def acts_of(events: Sequence[Event], words: Words) -> list[dict[str, Any]]:
    """Return what was done to an entry, each with its time, who and words; looks at it are not among them."""
    return [
        {"at": event.at.isoformat(), "who": event.who, "text": words.of_code("event", event.what), "facts": facts}
        for event in events
        if event.what != LOOKED_UP
        for facts in [[words.of_code("event-fact", name) + f" {event.facts[name]}" for name in _told(event)]]
    ]


def looks_of(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return who looked at an entry, newest first: how often, and when last."""
    looks: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.what == LOOKED_UP:
            times = looks.pop(event.who, {"n": 0})["n"] + 1
            looks[event.who] = {"who": event.who, "n": times, "at": event.at.isoformat()}
    return list(reversed(looks.values()))


def _told(event: Event) -> list[str]:
    return [name for name in _TOLD if event.facts.get(name)]
