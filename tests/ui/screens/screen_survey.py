"""What a careful eye would write down of a screen: every text and every target, in millimetres.

The walk is made once for each panel (a language, a way of hanging it, a visitor's wishes) and every promise is then
asked about what was written down. The window is small, so that all panels together take seconds; sizes are in
millimetres, and what one pixel more or less would change is not asked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QTextLayout
from PySide6.QtQuick import QQuickItem
from screen_gate import Gate, Rgb
from screen_looking import ancestors, place
from screen_scenes import SCREENS, SIZES

from ui.catalogue import Language
from ui.window import PX_PER_MM

SMALL = 2.7
"""How much smaller than the panel the window is, unless a panel says otherwise."""


@dataclass(frozen=True)
class Panel:
    """How the screens are shown: to whom, and on what. ``pixels``: how many times 1080 x 1920 they are."""

    language: Language
    orientation: str
    large: bool = False
    low: bool = False
    px_per_mm: float = PX_PER_MM
    pixels: int = 1
    smaller: float = SMALL

    def __str__(self) -> str:
        kinds = ("large", self.large), ("low", self.low), (f"{self.px_per_mm}", self.px_per_mm != PX_PER_MM)
        return "-".join((self.language, self.orientation, *(name for name, it_is in kinds if it_is)))

    @property
    def size(self) -> QSize:
        """Of the window."""
        return SIZES[self.orientation] * (self.pixels / self.smaller)

    @property
    def pixel_mm(self) -> float:
        """How much one pixel of the window stands for."""
        return self.smaller / self.px_per_mm

    @property
    def height_mm(self) -> float:
        return self.size.height() * self.pixel_mm


@dataclass(frozen=True)
class TextSeen:
    """A text; ``fits`` is what is wrong with its room, or ""; ``boxes`` tells of a character that no font shows."""

    said: str
    place: QRectF
    cap_mm: float
    spacing: float
    fits: str
    boxes: bool
    target: str


@dataclass(frozen=True)
class ScreenSeen:
    name: str
    texts: list[TextSeen]
    targets: dict[str, QRectF]
    preview: QRectF | None
    picture: Rgb = field(repr=False)


def survey(gate: Gate, panel: Panel) -> list[ScreenSeen]:
    """Show every screen on the panel and write down what is there."""
    window = gate.window.quick_window
    window.setProperty("pxPerMm", 1 / panel.pixel_mm)
    window.resize(panel.size)
    try:
        return [_look(gate, panel, name) for name in SCREENS]
    finally:
        window.setProperty("pxPerMm", PX_PER_MM)


def _look(gate: Gate, panel: Panel, name: str) -> ScreenSeen:
    gate.say(SCREENS[name])
    gate.wish(panel.language, large=panel.large, low=panel.low)
    picture = gate.picture()
    items = list(visible(gate.window.quick_window.contentItem()))
    scale = panel.pixel_mm

    def in_mm(rect: QRectF) -> QRectF:
        return QRectF(rect.x() * scale, rect.y() * scale, rect.width() * scale, rect.height() * scale)

    previews = [in_mm(place(item)) for item in items if item.objectName() == "preview"]
    return ScreenSeen(
        name=name,
        texts=[_text(item, in_mm, scale) for item in items if item.inherits("QQuickText") and item.property("text")],
        targets={item.objectName(): in_mm(place(item)) for item in items if item.inherits("QQuickAbstractButton")},
        preview=previews[0] if previews else None,
        picture=picture,
    )


def visible(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        if child.isVisible():
            yield child
            yield from visible(child)


def _text(item: QQuickItem, in_mm: Callable[[QRectF], QRectF], scale: float) -> TextSeen:
    said, font = item.property("text"), item.property("font")
    metrics = QFontMetricsF(font)
    around = list(ancestors(item))
    buttons = [one.objectName() for one in around if one.inherits("QQuickAbstractButton")]
    return TextSeen(
        said=said,
        place=in_mm(place(item)),
        cap_mm=metrics.capHeight() * scale,
        spacing=metrics.lineSpacing() * item.property("lineHeight") / font.pixelSize(),
        fits=_misfit(item, said, metrics, around),
        boxes=_has_boxes(said, item),
        target=buttons[0] if buttons else "",
    )


def _misfit(item: QQuickItem, said: str, metrics: QFontMetricsF, around: list[QQuickItem]) -> str:
    if item.property("truncated"):
        return "is shortened"
    if item.property("contentWidth") > item.width() + 1 or item.property("contentHeight") > item.height() + 1:
        return "is larger than its place"
    here = place(item)
    for one in around:
        if one.width() > 0 and not place(one).adjusted(-1, -1, 1, 1).contains(here):
            return f"leaves {one.metaObject().className()}"
    # A script that puts spaces between words is broken at them only.
    words = [word for word in said.split() if max(word) < "\u3000"]
    return "breaks a word" if any(metrics.horizontalAdvance(word) > item.width() + 1 for word in words) else ""


def _has_boxes(said: str, item: QQuickItem) -> bool:
    layout = QTextLayout(said, item.property("font"))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return any(0 in run.glyphIndexes() for run in layout.glyphRuns())
