"""The three verdicts, and what an alarm says."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.evidence import FaceEvidence, Listed, LivenessEvidence
from kiosk.domain.ids import EntryId
from kiosk.domain.reasons import Reason


class Verdict(StrEnum):
    """What happens at the gate. REFER and ALARM are one to the visitor."""

    ADMIT = "admit"
    REFER = "refer"
    ALARM = "alarm"


class AlarmKind(StrEnum):
    """What the station is told. None of them says that a person is guilty of anything."""

    WANTED_PERSON = "wanted-person"
    HOLDER_DIFFERS = "listed-document-holder-differs"
    """A listed document in other hands: possible misuse of a document, never "wanted person"."""
    HOLDER_UNSURE = "listed-document-holder-not-established"
    """A listed document whose face comparison lay in the staff band or could not run."""
    GATE_FORCED = "gate-forced"
    TAILGATING = "tailgating"
    CASE_OPENED = "case-opened"
    CAMERA_COVERED = "camera-covered"
    READER_LOST = "reader-lost"
    STAFF_PANIC = "staff-panic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """The facts behind an alarm from the list: no picture, no name, no number."""

    listed: Listed
    face: FaceEvidence
    liveness: LivenessEvidence
    document_expired: bool

    @property
    def entry(self) -> EntryId:
        """The list entry whose number was presented."""
        return self.listed.entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict with every reason that led to it, the weightiest first. ``hit`` and ``alarm`` go together."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    alarm: AlarmKind | None = None
    hit: Hit | None = None

    def __post_init__(self) -> None:
        if (self.verdict is Verdict.ALARM) != (self.alarm is not None and self.hit is not None):
            raise ValueError("an alarm verdict, and no other, carries its kind and its facts")
        if (self.verdict is Verdict.ADMIT) != (not self.reasons):
            raise ValueError("everything but an admission has a reason")
