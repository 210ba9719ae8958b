"""Qt's event loop in the kiosk's processes: what ends it, what it does again and again, whom it tells that it turns."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QGuiApplication

from kiosk import service_manager


@contextmanager
def ends_on_signals(qt: QGuiApplication) -> Iterator[None]:
    """Let SIGTERM and SIGINT end the event loop; Qt alone would not let Python see them."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: qt.exit())
    signal.set_wakeup_fd(theirs.fileno())
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
        ours.close()
        theirs.close()


@contextmanager
def every(seconds: float | None, act: Callable[[], object]) -> Iterator[None]:
    """Have the event loop do something again and again; ``None`` is never."""
    timer = QTimer()
    timer.timeout.connect(act)
    if seconds is not None:
        timer.start(int(seconds * 1000))
    try:
        yield
    finally:
        timer.stop()


def _say_alive() -> None:
    service_manager.tell(service_manager.ALIVE)


@contextmanager
def says_it_lives(say: Callable[[], None] = _say_alive) -> Iterator[None]:
    """Tell the service manager that we are ready, and then as often as it wants to know; ``say`` may look first."""
    service_manager.tell(service_manager.READY)
    with every(service_manager.pulse_s(), say):
        yield
