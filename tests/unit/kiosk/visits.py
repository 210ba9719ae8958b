"""Values that the visit's tests are arranged with."""

from datetime import date, timedelta

from kiosk.domain.document import Document, DocumentKind, Portrait
from kiosk.domain.evidence import Band, FaceScore, Listed, NotListed
from kiosk.domain.ids import EntryId, Presence, SlipCode, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.visit.rules import Moment

TODAY = date(2026, 11, 23)
NUMBER = DocumentNumber("11010519491231002X")  # the textbook example of GB 11643
PORTRAIT = Portrait(2, 2, bytes(12))
A = Presence("reader", 1)
B = Presence("reader", 2)
CODE = SlipCode("7KM-2FQ")
LISTED = Listed(EntryId("entry"), timedelta(minutes=5))
NOT_LISTED = NotListed(timedelta(minutes=5))


def document(**changes: object) -> Document:
    fields: dict[str, object] = {
        "kind": DocumentKind.RESIDENT,
        "numbers": (NUMBER,),
        "born": date(1949, 12, 31),
        "valid_from": date(2020, 1, 1),
        "valid_until": date(2040, 1, 1),
        "portrait": PORTRAIT,
    }
    return Document(**(fields | changes))  # type: ignore[arg-type]  # a test's own shorthand


def score(band: Band) -> FaceScore:
    similarity = {Band.ACCEPT: 0.7, Band.STAFF: 0.4, Band.REJECT: 0.1}[band]
    return FaceScore(similarity=similarity, band=band, accept_threshold=0.45, pack="sface-yunet", pack_digest="0" * 64)


def moment(visit: str = "VISIT2345678") -> Moment:
    return Moment(today=TODAY, fresh_visit=VisitId(visit), fresh_code=CODE)
