"""An alarm as the kiosk raises it, and the anonymous count that every visit leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.domain.by_hand import HandReason
from kiosk.domain.ids import AlarmId, VisitId
from kiosk.domain.reasons import Reason
from kiosk.domain.verdict import AlarmKind, Hit, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What the station must know within a second. ``hit`` is set exactly for alarms from the list."""

    id: AlarmId
    kind: AlarmKind
    visit: VisitId
    raised_at: datetime
    hit: Hit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCount:
    """One visit ended: a verdict, its first reason, the hour, and how long each stage took, to be counted in classes.

    Nothing else of an ordinary visit is kept.
    """

    verdict: Verdict
    reason: Reason | None
    at: datetime
    took_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandCount:
    """Staff opened the gate themselves, and why. The visit that went before was counted as the referral it was."""

    reason: HandReason
    at: datetime
