"""``make screenshots``: every screen as a picture in build/screens, and the README's moving one, all from real frames.

``python tests/ui/screens/screenshots.py [LANGUAGE …]``. What is put in docs/pictures shows no face but that of a person
who gave her pictures away (hardware/simulators/faces/ATTRIBUTION.md).
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QCoreApplication, QEventLoop, QSize
from screen_gate import SITE, Gate, StillCamera, lisa, pixels
from screen_scenes import SCREENS, SIZES

from hardware.simulators.camera import Stage, set_stage
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import ReasonClass
from kiosk.ports import Frame, Post
from kiosk.visit.screen import Screen, ScreenKind, Slip
from ui.catalogue import EN, ZH_CN, Language
from ui.window import PORTRAIT, PX_PER_MM, KioskWindow, make_application

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "build" / "screens"
MOVING = ROOT / "docs" / "pictures" / "gate.webp"
PANEL = QSize(405, 720)
"""Of one of the two panels in the moving picture; it is drawn twice as large and made smaller."""
FRAMES_A_SECOND = 8
_GAP_PX, _GROUND = 20, "#241E1B"

Act = tuple[float, Callable[[], None]]
"""A moment in seconds, and what happens then."""


class Posing:
    """A camera before which somebody stands and sways (``hardware.simulators.camera.Stage``)."""

    def __init__(self, who: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        set_stage(Path(self._folder.name) / "stage", who)
        self._stage = Stage(Path(self._folder.name) / "stage")
        self._newest = Frame(0, 0.0, self._stage.read())

    def start(self, post: Post) -> None: ...
    def stop(self) -> None: ...
    def latest(self) -> Frame | None:
        now_s = time.monotonic()
        if now_s > self._newest.taken_s + 1 / 15:  # the stage would wait for its next picture, and the film with it
            self._newest = Frame(self._newest.seq + 1, now_s, self._stage.read())
        return self._newest


def take_every_screen(languages: Sequence[Language]) -> None:
    """Write every screen, in both layouts, as wished for in four ways."""
    gate = Gate(StillCamera(lisa()))
    PICTURES.mkdir(parents=True, exist_ok=True)
    wishes = {"": {}, "-large": {"large": True}, "-low": {"low": True}}
    for language in languages:
        for way, size in SIZES.items():
            for suffix, wish in wishes.items():
                gate.show(SCREENS["attract"], language, size)
                gate.wish(language, **wish)
                for name, screen in SCREENS.items():
                    gate.say(screen)
                    gate.wish(language, **wish)
                    Image.fromarray(gate.picture()).save(PICTURES / f"{name}-{language}-{way}{suffix}.png")
    gate.window.close()


def film(play: Callable[[KioskWindow], Sequence[Act]], lasts_s: float) -> list[Image.Image]:
    """Play acts on a panel of its own and return what was seen of it, ``FRAMES_A_SECOND``."""
    site = replace(SITE, reduced_motion=False)
    window = KioskWindow(
        Posing("lisa"),  # type: ignore[arg-type]  # a camera without exposure
        lambda event: None,
        site,
        px_per_mm=PX_PER_MM * 2 * PANEL.width() / PORTRAIT.width(),
        size=PANEL * 2,
    )
    acts, frames = list(play(window)), list[Image.Image]()
    acts.pop(0)[1]()
    began_s = time.monotonic() + 1.0  # the film begins when the first screen has settled
    for number in range(round(lasts_s * FRAMES_A_SECOND)):
        now_s = number / FRAMES_A_SECOND
        while acts and acts[0][0] <= now_s:
            acts.pop(0)[1]()
        while time.monotonic() < began_s + now_s:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        picture = Image.fromarray(pixels(window.picture()))
        frames.append(picture.resize((PANEL.width(), PANEL.height()), Image.Resampling.LANCZOS))
    window.close()
    return frames


def one_who_goes_in(window: KioskWindow) -> Sequence[Act]:
    """In the site's language, by card and face."""
    show = window.screens.show
    look = Screen(kind=ScreenKind.LOOK_HERE)
    return (
        (0.0, lambda: show(Screen(kind=ScreenKind.ATTRACT))),
        (4.0, lambda: show(Screen(kind=ScreenKind.READING))),
        (5.0, lambda: show(replace(look, guidance=Guidance.COME_CLOSER))),
        (7.0, lambda: show(replace(look, guidance=Guidance.LOOK_STRAIGHT))),
        (8.5, lambda: show(replace(look, guidance=Guidance.HOLD_STILL))),
        (10.0, lambda: show(Screen(kind=ScreenKind.GO_IN, card_lies=True))),
        (12.5, lambda: show(Screen(kind=ScreenKind.GO_IN))),
    )


def one_who_would_rather_see_somebody(window: KioskWindow) -> Sequence[Act]:
    """In English, with large text, by the staffed lane."""
    show, visitor = window.screens.show, window.visitor
    slip = Slip(code=SlipCode("7KM-2FQ"), reason_class=ReasonClass.CHOICE)
    return (
        (0.0, lambda: show(Screen(kind=ScreenKind.ATTRACT))),
        (2.0, visitor.open_languages),
        (4.0, lambda: visitor.choose_language(EN)),
        (6.5, visitor.change_text_size),
        (9.5, lambda: show(Screen(kind=ScreenKind.SEE_STAFF, slip=slip))),
    )


def take_moving_picture() -> None:
    """Write both visitors beside one another."""
    lasts_s = 14.0
    pairs = zip(film(one_who_goes_in, lasts_s), film(one_who_would_rather_see_somebody, lasts_s), strict=True)
    width, height = PANEL.width(), PANEL.height()
    frames = []
    for left, right in pairs:
        frame = Image.new("RGB", (2 * width + 3 * _GAP_PX, height + 2 * _GAP_PX), _GROUND)
        frame.paste(left, (_GAP_PX, _GAP_PX))
        frame.paste(right, (width + 2 * _GAP_PX, _GAP_PX))
        frames.append(frame)
    first, *others = frames
    each_ms = 1000 // FRAMES_A_SECOND
    first.save(MOVING, save_all=True, append_images=others, duration=each_ms, loop=0, quality=72, method=6)
    sys.stdout.write(f"{MOVING.relative_to(ROOT)}: {MOVING.stat().st_size / 1e6:.2f} MB\n")


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = make_application()
    take_every_screen([Language(name) for name in sys.argv[1:]] or [ZH_CN, EN])
    take_moving_picture()
