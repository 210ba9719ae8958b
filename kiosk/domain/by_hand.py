"""Why staff opened the gate themselves: a closed vocabulary, so that no free text about a person is ever typed."""

from enum import StrEnum


class HandReason(StrEnum):
    """What a member of staff says that they have done before they open the gate."""

    DOCUMENT_SEEN = "document-seen"
    FACE_SEEN = "face-seen"
    ADULT_WITH_CHILD = "adult-with-child"
    STATION_ASKED = "station-asked"
    ON_DUTY = "on-duty"
    """Nobody's visit: site staff, a delivery, an ambulance."""
