"""Why a visit went to staff: the closed vocabulary of the log, the counts and the slip."""

from enum import StrEnum


class ReasonClass(StrEnum):
    """The coarse reason that a visitor may be told.

    A hit on the list is told as CHECK, which ordinary referrals are told too: the slip of a listed
    person must read like any other (RULES 3).
    """

    DOCUMENT = "document"
    FACE = "face"
    CHECK = "check"
    CHOICE = "choice"
    CHILD = "child"


class Reason(StrEnum):
    """The exact reason, for staff and for the anonymous counts."""

    # the document itself
    EXPIRED = "document.expired"
    NOT_YET_VALID = "document.not-yet-valid"
    UNDER_AGE = "document.under-age"
    UNKNOWN_CARD_KIND = "document.unknown-kind"
    FIELD_INVALID = "document.field-invalid"
    NUMBER_INVALID = "document.number-invalid"
    CARD_UNREADABLE = "document.unreadable"
    # the portrait and the face before the camera
    PORTRAIT_UNDECODABLE = "portrait.undecodable"
    PORTRAIT_NO_FACE = "portrait.no-face"
    PORTRAIT_SEVERAL_FACES = "portrait.several-faces"
    FACE_UNSURE = "face.staff-band"
    FACE_DIFFERS = "face.differs"
    NO_FACE_SEEN = "face.none-seen"
    SEVERAL_FACES = "face.several"
    LIVENESS_FAILED = "liveness.failed"
    LIVENESS_NOT_MEASURED = "liveness.not-measured"
    # the list
    LISTED = "list.hit"
    LIST_TOO_OLD = "list.too-old"
    LIST_MISSING = "list.missing"
    LIST_BUSY = "list.busy"
    # the machine
    READER_FAULT = "fault.reader"
    CAMERA_FAULT = "fault.camera"
    FACE_FAULT = "fault.face"
    LIST_FAULT = "fault.list"
    OUTBOX_FAULT = "fault.outbox"
    CLOCK_FAULT = "fault.clock"
    TIME_OUT = "fault.time-out"
    # the visitor's own choice
    STAFFED_LANE = "choice.staffed-lane"

    def reason_class(self) -> ReasonClass:
        """Return what the visitor may be told of this reason."""
        if self is Reason.UNDER_AGE:
            return ReasonClass.CHILD
        prefix = self.value.partition(".")[0]
        if self is Reason.PORTRAIT_UNDECODABLE or prefix == "document":
            return ReasonClass.DOCUMENT
        if prefix in ("portrait", "face", "liveness"):
            return ReasonClass.FACE
        if prefix == "choice":
            return ReasonClass.CHOICE
        return ReasonClass.CHECK
