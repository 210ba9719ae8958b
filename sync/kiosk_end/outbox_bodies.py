"""What an alarm and a visit say on the wire."""

from datetime import UTC, datetime

from kiosk.domain.alarm import Alarm, HandCount, VisitCount
from kiosk.domain.evidence import FaceScore, Failed, Passed, Unavailable
from kiosk.domain.verdict import Hit, Verdict
from sync.wire import AlarmBody, class_of_time


def hour_of(at: datetime) -> datetime:
    """Return the hour in which a visit is counted: no time of an ordinary visit is finer."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def labels_of(count: VisitCount | HandCount) -> list[str]:
    """Return what a visit is counted under: verdict and reason of a referral, and the class of each stage's time.

    A gate that was opened by hand is "by-hand" and its reason.
    """
    if isinstance(count, HandCount):
        return [f"by-hand/{count.reason}"]
    refused = count.verdict is Verdict.REFER and count.reason is not None
    ending = f"{count.verdict}/{count.reason}" if refused else str(count.verdict)
    return [ending, *(class_of_time(stage, seconds) for stage, seconds in count.took_s.items())]


def alarm_body(alarm: Alarm) -> AlarmBody:
    """Return the alarm's facts; what was not measured is None."""
    hit = alarm.hit
    face = hit.face if hit is not None else None
    score = face if isinstance(face, FaceScore) else None
    age = hit.listed.list_age if hit is not None else None
    return AlarmBody(
        kind=alarm.kind,
        visit=alarm.visit,
        entry=hit.entry if hit is not None else None,
        similarity=score.similarity if score is not None else None,
        band=score.band if score is not None else None,
        accept_threshold=score.accept_threshold if score is not None else None,
        pack=score.pack if score is not None else None,
        pack_digest=score.pack_digest if score is not None else None,
        face_reason=None if face is None or isinstance(face, FaceScore) else face.reason,
        liveness="n/a" if hit is None else _liveness(hit),
        list_age_s=age.total_seconds() if age is not None else None,
        document_expired=hit.document_expired if hit is not None else None,
    )


def _liveness(hit: Hit) -> str:
    match hit.liveness:
        case Passed():
            return "passed"
        case Failed(reason) | Unavailable(reason):
            return reason
