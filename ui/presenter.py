"""From a ``Screen`` to words and the names of pictures: pure, so that every screen is tested without a window.

Rules
- The presenter formats, it decides nothing: a referral and an alarm reach it as one and the same ``Screen`` (RULES 3).
- The words come from the catalogue, the site's names from ``SiteInfo``, and nothing from the visitor or the card.
- The headline also stands in a second language, so that somebody who has not yet found the language button can follow.
- What is not said on a screen is "" or (); QML leaves out what is empty.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from kiosk.domain.document import DocumentKind
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.visit.screen import Screen, ScreenKind
from ui import qr
from ui.catalogue import EN, FONTS, LANGUAGES, RIGHT_TO_LEFT, ZH_CN, ZH_TW, Catalogue, Language, catalogues
from ui.site import SiteInfo


class Page(StrEnum):
    """The layouts, each a file of this name in ``ui/qml``."""

    ATTRACT = "AttractPage"
    CAMERA = "CameraPage"
    REQUEST = "RequestPage"
    RESULT = "ResultPage"


class Picture(StrEnum):
    """The drawing that goes with the words; ``ui/qml/Picture.qml`` draws them."""

    LAY_CARD = "LayCard"
    LOOK = "Look"
    ENTER = "Enter"
    TAKE_CARD = "TakeCard"
    TICK = "Tick"
    STAFF = "Staff"


class CardAct(StrEnum):
    """What the visitor's card should do now; shown beside the reader, always in one place."""

    LAY = "lay"
    LEAVE = "leave"
    TAKE = "take"
    OFF = "off"
    """The lane serves nobody: no card should lie here."""


