"""Who is admitted: a pure function of the evidence.

Rules
- A number that is listed is an alarm, whatever else was found; what the face said decides only what the alarm says.
- Whatever is not listed is admitted only when every check ran and passed. A check that did not run is a reason
  to refer, never a pass.
- A child is told first that it goes in with a grown-up, whatever else its card lacks.
- A list too old to vouch for a miss still alarms on a hit.
"""

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from kiosk.domain.document import Document
from kiosk.domain.evidence import (
    Band,
    FaceEvidence,
    FaceScore,
    Failed,
    Listed,
    ListEvidence,
    LivenessEvidence,
    NotListed,
    Passed,
    Unavailable,
)
from kiosk.domain.reasons import Reason
from kiosk.domain.verdict import AlarmKind, Decision, Hit, Verdict
from kiosk.visit.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Every answer that a decision needs. None of them may be missing: what did not run is ``Unavailable``."""

    document: Document
    face: FaceEvidence
    liveness: LivenessEvidence
    listing: ListEvidence


def decide(evidence: Evidence, policy: Policy, today: date) -> Decision:
    """Return the verdict on a visitor whose card was read.

    Args:
        evidence: what the checks found.
        policy: the site's limits.
        today: the day at the site, in its own time zone.
    """
    if isinstance(evidence.listing, Listed):
        return _alarm(evidence, evidence.listing, today)
    reasons = (
        *_document_reasons(evidence.document, policy, today),
        *_face_reasons(evidence.face),
        *_liveness_reasons(evidence.liveness, policy),
        *_list_reasons(evidence.listing, policy),
    )
    return Decision(verdict=Verdict.REFER if reasons else Verdict.ADMIT, reasons=tuple(dict.fromkeys(reasons)))


def _alarm(evidence: Evidence, listed: Listed, today: date) -> Decision:
    hit = Hit(
        listed=listed,
        face=evidence.face,
        liveness=evidence.liveness,
        document_expired=not evidence.document.is_valid_on(today),
    )
    return Decision(verdict=Verdict.ALARM, reasons=(Reason.LISTED,), alarm=_alarm_kind(evidence.face), hit=hit)


def _alarm_kind(face: FaceEvidence) -> AlarmKind:
    match face:
        case FaceScore(band=Band.ACCEPT):
            return AlarmKind.WANTED_PERSON
        case FaceScore(band=Band.REJECT):
            return AlarmKind.HOLDER_DIFFERS
        case FaceScore() | Unavailable():
            return AlarmKind.HOLDER_UNSURE
        case _:
            assert_never(face)


def _document_reasons(document: Document, policy: Policy, today: date) -> tuple[Reason, ...]:
    reasons = []
    if document.age_on(today) < policy.adult_age:
        reasons.append(Reason.UNDER_AGE)
    if today < document.valid_from:
        reasons.append(Reason.NOT_YET_VALID)
    if today > document.valid_until:
        reasons.append(Reason.EXPIRED)
    if isinstance(document.portrait, Unavailable):
        reasons.append(document.portrait.reason)
    return tuple(reasons)


def _face_reasons(face: FaceEvidence) -> tuple[Reason, ...]:
    match face:
        case FaceScore(band=Band.ACCEPT):
            return ()
        case FaceScore(band=Band.STAFF):
            return (Reason.FACE_UNSURE,)
        case FaceScore():
            return (Reason.FACE_DIFFERS,)
        case Unavailable(reason):
            return (reason,)
        case _:
            assert_never(face)


def _liveness_reasons(liveness: LivenessEvidence, policy: Policy) -> tuple[Reason, ...]:
    match liveness:
        case Passed():
            return ()
        case Failed(reason):
            return (reason,)
        case Unavailable(reason):
            return (reason,) if policy.liveness_required else ()
        case _:
            assert_never(liveness)


def _list_reasons(listing: NotListed | Unavailable, policy: Policy) -> tuple[Reason, ...]:
    match listing:
        case NotListed(list_age):
            return (Reason.LIST_TOO_OLD,) if list_age > policy.list_usable_for else ()
        case Unavailable(reason):
            return (reason,)
        case _:
            assert_never(listing)
