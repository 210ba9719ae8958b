"""The installer's screens as QML binds to them: one step after another, each with what was found and what to do.

What a step does comes from outside (``Acts``) and runs on a thread of its own: a reader or a station may take seconds.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import Property, QObject, Qt, Signal, Slot

from ui.catalogue import EN, ZH_CN, catalogues
from ui.staff_words import LABELS, SETUP, STEPS, Words

CARD_WIDTH_MM: Final = 85.60
"""ISO/IEC 7810, ID-1."""
_TYPED_MOST: Final = 25
_NARROWEST_PX, _WIDEST_PX = 60, 1600


@dataclass(frozen=True, slots=True)
class Result:
    """What a step found: a line with a sign, in both languages."""

    is_well: bool
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What the steps do. Each may block, and is called on the installer's own thread."""

    tests: dict[str, Callable[[], tuple[Result, ...]]]
    """By step: reader, gate, sound, doctor, and enrol, which says how it is."""
    enrol: Callable[[str], Result]
    save_pin: Callable[[str], Result]
    save_size: Callable[[float], Result]
    save_site: Callable[[str], Result]
    sites: tuple[str, ...]


class Installer(QObject):
    """The present step, its results, and what the installer types and touches."""

    changed = Signal()
    finished = Signal()
    _found = Signal(str, object)
    _measured = Signal(object)

    def __init__(self, acts: Acts, *, px_per_mm: float, site: str, language: str = "zh_CN") -> None:
        super().__init__()
        self._acts = acts
        self._site, self._language = site, language
        self._card_px = round(px_per_mm * CARD_WIDTH_MM)
        """Whole pixels, as the frame is drawn: what is saved is what was seen."""
        self._at = 0
        self._typed = ""
        self._busy = ""
        self._results: dict[str, tuple[Result, ...]] = {}
        self._bars: list[dict[str, Any]] = []
        self._guidance = ""
        self._works = ThreadPoolExecutor(max_workers=1, thread_name_prefix="installer")
        self._found.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._measured.connect(self._show_bars, Qt.ConnectionType.QueuedConnection)

    def measured(self, bars: tuple[tuple[str, float, bool], ...], guidance: str) -> None:
        """Show how the last picture was. Safe from any thread."""
        self._measured.emit((bars, guidance))

    # ---- what QML binds to

    def _step(self) -> str:
        return tuple(STEPS)[self._at]

    def _view(self) -> dict[str, Any]:
        step = self._step()
        title, note = STEPS[step]
        results = self._results.get(step, ())
        return {
            "step": step,
            "at": self._at + 1,
            "of": len(STEPS),
            "title": title.in_(self._language),
            "note": note.in_(self._language),
            "lines": [{"well": r.is_well, "text": r.words.in_(self._language)} for r in results],
            "busy": self._busy == step,
            "has_test": step in self._acts.tests,
            "typed": "●" * len(self._typed) if step == "pin" else _in_fives(self._typed),
            "px_per_mm": self._card_px / CARD_WIDTH_MM,
            "card_px": self._card_px,
            "sites": list(self._acts.sites),
            "site": self._site,
            "bars": self._bars,
            "guidance": self._guidance,
        }

    view = Property(dict, _view, notify=changed)
    words = Property(
        dict,
        lambda self: {key: words.in_(self._language) for key, words in {**LABELS, **SETUP}.items()},
        notify=changed,
    )

    # ---- what the installer touches

    @Slot()
    def next(self) -> None:
        """Go on; after the last step the screens end."""
        if self._at + 1 == len(STEPS):
            self.finished.emit()
        else:
            self._go(self._at + 1)

    @Slot()
    def back(self) -> None:
        """Go to the step before."""
        self._go(max(0, self._at - 1))

    @Slot()
    def test(self) -> None:
        """Do what this step tests."""
        step = self._step()
        self._run(step, self._acts.tests[step])

    @Slot(str)
    def key(self, key: str) -> None:
        """A key of ours was touched; "" takes the last one back."""
        self._typed = self._typed[:-1] if key == "" else (self._typed + key)[:_TYPED_MOST]
        self.changed.emit()

    @Slot()
    def enter(self) -> None:
        """The code or the PIN is typed."""
        typed, step = self._typed, self._step()
        act = self._acts.enrol if step == "enrol" else self._acts.save_pin
        self._typed = ""
        self._run(step, lambda: (act(typed),))

    @Slot(int)
    def resize(self, px: int) -> None:
        """Make the card's frame wider or narrower."""
        self._card_px = min(_WIDEST_PX, max(_NARROWEST_PX, self._card_px + px))
        self.changed.emit()

    @Slot()
    def save_size(self) -> None:
        """The frame is as large as a card."""
        size = round(self._card_px / CARD_WIDTH_MM, 3)
        self._run("screen", lambda: (self._acts.save_size(size),))

    @Slot(str)
    def choose_site(self, site: str) -> None:
        """Use this site's names, language and look."""
        self._site = site
        self._run("site", lambda: (self._acts.save_site(site),))

    @Slot()
    def change_language(self) -> None:
        """Chinese or English."""
        self._language = EN if self._language == ZH_CN else ZH_CN
        self.changed.emit()

    def _go(self, at: int) -> None:
        self._at, self._typed = at, ""
        self.changed.emit()

    def _run(self, step: str, act: Callable[[], tuple[Result, ...]]) -> None:
        if self._busy == "":
            self._busy = step
            self._results.pop(step, None)
            self._works.submit(self._work, step, act)
            self.changed.emit()

    def _work(self, step: str, act: Callable[[], tuple[Result, ...]]) -> None:
        try:
            results = act()
        except Exception as error:  # an installer must see that it went wrong, whatever it was
            results = (Result(False, Words(type(error).__name__, type(error).__name__)),)
        self._found.emit(step, results)

    @Slot(str, object)
    def _take(self, step: str, results: tuple[Result, ...]) -> None:
        self._busy = ""
        self._results[step] = results
        self.changed.emit()

    @Slot(object)
    def _show_bars(self, measured: tuple[tuple[tuple[str, float, bool], ...], str]) -> None:
        bars, guidance = measured
        self._bars = [
            {"label": SETUP[name].in_(self._language), "part": part, "well": is_enough}
            for name, part, is_enough in bars
        ]
        words = catalogues()[ZH_CN if self._language == ZH_CN else EN]
        self._guidance = words.say(f"guidance.{guidance}") if guidance else ""
        if self._step() == "camera":
            self.changed.emit()


def _in_fives(typed: str) -> str:
    return "-".join(typed[at : at + 5] for at in range(0, len(typed), 5))
