"""The whole visit by ear: what each screen says, to whom, and what is never said aloud.

Rules
- A screen says what it asks for as soon as it is shown, and cuts off whatever was being said. So nobody hears what was
  meant for the visitor before, and no two voices speak at once.
- The loudspeaker says only what stands large on the screen and would suit anybody: what to do next, and that one may go
  in or please see staff. What concerns this visit alone (the reason; how to hold one's face, and what to do who cannot)
  goes to head-phones, and pulling them out ends it: it does not go on aloud.
- While nobody is served the loudspeaker is silent until a key is pressed: nobody listens to a hall that talks all day.
- "Please go in" and "please see our staff" are equally calm: one instrument, equally loud, equally long. A referral and
  an alarm are one ``Screen`` and therefore one sound (RULES 3).
- A phrase is a file, ``LANGUAGE/KEY.mp3``; a site's own recording of the same name comes first. A file that is missing
  is a silence, never an error before a visitor.
"""

from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Final

from kiosk.domain.guidance import Guidance
from kiosk.domain.reasons import ReasonClass
from kiosk.ports import AudioOut
from kiosk.visit.screen import Screen, ScreenKind
from ui.catalogue import Language

SOUNDS: Final = Path(__file__).parent / "sounds"


class VoiceMode(StrEnum):
    """The site's switch. ``HEADPHONES``: only while head-phones are plugged in."""

    OFF = "off"
    ON = "on"
    HEADPHONES = "headphones"


class Earcon(StrEnum):
    """A short sound that needs no language. It comes before the words, and without them where the voice is off."""

    BEGUN = "begun"
    GO_IN = "go-in"
    SEE_STAFF = "see-staff"
    ASKING = "asking"


_SPOKEN: Final = {
    ScreenKind.OUT_OF_SERVICE: "spoken.out-of-service",
    ScreenKind.ATTRACT: "spoken.attract",
    ScreenKind.READING: "spoken.look",
    ScreenKind.LAY_AGAIN: "spoken.lay-again",
    ScreenKind.LOOK_HERE: "spoken.look",
    ScreenKind.GO_IN: "spoken.go-in",
    ScreenKind.SEE_STAFF: "spoken.see-staff",
    ScreenKind.TAKE_CARD: "spoken.take-card",
    ScreenKind.CARD_FORGOTTEN: "spoken.card-forgotten",
}
_EARCONS: Final = {
    ScreenKind.READING: Earcon.BEGUN,
    ScreenKind.GO_IN: Earcon.GO_IN,
    ScreenKind.SEE_STAFF: Earcon.SEE_STAFF,
}
_NOBODY_SERVED: Final = frozenset({ScreenKind.ATTRACT, ScreenKind.OUT_OF_SERVICE})
_EXPLANATION: Final = ("spoken.notice", "spoken.keys")
PHRASES: Final = tuple(
    dict.fromkeys(
        chain(
            _SPOKEN.values(),
            ("spoken.more-time", *_EXPLANATION),
            chain.from_iterable((f"guidance.{hint}", f"guidance-note.{hint}") for hint in Guidance),
            (f"reason.{reason}" for reason in ReasonClass),
        )
    )
)
"""Every phrase that is ever spoken: none has a field, so each is one file in each language."""


def speech(screen: Screen, *, privately: bool) -> tuple[str, ...]:
    """Return the phrases that this screen says; ``privately`` is to head-phones, otherwise the room hears it."""
    if screen.asks_more_time:
        return ("spoken.more-time",)
    if screen.kind is ScreenKind.LOOK_HERE and screen.guidance:
        hint = (f"guidance.{screen.guidance}",)
        return (*hint, f"guidance-note.{screen.guidance}") if privately else hint
    said = (_SPOKEN[screen.kind],)
    return (*said, f"reason.{screen.slip.reason_class}") if privately and screen.slip else said


class Voice:
    """Speaks for the visitor's screen. Lives in Qt's main thread; nothing here blocks."""

    def __init__(
        self, audio: AudioOut, mode: VoiceMode = VoiceMode.ON, *, earcons: bool = True, recordings: Path | None = None
    ) -> None:
        """Make a voice that has said nothing yet.

        Args:
            audio: where sound goes.
            mode: the site's switch.
            earcons: whether the short sounds are heard.
            recordings: the site's own folder of recordings, laid out as ``ui/sounds`` is.
        """
        self._audio = audio
        self._mode = mode
        self._earcons = earcons
        self._folders = (recordings, SOUNDS) if recordings else (SOUNDS,)
        self._headphones = False
        self._screen = Screen(kind=ScreenKind.OUT_OF_SERVICE)
        self._language = Language("")
        self._saying: tuple[str, ...] = ()

    def show(self, screen: Screen, language: Language) -> None:
        """Say what this screen says, unless just that is being said already."""
        before, self._screen = self._screen, screen
        phrases = self._speech()
        if screen.kind in _NOBODY_SERVED and not self._headphones:
            phrases = ()
        earcon = self._earcon_after(before)
        if earcon or phrases != self._saying or language != self._language:
            self._language = language
            self._say(phrases, earcon)

    def say_again(self) -> None:
        """Say the present screen's words once more: the visitor pressed a key."""
        self._say(self._speech())

    def explain(self) -> None:
        """Say who looks at what and why, and what the keys are: all that the first screen has to read."""
        self._say((*self._speech(), *_EXPLANATION))

    def plug(self, *, headphones: bool) -> None:
        """Take note that head-phones were plugged in, which greets their owner, or pulled out, which ends the talk."""
        self._headphones = headphones
        if headphones:
            self.say_again()
        else:
            self._saying = ()
            self._audio.hush()

    def _speech(self) -> tuple[str, ...]:
        return speech(self._screen, privately=self._headphones)

    def _earcon_after(self, before: Screen) -> Earcon | None:
        if self._screen.asks_more_time and not before.asks_more_time:
            return Earcon.ASKING
        return _EARCONS.get(self._screen.kind) if self._screen.kind is not before.kind else None

    def _say(self, phrases: tuple[str, ...], earcon: Earcon | None = None) -> None:
        self._saying = phrases
        speaks = self._mode is VoiceMode.ON or (self._mode is VoiceMode.HEADPHONES and self._headphones)
        names = [f"earcons/{earcon}"] if earcon and self._earcons else []
        if speaks:
            names += [f"{self._language}/{key}" for key in phrases]
        files = tuple(file for name in names if (file := self._file(name)))
        if files:
            self._audio.play(files, headphones=self._headphones)
        else:
            self._audio.hush()

    def _file(self, name: str) -> Path | None:
        places = (folder / f"{name}.mp3" for folder in self._folders)
        return next((place for place in places if place.is_file()), None)