class Tone(StrEnum):
    """The colour of a screen's ground. It never says anything that the words and the picture do not say."""

    HALL = "hall"
    GO = "go"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line of the notice before the camera starts (RULES 6)."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChoice:
    """One line of the list of languages, in its own script."""

    language: Language
    own_name: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A screen in words, ready to be bound.

    ``step`` is the step under way: 1 to 3, or 0 where there is none. ``progress`` is how far the ring round the live
    picture has come, from 0 to 1. ``more_time`` is the button's word while the visitor is asked, and "" otherwise.
    """

    kind: ScreenKind
    language: Language
    right_to_left: bool
    page: Page
    picture: Picture
    tone: Tone
    headline: str
    second_headline: str
    sentence: str
    title: str
    staffed_lane: str
    staffed_lane_note: str
    language_button: str
    languages: tuple[LanguageChoice, ...]
    font: str
    larger: str
    lower: str
    still: str
    steps: tuple[str, str, str]
    step: int = 0
    progress: float = 0.0
    card: CardAct | None = None
    card_words: str = ""
    more_time: str = ""
    more_time_note: str = ""
    notice: tuple[Note, ...] = ()
    guidance: str = ""
    slip_label: str = ""
    slip_code: str = ""
    slip_reason: str = ""
    slip_link: str = ""
    complaint: str = ""
    staff_codes: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    page: Page
    picture: Picture
    tone: Tone = Tone.HALL
    step: int = 0
    card: CardAct | None = None


# While the card is read the face is already looked at: both screens are one, so that nothing jumps.
_LOOKS = {
    ScreenKind.OUT_OF_SERVICE: _Look(Page.REQUEST, Picture.STAFF, card=CardAct.OFF),
    ScreenKind.ATTRACT: _Look(Page.ATTRACT, Picture.LAY_CARD, card=CardAct.LAY),
    ScreenKind.READING: _Look(Page.CAMERA, Picture.LOOK, step=2, card=CardAct.LEAVE),
    ScreenKind.LAY_AGAIN: _Look(Page.REQUEST, Picture.LAY_CARD, step=1, card=CardAct.LAY),
    ScreenKind.LOOK_HERE: _Look(Page.CAMERA, Picture.LOOK, step=2, card=CardAct.LEAVE),
    ScreenKind.GO_IN: _Look(Page.RESULT, Picture.TICK, Tone.GO),
    ScreenKind.SEE_STAFF: _Look(Page.RESULT, Picture.STAFF, Tone.STAFF),
    ScreenKind.TAKE_CARD: _Look(Page.REQUEST, Picture.TAKE_CARD, card=CardAct.TAKE),
    # Whoever reads this comes after the card's owner: the card is not theirs to take.
    ScreenKind.CARD_FORGOTTEN: _Look(Page.REQUEST, Picture.STAFF),
}
_NOTICE = ("who", "why", "used", "kept", "other", "children")
_CODES_SHOWN = 2
_AFTER_A_VISIT = frozenset(
    {ScreenKind.GO_IN, ScreenKind.SEE_STAFF, ScreenKind.TAKE_CARD, ScreenKind.CARD_FORGOTTEN},
)


def present(screen: Screen, language: Language, site: SiteInfo) -> View:
    """Return what the visitor reads and sees, in ``language``."""
    words = site.catalogue(language)
    second = site.catalogue(_second_language(language))
    names = site.words[language]
    look = _LOOKS[screen.kind]
    card = CardAct.TAKE if screen.card_lies else look.card
    headline, sentence = _headline_and_sentence(screen)
    return View(
        kind=screen.kind,
        language=language,
        right_to_left=language in RIGHT_TO_LEFT,
        page=look.page,
        picture=look.picture,
        tone=look.tone,
        step=look.step,
        progress=_progress(screen),
        card=card,
        card_words=words.say(f"card.{card}") if card else "",
        more_time=words.say("more-time.button") if screen.asks_more_time else "",
        more_time_note=words.say("more-time.note") if screen.asks_more_time else "",
        headline=words.say(headline),
        second_headline=second.say(headline),
        sentence=words.say(sentence, staffed_lane=names.staffed_lane),
        title=words.say("site.welcome", name=names.name) if screen.kind is ScreenKind.ATTRACT else names.name,
        staffed_lane=words.say("action.staffed_lane"),
        staffed_lane_note=words.say("action.staffed_lane_note"),
        language_button=f"{words.say('action.language')} {second.say('action.language')}",
        languages=tuple(
            LanguageChoice(
                language=other,
                own_name=catalogues()[other].say("language.own_name"),
                chosen=other == language,
            )
            for other in LANGUAGES
        ),
        larger=words.say("action.larger"),
        lower=words.say("action.lower"),
        still=words.say("action.still"),
        font=FONTS[language],
        steps=(words.say("step.one"), words.say("step.two"), words.say("step.three")),
        notice=_notice(words, site) if screen.kind is ScreenKind.ATTRACT else (),
        guidance=screen.guidance or "",
        slip_label=words.say("see-staff.slip_label") if screen.slip else "",
        slip_code=screen.slip.code if screen.slip else "",
        slip_reason=words.say(f"reason.{screen.slip.reason_class}") if screen.slip else "",
        slip_link=qr.link(site.complaint_url, screen.slip) if screen.slip else "",
        complaint=words.say("see-staff.complaint", phone=site.complaint_phone) if screen.slip else "",
        staff_codes=_staff_codes(screen.faults),
    )


def next_language(language: Language) -> Language:
    """Return the language after this one, for whoever goes through them by a key."""
    return LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]


def language_of_card(kind: DocumentKind) -> Language | None:
    """Return the language in which a card of this kind is most likely read, or None where the kind tells nothing.

    - A residence permit is held by people from Hong Kong, Macao and Taiwan, who read traditional characters.
    - A permanent residence card is held by foreigners. Which nationality stays in the reader worker (docs/adr/0004), so
      it is English, which the card itself is printed in beside Chinese.

    A guess that saves a touch, and never overrules one.
    """
    match kind:
        case DocumentKind.RESIDENT:
            return None
        case DocumentKind.RESIDENCE_PERMIT:
            return ZH_TW
        case DocumentKind.PERMANENT_2017 | DocumentKind.PERMANENT_2023:
            return EN
        case _:
            assert_never(kind)


def begins_anew(before: ScreenKind, after: ScreenKind) -> bool:
    """Tell whether somebody else stands at the gate now, who gets the site's own language.

    The next card may follow a result at once, without the attract screen between; and a forgotten card has been left.
    """
    if after in (ScreenKind.ATTRACT, ScreenKind.CARD_FORGOTTEN):
        return before is not after
    return after is ScreenKind.READING and before in _AFTER_A_VISIT


def _headline_and_sentence(screen: Screen) -> tuple[str, str]:
    if screen.asks_more_time and screen.slip is None:  # a slip stays to be read
        return "more-time.headline", "more-time.sentence"
    if screen.guidance and _LOOKS[screen.kind].page is Page.CAMERA:
        return f"guidance.{screen.guidance}", f"guidance-note.{screen.guidance}"
    return f"{screen.kind}.headline", f"{screen.kind}.sentence"


def _progress(screen: Screen) -> float:
    """The ring fills as the visitor gets on: the card is read, then all is well before the camera."""
    if screen.guidance is Guidance.HOLD_STILL:
        return 1.0
    return 0.5 if screen.kind is ScreenKind.LOOK_HERE else 0.25


def _notice(words: Catalogue, site: SiteInfo) -> tuple[Note, ...]:
    names = site.words[words.language]
    return tuple(
        Note(
            label=words.say(f"notice.{line}_label"),
            text=words.say(f"notice.{line}", operator=names.operator, staffed_lane=names.staffed_lane),
        )
        for line in _NOTICE
    )


def _staff_codes(faults: frozenset[Fault]) -> str:
    """Two lines for the corner: what stops the lane first, and how many more there are.

    Where the device's key is comes last: it stands for as long as the kiosk does, and must not hide what is new.
    """
    last = Fault.DEVICE_KEY_FILE
    codes = sorted(faults, key=lambda fault: (not fault.stops_the_lane(), fault is last, fault.value))
    shown = "\n".join(codes[:_CODES_SHOWN])
    return f"{shown} +{len(codes) - _CODES_SHOWN}" if len(codes) > _CODES_SHOWN else shown


def _second_language(language: Language) -> Language:
    return EN if language in {ZH_CN, ZH_TW} else ZH_CN
