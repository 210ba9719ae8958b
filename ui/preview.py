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

from PySide6.QtCore import Property, QObject, Qt, QTimer
from PySide6.QtGui import QBrush, QImage, QPainter, QTransform
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from kiosk.ports import BgrImage, Camera

QML_IMPORT_NAME = "Hongtu"
QML_IMPORT_MAJOR_VERSION = 1

PREVIEW_INTERVAL_MS: Final = 33


class LiveCamera(QObject):
    """The kiosk's camera in a form that QML can hand to the preview."""

    def __init__(self, camera: Camera) -> None:
        super().__init__()
        self.camera = camera


@QmlElement
class CameraPreview(QQuickPaintedItem):
    """Paints the newest frame of its ``source`` in an oval that fills the item."""

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
            self._shown = crop_to(frame.image, self.width() / self.height())
            self.update()

    def _drop(self) -> None:
        if self._shown is not None:
            self._shown.fill(0)
            self._shown = None
            self.update()
        self._seq = None


def crop_to(image: BgrImage, aspect: float) -> BgrImage:
    """Return a copy of the middle of ``image`` whose width : height is ``aspect``, to the pixel."""
    height, width, _ = image.shape
    crop_width = max(1, min(width, round(height * aspect)))
    crop_height = max(1, min(height, round(width / aspect)))
    left, top = (width - crop_width) // 2, (height - crop_height) // 2
    return image[top : top + crop_height, left : left + crop_width].copy()
