"""SIGTERM and SIGINT as the end of Qt's event loop, for the app and its shell."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QGuiApplication


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
