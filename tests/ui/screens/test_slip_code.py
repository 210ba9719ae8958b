"""The slip's QR code, read from the painted screen as a phone would."""

import cv2
import numpy as np
from screen_gate import SITE, Gate

from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import ReasonClass
from kiosk.visit.screen import Screen, ScreenKind, Slip
from ui.qr import link


def test_a_phone_is_led_to_the_complaints_page_of_each_slip(gate: Gate) -> None:
    for code in ("W7K-2AB", "7KM-2FQ"):  # the second visitor's code is not the first one's
        slip = Slip(code=SlipCode(code), reason_class=ReasonClass.CHECK)
        gate.show(Screen(kind=ScreenKind.SEE_STAFF, slip=slip))
        read, _, _ = cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(gate.picture()))
        assert read == link(SITE.complaint_url, slip)
