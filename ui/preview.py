"""The visitor's own picture, live, as in a mirror.

Rules
- VideoOutput is blank under the software renderer, so the camera's frames are painted here, in an oval.
- The camera is asked about 30 times a second, and only while the item is visible. What was shown is overwritten as
  soon as it is hidden.
- A frame is cropped to the item's aspect, so that only what is shown is copied, and mirrored as it is painted (turning
  the pixels round in memory takes ten times as long).
- Without a fresh frame the oval is empty: an old picture of somebody would look like a live one.
"""

from typing import Final

from PySide6.QtCore import Property, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from kiosk.ports import BgrImage, Camera

QML_IMPORT_NAME = "Hongtu"
QML_IMPORT_MAJOR_VERSION = 1

PREVIEW_INTERVAL_MS: Final = 33
_WHOLE: Final = 360 * 16
_TOP: Final = 90 * 16
"""Qt counts in sixteenths of a degree, from three o'clock against the clock's hands."""


class LiveCamera(QObject):
    """The kiosk's camera in a form that QML can hand to the preview."""

    def __init__(self, camera: Camera) -> None:
        super().__init__()
        self.camera = camera


@QmlElement
class CameraPreview(QQuickPaintedItem):
    """Paints the newest frame of its ``source`` in an oval that fills the item. ``is_live``: there is one."""

    live_changed = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._source: LiveCamera | None = None
        self._seq: int | None = None
        self._shown: BgrImage | None = None
        self._timer = QTimer(self, interval=PREVIEW_INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._refresh)
        self.visibleChanged.connect(self._run_if_visible)

    def _get_source(self) -> LiveCamera | None:
        return self._source

    def _set_source(self, source: LiveCamera | None) -> None:
        self._source = source
        self._run_if_visible()

    source = Property(QObject, _get_source, _set_source)
    is_live = Property(bool, lambda self: self._shown is not None, notify=live_changed)

    def paint(self, painter: QPainter) -> None:
        """Fill the oval with the frame; its edge is smooth because it is a brush, not a clip."""
        if self._shown is None:
            return
        height, width, _ = self._shown.shape
        image = QImage(self._shown.data, width, height, 3 * width, QImage.Format.Format_BGR888)
        brush = QBrush(image)
        mirrored = QTransform.fromTranslate(self.width(), 0).scale(-self.width() / width, self.height() / height)
        brush.setTransform(mirrored)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawEllipse(self.boundingRect())

    def _run_if_visible(self) -> None:
        if self._source is not None and self.isVisible():
            self._refresh()
            self._timer.start()
        else:
            self._timer.stop()
            self._drop()

    def _refresh(self) -> None:
        assert self._source is not None, "the timer runs only with a source"
        frame = self._source.camera.latest()
        if frame is None:
            self._drop()
        elif frame.seq != self._seq and self.width() > 0 and self.height() > 0:
            self._seq = frame.seq
            begins, self._shown = self._shown is None, crop_to(frame.image, self.width() / self.height())
            self.update()
            if begins:
                self.live_changed.emit()

    def _drop(self) -> None:
        if self._shown is not None:
            self._shown.fill(0)
            self._shown = None
            self.update()
            self.live_changed.emit()
        self._seq = None


@QmlElement
class ProgressRing(QQuickPaintedItem):
    """A ring along the item's edge: broken, and whole as far as ``part`` (0 to 1) says, clockwise from the top.

    ``middle`` is how far inside the edge it runs, ``thin`` and ``thick`` are its lines, all in pixels. It is painted
    once for each change, and kept as a picture.
    """

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._color = QColor()
        self._part = self._middle = self._thin = self._thick = 0.0

    def _set(self, name: str, value: object) -> None:
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.update()

    color = Property(QColor, lambda self: self._color, lambda self, value: self._set("_color", value))
    part = Property(float, lambda self: self._part, lambda self, value: self._set("_part", value))
    middle = Property(float, lambda self: self._middle, lambda self, value: self._set("_middle", value))
    thin = Property(float, lambda self: self._thin, lambda self, value: self._set("_thin", value))
    thick = Property(float, lambda self: self._thick, lambda self, value: self._set("_thick", value))

    def paint(self, painter: QPainter) -> None:
        """Draw the dashes, and over them the whole part."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = self._middle
        oval = QRectF(self.boundingRect()).adjusted(inside, inside, -inside, -inside)
        if self._part < 1:
            dashes = QPen(self._color, self._thin, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
            dashes.setDashPattern([3, 3])
            painter.setPen(dashes)
            painter.drawEllipse(oval)
        painter.setPen(QPen(self._color, self._thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(oval, _TOP, round(-self._part * _WHOLE))


def crop_to(image: BgrImage, aspect: float) -> BgrImage:
    """Return a copy of the middle of ``image`` whose width : height is ``aspect``, to the pixel."""
    height, width, _ = image.shape
    crop_width = max(1, min(width, round(height * aspect)))
    crop_height = max(1, min(height, round(width / aspect)))
    left, top = (width - crop_width) // 2, (height - crop_height) // 2
    return image[top : top + crop_height, left : left + crop_width].copy()
