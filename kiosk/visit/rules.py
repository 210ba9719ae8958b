"""What a rule of the visit is: what it is given, what it returns, and where it may lead (kiosk.visit.machine)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from kiosk.domain.ids import SlipCode, VisitId
from kiosk.visit import effects as do
from kiosk.visit.policy import Policy
from kiosk.visit.states import Lane, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a step may not find out by itself: the day at the site, an id for a visit that begins now, and a slip's
    code for one that ends at staff."""

    today: date
    fresh_visit: VisitId
    fresh_code: SlipCode


@dataclass(frozen=True, slots=True)
class Context:
    """Everything constant during one step."""

    policy: Policy
    moment: Moment


Outcome: TypeAlias = tuple[Lane, tuple[do.Effect, ...]]
Handler: TypeAlias = Callable[[Lane, Any, Any, Context], Outcome]
"""(lane, its state, event, context) → outcome. The table guarantees the two types that are Any here."""


class Rule(NamedTuple):
    """What a pair of state and event does, and where it may lead."""

    handler: Handler
    to: tuple[type[State], ...]
