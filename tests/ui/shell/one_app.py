"""The kiosk's real window with its real heartbeat, and no devices: what the shell keeps in front.

Run by the shell: one_app.py PID_FILE. SIGUSR1 makes the screen's thread hang for good, as a driver's call can; SIGUSR2
is staff who ask for the installer's screens.
"""

import os
import signal
import sys
import time
from pathlib import Path

from PySide6.QtCore import QSize

import ui
from kiosk import service_manager
from kiosk.qt_loop import ends_on_signals, says_it_lives
from kiosk.visit.screen import Screen, ScreenKind
from ui.site import load_site
from ui.window import KioskWindow, make_application


class NoCamera:
    def latest(self) -> None: ...


qt = make_application()
site = load_site(Path(ui.__file__).parent / "sites" / "gutian.toml")
window = KioskWindow(NoCamera(), lambda event: None, site, size=QSize(600, 900))  # type: ignore[arg-type]  # never asked
window.screens.show(Screen(kind=ScreenKind.SEE_STAFF))
signal.signal(signal.SIGUSR1, lambda *_: time.sleep(3600))


def say_alive() -> None:
    if window.draws():
        service_manager.tell(service_manager.ALIVE)


assert service_manager.pulse_s() is not None
wanted: list[int] = []
with says_it_lives(say_alive), ends_on_signals(qt):
    # Any signal ends the event loop (kiosk.qt_loop); this one also says what is wanted next.
    signal.signal(signal.SIGUSR2, lambda *_: wanted.append(service_manager.SETUP_WANTED))
    Path(sys.argv[1]).write_text(" ".join([str(os.getpid()), *sys.argv[2:]]))
    code = qt.exec()
service_manager.tell(service_manager.STOPPING)
window.close()
sys.exit(wanted[0] if wanted else code)
