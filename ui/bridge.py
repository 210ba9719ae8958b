"""Where the engine's thread meets Qt's: the only crossing there is.

Engine to screen, a ``Screen`` travels in one queued signal; screen to engine, a touch becomes an event that is posted.
Nothing else is shared. What visitors choose for themselves (language, large text, a low screen, no motion) never
reaches the engine, and is forgotten with the visit.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from PySide6.QtCore import Property, QObject, Qt, QTimer, QUrl, Signal, Slot

from kiosk.ports import Post
from kiosk.visit.events import MoreTimeWanted, StaffedLaneChosen
from kiosk.visit.screen import Screen, ScreenKind
from ui.catalogue import LANGUAGES, Language
from ui.presenter import begins_anew, language_of_card, next_language, present
from ui.site import SiteInfo

CHOICES_KEPT_S: Final = 60
"""What was chosen while nobody is served, and no card laid, is not the next visitor's choice."""
_NOBODY_SERVED = frozenset({ScreenKind.ATTRACT, ScreenKind.OUT_OF_SERVICE, ScreenKind.CARD_FORGOTTEN})


class QtScreens(QObject):
    """The visitor's screen as the engine knows it (``kiosk.ports.Screens``). Stop the engine before this is deleted."""

    arrived = Signal(object)

    def show(self, screen: Screen) -> None:
        """Show this screen now. May be called from any thread; returns at once."""
        self.arrived.emit(screen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How one visitor wants the screens.

    ``language_touched``: it was chosen by a touch, which a card's kind does not overrule. ``choosing``: the list of
    languages is open.
    """

    language: Language
    still: bool
    large: bool = False
    low: bool = False
    choosing: bool = False
    language_touched: bool = False


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
        self._at_first = Choices(language=site.default_language, still=site.reduced_motion)
        self._choices = self._at_first
        self.choices_timer = QTimer(self, singleShot=True, interval=CHOICES_KEPT_S * 1000)
        self.choices_timer.timeout.connect(self._forget_choices)
        screens.arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def _view(self) -> dict[str, Any]:
        fields: dict[str, Any] = _for_qml(asdict(present(self._screen, self._choices.language, self._site)))
        return fields

    view = Property(dict, _view, notify=changed)
    """The fields of ``ui.presenter.View``, in the visitor's language."""

    choices = Property(dict, lambda self: asdict(self._choices), notify=changed)
    """The fields of ``Choices``."""

    @Property(dict, constant=True)
    def theme(self) -> dict[str, Any]:
        """The fields of ``ui.theme.Theme``; pictures as URLs."""
        theme = self._site.theme
        pictures = {name: QUrl.fromLocalFile(str(getattr(theme, name))) for name in ("emblem", "scene")}
        return {
            **theme.colours(),
            **pictures,
            "serif": theme.serif,
            "reader": theme.reader,
            "reader_kind": theme.reader_kind,
        }

    @property
    def screen(self) -> Screen:
        """What the engine shows now; for the voice and the keypad, which live in the same thread."""
        return self._screen

    @property
    def language(self) -> Language:
        """The visitor's language."""
        return self._choices.language

    @Slot()
    def choose_staffed_lane(self) -> None:
        """The visitor touched "staffed lane"."""
        self._post(StaffedLaneChosen())

    @Slot()
    def want_more_time(self) -> None:
        """The visitor, asked, wants more time."""
        self._post(MoreTimeWanted())

    @Slot()
    def open_languages(self) -> None:
        """The visitor wants to see the languages; the second touch closes the list."""
        self._choose(choosing=not self._choices.choosing)

    @Slot(str)
    def choose_language(self, language: str) -> None:
        """The visitor touched a language in the list."""
        if language in LANGUAGES:
            self._choose(language=Language(language), language_touched=True, choosing=False)

    @Slot()
    def change_language(self) -> None:
        """The visitor wants the next language."""
        self.choose_language(next_language(self._choices.language))

    @Slot()
    def change_text_size(self) -> None:
        """The visitor wants larger text, or no longer."""
        self._choose(large=not self._choices.large)

    @Slot()
    def change_height(self) -> None:
        """The visitor wants everything that is touched or looked into low down, or no longer."""
        self._choose(low=not self._choices.low)

    @Slot()
    def change_motion(self) -> None:
        """The visitor wants nothing to move, or wants it to move again."""
        self._choose(still=not self._choices.still)

    def _choose(self, **choice: Any) -> None:
        self._choices = replace(self._choices, **choice)
        if self._screen.kind in _NOBODY_SERVED:
            self.choices_timer.start()
        self.changed.emit()

    @Slot(object)
    def _take(self, screen: Screen) -> None:
        if begins_anew(self._screen.kind, screen.kind):
            self._choices = self._at_first
        if screen.card and not self._choices.language_touched:
            language = language_of_card(screen.card) or self._choices.language
            self._choices = replace(self._choices, language=language)
        if screen.kind is not self._screen.kind:
            self._choices = replace(self._choices, choosing=False)
        if screen.kind not in _NOBODY_SERVED:
            self.choices_timer.stop()
        self._screen = screen
        self.changed.emit()

    def _forget_choices(self) -> None:
        self._choices = self._at_first
        self.changed.emit()


def _for_qml(value: Any) -> Any:
    """QML takes a list for an array, but a tuple for an unknown object, and has no word for None in a text."""
    match value:
        case dict():
            return {key: _for_qml(inner) for key, inner in value.items()}
        case tuple():
            return [_for_qml(inner) for inner in value]
        case None:
            return ""
        case _:
            return value
