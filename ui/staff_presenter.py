"""From a ``Panel`` to what staff read: pure, so that every picture is tested without a window.

It formats and decides nothing. What staff may do is in the panel already (``kiosk.visit.machine.reasons_by_hand``), and
what is not to be told never reaches it.
"""

from dataclasses import dataclass
from datetime import timedelta

from kiosk.domain.by_hand import HandReason
from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.domain.what_to_do import WHAT_TO_DO
from kiosk.visit.panel import LaneWord, Panel
from ui.staff_words import BY_HAND, CLASSES, LABELS, LANES, REASONS, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One reason for which the gate may be opened by hand."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A visitor who waits, by the slip's code, with what to do."""

    code: str
    why: str
    what_to_do: str
    choices: tuple[Choice, ...]
    must_ask: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingFault:
    """A fault with what to do. ``stops``: nobody can be served until it is gone."""

    code: str
    text: str
    stops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelView:
    """The panel in words, ready to be bound. ``tone`` is a colour's name, and says nothing that ``lane`` does not."""

    lane: str
    tone: str
    code: str
    why: str
    what_to_do: str
    list_age: str
    is_paused: bool
    faults: tuple[StandingFault, ...]
    callers: tuple[Caller, ...]
    choices: tuple[Choice, ...]
    must_ask: bool


_TONES = {
    LaneWord.OPEN: "hall",
    LaneWord.SERVING: "hall",
    LaneWord.ADMITTED: "go",
    LaneWord.REFERRED: "staff",
    LaneWord.CARD_LEFT: "staff",
    LaneWord.PAUSED: "off",
    LaneWord.FAULTY: "off",
}


def present_panel(panel: Panel, list_age: timedelta | None, language: str) -> PanelView:
    """Return what staff read. ``list_age`` is None where there is no list."""
    why, what_to_do = _told(panel.reason_class, panel.reason) if panel.reason_class is not None else (None, None)
    return PanelView(
        lane=LANES[panel.lane].in_(language),
        tone=_TONES[panel.lane],
        code=panel.code,
        why=why.in_(language) if why else "",
        what_to_do=what_to_do.in_(language) if what_to_do else "",
        list_age=_age_of_list(list_age, language),
        is_paused=panel.is_paused,
        faults=tuple(
            StandingFault(code=fault, text=Words(*WHAT_TO_DO[fault]).in_(language), stops=fault.stops_the_lane())
            for fault in sorted(panel.faults, key=_gravest_first)
        ),
        callers=tuple(
            Caller(
                code=waiting.code,
                why=CLASSES[waiting.reason_class][0].in_(language),
                what_to_do=CLASSES[waiting.reason_class][1].in_(language),
                choices=_choices(waiting.by_hand, language),
                must_ask=_must_ask(waiting.by_hand),
            )
            for waiting in panel.waiting
        ),
        choices=_choices(panel.by_hand, language),
        must_ask=_must_ask(panel.by_hand),
    )


def labels(language: str) -> dict[str, str]:
    """Return the words that stand on the panel whatever happens."""
    return {key: words.in_(language) for key, words in LABELS.items()}


def _told(reason_class: ReasonClass, reason: Reason | None) -> tuple[Words, Words]:
    return REASONS[reason] if reason is not None else CLASSES[reason_class]


def _choices(reasons: frozenset[HandReason], language: str) -> tuple[Choice, ...]:
    return tuple(Choice(key=reason, text=BY_HAND[reason].in_(language)) for reason in HandReason if reason in reasons)


def _must_ask(reasons: frozenset[HandReason]) -> bool:
    return reasons == {HandReason.STATION_ASKED}


def _gravest_first(fault: Fault) -> tuple[bool, bool, str]:
    return not fault.stops_the_lane(), fault is Fault.DEVICE_KEY_FILE, fault.value


def _age_of_list(age: timedelta | None, language: str) -> str:
    if age is None:
        return LABELS["list_none"].in_(language)
    minutes = max(0, int(age.total_seconds() // 60))
    unit, n = ("minutes", minutes) if minutes < 120 else ("hours", minutes // 60)
    if n >= 48 and unit == "hours":
        unit, n = "days", n // 24
    return LABELS["list_age"].in_(language).format(age=LABELS[unit].in_(language).format(n=n))
