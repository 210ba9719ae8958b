"""Ten thousand visits on the screens in compressed time: the window holds no more memory than after the first ones."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication

sys.path.insert(0, str(Path(__file__).parents[1] / "ui" / "screens"))

from screen_gate import Gate, StillCamera, lisa  # after the path to it

from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import ReasonClass
from kiosk.visit.screen import Screen, ScreenKind, Slip
from ui.window import make_application

VISITS = int(os.environ.get("HONGTU_SOAK_VISITS", "10000"))
WARM = max(VISITS // 10, 50)
MAY_GROW_MB = 16


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def visit(gate: Gate, number: int) -> None:
    slip = Slip(code=SlipCode(f"{number:06d}"), reason_class=ReasonClass.CHECK)
    verdict = Screen(kind=ScreenKind.GO_IN) if number % 3 else Screen(kind=ScreenKind.SEE_STAFF, slip=slip)
    looking = [Screen(kind=ScreenKind.LOOK_HERE, guidance=hint) for hint in (Guidance.COME_CLOSER, Guidance.HOLD_STILL)]
    for screen in (Screen(kind=ScreenKind.READING), *looking, verdict, Screen(kind=ScreenKind.ATTRACT)):
        gate.window.screens.show(screen)
        QCoreApplication.processEvents()


def test_ten_thousand_visits_leave_the_window_as_large_as_it_was() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = make_application()
    gate = Gate(StillCamera(lisa()))
    try:
        for number in range(WARM):
            visit(gate, number)
        before_mb = resident_mb()
        for number in range(WARM, VISITS):
            visit(gate, number)
        assert resident_mb() - before_mb < MAY_GROW_MB
    finally:
        gate.window.close()
        del app
