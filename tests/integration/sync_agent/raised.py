"""Alarms and counts as the kiosk app makes them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from kiosk.domain.alarm import Alarm, VisitCount
from kiosk.domain.evidence import Band, FaceScore, Listed, Unavailable
from kiosk.domain.ids import AlarmId, EntryId, VisitId
from kiosk.domain.reasons import Reason
from kiosk.domain.verdict import AlarmKind, Hit, Verdict

NOON = datetime(2026, 5, 1, 12, 34, 56, tzinfo=UTC)
SCORE = FaceScore(similarity=0.61, band=Band.ACCEPT, accept_threshold=0.36, pack="sface-yunet", pack_digest="ab" * 32)


def panic(number: int) -> Alarm:
    """An alarm without a hit: staff pressed the button."""
    return Alarm(id=AlarmId(str(UUID(int=number))), kind=AlarmKind.STAFF_PANIC, visit=VisitId("v"), raised_at=NOON)


def wanted(number: int, *, face: FaceScore | Unavailable = SCORE) -> Alarm:
    hit = Hit(
        listed=Listed(EntryId(str(UUID(int=7))), timedelta(minutes=3)),
        face=face,
        liveness=Unavailable(Reason.LIVENESS_NOT_MEASURED),
        document_expired=False,
    )
    return Alarm(
        id=AlarmId(str(UUID(int=number))), kind=AlarmKind.WANTED_PERSON, visit=VisitId("v"), raised_at=NOON, hit=hit
    )


def admitted(at: datetime = NOON) -> VisitCount:
    return VisitCount(verdict=Verdict.ADMIT, reason=None, at=at)


def referred(reason: Reason, at: datetime = NOON) -> VisitCount:
    return VisitCount(verdict=Verdict.REFER, reason=reason, at=at)
