"""Where the engine's thread meets Qt's: the only crossing there is.

Engine to screen, a ``Screen`` travels in one queued signal; screen to engine, a touch becomes an event that is posted.
Nothing else is shared.
"""

from dataclasses import asdict
from typing import Any, Final

from PySide6.QtCore import Property, QObject, Qt, QTimer, Signal, Slot

from kiosk.ports import Post
from kiosk.visit.events import MoreTimeWanted, StaffedLaneChosen
from kiosk.visit.screen import Screen, ScreenKind
from ui.catalogue import Language
from ui.presenter import begins_anew, language_of_card, next_language, present
from ui.site import SiteInfo

LANGUAGE_KEPT_S: Final = 60
"""A language that was chosen while nobody is served, and no card laid, is not the next visitor's choice."""
_NOBODY_SERVED = frozenset({ScreenKind.ATTRACT, ScreenKind.OUT_OF_SERVICE})


class QtScreens(QObject):
    """The visitor's screen as the engine knows it (``kiosk.ports.Screens``). Stop the engine before this is deleted."""

    arrived = Signal(object)

    def show(self, screen: Screen) -> None:
        """Show this screen now. May be called from any thread; returns at once."""
        self.arrived.emit(screen)


class Visitor(QObject):
    """What QML binds to: the present ``View``, and what the visitor can touch. Lives in Qt's main thread.

    Until the engine says otherwise the machine is out of service: what is not known means staff (RULES 8).
    """

    changed = Signal()

    def __init__(self, screens: QtScreens, site: SiteInfo, post: Post) -> None:
        super().__init__()
        self._site = site
        self._post = post
        self._screen = Screen(kind=ScreenKind.OUT_OF_SERVICE)
        self._language = site.default_language
        self._chosen = False
        self.language_timer = QTimer(self, singleShot=True, interval=LANGUAGE_KEPT_S * 1000)
        self.language_timer.timeout.connect(self._forget_language)
        screens.arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def _view(self) -> dict[str, Any]:
        fields = asdict(present(self._screen, self._language, self._site))
        # QML takes a list for an array, but a tuple for an unknown object.
        return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}

    view = Property(dict, _view, notify=changed)
    """The fields of ``ui.presenter.View``, in the visitor's language."""

    @property
    def screen(self) -> Screen:
        """What the engine shows now; for the voice and the keypad, which live in the same thread."""
        return self._screen

    @property
    def language(self) -> Language:
        """The visitor's language."""
        return self._language

    @Slot()
    def choose_staffed_lane(self) -> None:
        """The visitor touched "staffed lane"."""
        self._post(StaffedLaneChosen())

    @Slot()
    def want_more_time(self) -> None:
        """The visitor, asked, wants more time."""
        self._post(MoreTimeWanted())

    @Slot()
    def change_language(self) -> None:
        """The visitor touched the language button."""
        self.choose_language(next_language(self._language))

    @Slot(str)
    def choose_language(self, language: str) -> None:
        """The visitor touched the name of a language."""
        self._language, self._chosen = Language(language), True
        if self._screen.kind in _NOBODY_SERVED:
            self.language_timer.start()
        self.changed.emit()

    @Slot(object)
    def _take(self, screen: Screen) -> None:
        if begins_anew(self._screen.kind, screen.kind):
            self._begin_in_the_sites_language()
        if screen.card and not self._chosen:
            self._language = language_of_card(screen.card) or self._language
        if screen.kind not in _NOBODY_SERVED:
            self.language_timer.stop()
        self._screen = screen
        self.changed.emit()

    def _begin_in_the_sites_language(self) -> None:
        self._language, self._chosen = self._site.default_language, False

    def _forget_language(self) -> None:
        self._begin_in_the_sites_language()
        self.changed.emit()
