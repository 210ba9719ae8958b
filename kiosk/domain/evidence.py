"""What the checks of one visit found.

Every check answers passed, failed or unavailable. A check that did not run is ``Unavailable`` with its reason
and is never a pass; ``None`` appears only while the answer is still awaited (kiosk.visit.machine).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from kiosk.domain.ids import EntryId
from kiosk.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Passed:
    """The check ran and found nothing against the visitor."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The check ran and found something."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The check could not run, or did not finish."""

    reason: Reason


class Band(StrEnum):
    """Where a score lies between a model pack's two thresholds."""

    ACCEPT = "accept"
    STAFF = "staff"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceScore:
    """A 1:1 comparison of the card's portrait with the live face.

    ``similarity`` is a cosine, -1 to 1. It means something only beside the pack that made it, so the pack's
    digest (SHA-256, hex) and the threshold in force travel with it (RULES 11).
    """

    similarity: float
    band: Band
    accept_threshold: float
    pack: str
    pack_digest: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A number of the document stands in the list; ``list_age`` is None where nobody knows how old that is."""

    entry: EntryId
    list_age: timedelta | None


@dataclass(frozen=True, slots=True)
class NotListed:
    """No number of the document stands in the list, which was ``list_age`` old at the look-up."""

    list_age: timedelta


FaceEvidence: TypeAlias = FaceScore | Unavailable
ListEvidence: TypeAlias = Listed | NotListed | Unavailable
LivenessEvidence: TypeAlias = Passed | Failed | Unavailable
