"""What a careful eye would check on a screen: where words and targets are, how well they stand out; and its finger."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QFontMetricsF, QPointingDevice
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest
from screen_gate import Rgb


def visible_items(window: QQuickWindow, qt_class: str) -> list[QQuickItem]:
    """Return all visible items of a Qt class, such as "QQuickText"."""
    return [item for item in _descendants(window.contentItem()) if item.isVisible() and item.inherits(qt_class)]


def made_of(window: QQuickWindow, component: str) -> list[QQuickItem]:
    """Return all visible items made from one of our own QML files."""
    return [
        item
        for item in _descendants(window.contentItem())
        if item.isVisible() and item.metaObject().className().startswith(f"{component}_QMLTYPE")
    ]


def named(window: QQuickWindow, name: str) -> QQuickItem:
    (item,) = [item for item in _descendants(window.contentItem()) if item.objectName() == name]
    return item


def texts(window: QQuickWindow) -> list[QQuickItem]:
    return [item for item in visible_items(window, "QQuickText") if item.property("text")]


def place(item: QQuickItem) -> QRectF:
    """Return the item's rectangle on the window, in pixels."""
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


def ancestors(item: QQuickItem) -> Iterator[QQuickItem]:
    while (item := item.parentItem()) is not None:
        yield item


def cap_height_px(text: QQuickItem) -> float:
    return QFontMetricsF(text.property("font")).capHeight()


def contrast(first: Rgb, second: Rgb) -> Rgb:
    """Return the contrast ratio of colours (WCAG 2.2, 1.4.3), each ... x 3, 0-255."""
    bright, dark = np.maximum(_luminance(first), _luminance(second)), np.minimum(_luminance(first), _luminance(second))
    return (bright + 0.05) / (dark + 0.05)


def contrast_within(picture: Rgb, area: QRectF) -> float:
    """Return how the strongest strokes in an area stand out from its ground, which is its commonest colour."""
    left, top, right, bottom = (round(edge) for edge in area.getCoords())
    region = picture[max(0, top) : bottom, max(0, left) : right].reshape(-1, 3).astype(np.uint32)
    packed, counts = np.unique(region @ np.array([1 << 16, 1 << 8, 1], np.uint32), return_counts=True)
    colours = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=-1)
    ratios = contrast(colours, colours[np.argmax(counts)])
    strongest = np.argsort(ratios)[::-1]
    # The 0.2 % of pixels that stand out most: the hearts of strokes, which no smoothing has touched.
    hearts = np.searchsorted(np.cumsum(counts[strongest]), 0.002 * counts.sum())
    return float(ratios[strongest[hearts]])


def _luminance(colour: Rgb) -> Rgb:
    channel = colour / 255.0
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _descendants(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        yield child
        yield from _descendants(child)


def touch(window: QQuickWindow, finger: QPointingDevice, name: str) -> None:
    """Touch what has this name, in its middle."""
    QCoreApplication.processEvents()
    (touched,) = [item for item in visible_items(window, "QQuickItem") if item.objectName() == name]
    point = place(touched).center().toPoint()
    QTest.touchEvent(window, finger).press(0, point).commit()
    QTest.touchEvent(window, finger).release(0, point).commit()
    QCoreApplication.processEvents()
