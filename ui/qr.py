"""The QR code on a slip: what it holds, and how it is painted.

It holds the site's address for complaints, the slip's code and the reason class; nothing of the visitor, the card or
the list (RULES 3 and 5). The kiosk itself has no network: the visitor's phone goes there, or does not.
"""

from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

import segno
from PySide6.QtCore import Property, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from kiosk.visit.screen import Slip

QML_IMPORT_NAME = "Hongtu"
QML_IMPORT_MAJOR_VERSION = 1

_QUIET_ZONE: Final = 4
"""Light modules all round (ISO/IEC 18004)."""


def link(complaint_url: str, slip: Slip) -> str:
    """Return the address that a referred visitor's phone is led to."""
    return f"{complaint_url}?{urlencode({'code': slip.code, 'reason': slip.reason_class})}"


@QmlElement
class QrCode(QQuickPaintedItem):
    """Paints ``content`` as a QR code, in whole pixels so that no edge is blurred. Nothing is painted for ""."""

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._content = ""

    def _get_content(self) -> str:
        return self._content

    def _set_content(self, content: str) -> None:
        self._content = content
        self.update()

    content = Property(str, _get_content, _set_content)

    def paint(self, painter: QPainter) -> None:
        """Fill the item with white and the dark modules in its middle."""
        if not self._content:
            return
        rows = _modules(self._content)
        module = max(1, int(min(self.width(), self.height())) // len(rows))
        left, top = (int(extent - module * len(rows)) // 2 for extent in (self.width(), self.height()))
        painter.fillRect(self.boundingRect(), Qt.GlobalColor.white)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(QRectF(left + x * module, top + y * module, module, module), Qt.GlobalColor.black)


@lru_cache(maxsize=1)
def _modules(content: str) -> tuple[bytes, ...]:
    """Return the code's rows, 1 where it is dark; finding its mask takes longer than all other painting."""
    return tuple(map(bytes, segno.make_qr(content, error="m").matrix_iter(border=_QUIET_ZONE)))
