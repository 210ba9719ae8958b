"""Every screen that a visitor can meet, and both ways of hanging the panel."""

from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import ReasonClass
from kiosk.visit.screen import Screen, ScreenKind, Slip
from ui.window import LANDSCAPE, PORTRAIT

SIZES = {"portrait": PORTRAIT, "landscape": LANDSCAPE}
_FAULTS = frozenset({Fault.CAMERA_LOST, Fault.OUTBOX, Fault.LIST_AGEING})


def _slip(reason: ReasonClass) -> Slip:
    return Slip(code=SlipCode("W7K-2AB"), reason_class=reason)


SCREENS = {
    "out-of-service": Screen(kind=ScreenKind.OUT_OF_SERVICE, faults=_FAULTS),
    "attract": Screen(kind=ScreenKind.ATTRACT, faults=frozenset({Fault.LIST_AGEING, Fault.STATION_LINK})),
    "reading": Screen(kind=ScreenKind.READING),
    "lay-again": Screen(kind=ScreenKind.LAY_AGAIN),
    "look-here": Screen(kind=ScreenKind.LOOK_HERE),
    "look-here-more-time": Screen(kind=ScreenKind.LOOK_HERE, asks_more_time=True),
    "go-in": Screen(kind=ScreenKind.GO_IN, card_lies=True),
    "go-in-card-lifted": Screen(kind=ScreenKind.GO_IN),
    "see-staff": Screen(kind=ScreenKind.SEE_STAFF, slip=_slip(ReasonClass.CHECK), card_lies=True),
    "see-staff-more-time": Screen(kind=ScreenKind.SEE_STAFF, slip=_slip(ReasonClass.CHECK), asks_more_time=True),
    "take-card": Screen(kind=ScreenKind.TAKE_CARD),
    "card-forgotten": Screen(kind=ScreenKind.CARD_FORGOTTEN),
    **{f"look-here-{hint}": Screen(kind=ScreenKind.LOOK_HERE, guidance=hint) for hint in Guidance},
    **{
        f"see-staff-{reason}": Screen(kind=ScreenKind.SEE_STAFF, slip=_slip(reason))
        for reason in ReasonClass
        if reason is not ReasonClass.CHECK
    },
}
