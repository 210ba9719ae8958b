"""A kiosk window with no engine behind it: the test says what the engine would say, and looks at what comes out."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QImage

import ui
from kiosk.ports import BgrImage, Frame, Post
from kiosk.visit.events import Event
from kiosk.visit.screen import Screen, ScreenKind
from ui.catalogue import Language
from ui.site import SiteInfo, load_site
from ui.window import PORTRAIT, KioskWindow

FACES = Path(__file__).parents[3] / "hardware" / "simulators" / "faces"
_PICTURES = Path(__file__).parents[3] / "build" / "screens"
SITES = Path(ui.__file__).parent / "sites"
SITE = replace(load_site(SITES / "gutian.toml"), reduced_motion=True)
"""Nothing moves, so that one picture can be compared with another."""


Rgb = NDArray[np.uint8]


@dataclass
class StillCamera:
    """A camera before which nothing moves, yet every picture is new. ``asked`` counts the calls."""

    image: "BgrImage | None"
    asked: int = 0

    def start(self, post: Post) -> None: ...

    def stop(self) -> None: ...

    def latest(self) -> Frame | None:
        self.asked += 1
        return None if self.image is None else Frame(self.asked, float(self.asked), self.image.copy())


@dataclass
class Gate:
    """The window, its camera, and what the visitor's touches posted."""

    camera: StillCamera
    posted: list[Event] = field(default_factory=list)
    site: SiteInfo = SITE
    window: KioskWindow = field(init=False)

    def __post_init__(self) -> None:
        self.window = KioskWindow(self.camera, self.posted.append, self.site)

    def show(self, screen: Screen, language: Language = SITE.default_language, size: QSize = PORTRAIT) -> None:
        """Begin a new visit in ``language`` and let it come to ``screen``."""
        self.window.quick_window.resize(size)
        self.say(Screen(kind=ScreenKind.TAKE_CARD))
        self.say(Screen(kind=ScreenKind.ATTRACT))
        self.wish(language)
        self.say(screen)
        self.wish(language)  # a forgotten card's screen is the next visitor's, who starts anew
        self.picture()

    def wish(self, language: Language, *, large: bool = False, low: bool = False) -> None:
        """Touch whatever is not as this visitor wants it."""
        visitor = self.window.visitor
        if visitor.choices["language"] != language:
            visitor.choose_language(language)
        if visitor.choices["large"] != large:
            visitor.change_text_size()
        if visitor.choices["low"] != low:
            visitor.change_height()

    def say(self, screen: Screen) -> None:
        self.window.screens.show(screen)
        QCoreApplication.processEvents()

    def picture(self) -> Rgb:
        """Return what the window shows: height x width x 3, red-green-blue."""
        QCoreApplication.processEvents()
        return pixels(self.window.picture())


def pixels(image: QImage) -> Rgb:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def keep(picture: QImage, name: str) -> None:
    """With SCREENS=1, keep a picture for people to judge as build/screens/NAME.png."""
    if "SCREENS" in os.environ:
        _PICTURES.mkdir(parents=True, exist_ok=True)
        assert picture.save(str(_PICTURES / f"{name}.png"))


def lisa() -> BgrImage:
    """A face whose owner gave the picture away (CC0); see ATTRIBUTION.md beside it."""
    return np.ascontiguousarray(pixels(QImage(str(FACES / "lisa" / "live-1.jpg")))[:, :, ::-1])
