"""Three visitors' scripts (EN 301 549), through the real window, keys and touches, voice and visit machine.

What they hear is written down as it would reach their ears; nothing here looks at the screen but the wheelchair's user.
"""

import gc
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from screen_gate import SITE, StillCamera, lisa
from screen_looking import named, place

from kiosk.domain.document import Document, DocumentKind, Portrait
from kiosk.domain.evidence import Band, FaceScore, NotListed
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import Presence, SlipCode, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.visit import effects as do
from kiosk.visit import events as on
from kiosk.visit.machine import first_lane, step
from kiosk.visit.policy import Policy
from kiosk.visit.rules import Moment
from kiosk.visit.screen import screen_of
from ui import keypad
from ui.catalogue import EN, LANGUAGES
from ui.voice import SOUNDS, Voice
from ui.window import KioskWindow

CARD = Presence("reader", 1)
VISIT = VisitId("VISIT2345678")
CODE = SlipCode("7KM-2FQ")
TODAY = date(2026, 11, 26)
NOT_LISTED = NotListed(Policy().list_fresh_for)
DOCUMENT = Document(
    kind=DocumentKind.RESIDENT,
    numbers=(DocumentNumber("11010519491231002X"),),  # the textbook example of GB 11643
    born=date(1949, 12, 31),
    valid_from=date(2020, 1, 1),
    valid_until=date(2040, 1, 1),
    portrait=Portrait(2, 2, bytes(12)),
)
SAME_FACE = FaceScore(similarity=0.7, band=Band.ACCEPT, accept_threshold=0.45, pack="sface-yunet", pack_digest="0" * 64)


@dataclass
class Lane:
    """A lane whose card, face and clock are the script's: everything else is as it is at the gate."""

    heard: list[str] = field(default_factory=list)
    done: list[do.Effect] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._panel = QTest.createTouchDevice()
        self._lane = first_lane()
        self.window = KioskWindow(StillCamera(lisa()), self.happens, SITE, voice=Voice(self))
        for fault in (Fault.READER_LOST, Fault.CAMERA_LOST, Fault.FACE_MODELS):
            self.happens(on.FaultCleared(fault))
        self.heard.clear()

    def start(self) -> None: ...
    def stop(self) -> None: ...

    def play(self, sounds: tuple[Path, ...], *, headphones: bool) -> None:
        where = "ears" if headphones else "room"
        self.heard += [f"{where} {sound.relative_to(SOUNDS).with_suffix('')}" for sound in sounds]

    def hush(self) -> None:
        self.heard.append("silence")

    def happens(self, event: on.Event) -> None:
        self._lane, effects = step(self._lane, event, Policy(), Moment(today=TODAY, fresh_visit=VISIT, fresh_code=CODE))
        self.done += effects
        self.window.screens.show(screen_of(self._lane))
        QCoreApplication.processEvents()

    def press(self, key: Qt.Key) -> list[str]:
        """Press a key of the keypad and return what is heard then."""
        self.heard.clear()
        QTest.keyClick(self.window.quick_window, key)
        QCoreApplication.processEvents()
        return self.heard

    def touch(self, name: str) -> None:
        point = place(named(self.window.quick_window, name)).center().toPoint()
        for act in ("press", "release"):
            getattr(QTest.touchEvent(self.window.quick_window, self._panel), act)(0, point).commit()
        QCoreApplication.processEvents()

    def hears(self, *events: on.Event) -> list[str]:
        """Return what is heard as these things happen."""
        self.heard.clear()
        for event in events:
            self.happens(event)
        return self.heard

    def hears_soon(self, *events: on.Event) -> list[str]:
        """Return what is heard when the words before have had their time."""
        assert self.hears(*events) == []
        self.window.speaker.timer.timeout.emit()
        return self.heard

    def did(self, kind: type[do.Effect]) -> int:
        return sum(isinstance(effect, kind) for effect in self.done)


@pytest.fixture
def lane(qapp: object) -> Iterator[Lane]:
    lane = Lane()
    yield lane
    lane.window.close()


ANSWERS = (on.FaceCompared(VISIT, SAME_FACE), on.ListLookedUp(VISIT, NOT_LISTED))


def test_a_blind_visitor_with_headphones_goes_in_by_ear_alone(lane: Lane) -> None:
    # A socket and five keys are found by hand. Plugging in is answered at once, in the site's language.
    assert lane.press(keypad.HEADPHONES_IN) == ["ears zh_CN/spoken.attract"]
    # Two presses of the language key: each is answered in the language that it leads to.
    for language in LANGUAGES[1 : LANGUAGES.index(EN) + 1]:
        assert lane.press(keypad.LANGUAGE)[-1] == f"ears {language}/spoken.attract"
    # What a sighted visitor reads before the camera starts.
    assert lane.press(keypad.START) == ["ears en/spoken.attract", "ears en/spoken.notice", "ears en/spoken.keys"]
    # The card is laid; there is no hurry to hear it all.
    assert lane.hears(on.CardPresented(CARD)) == ["ears earcons/begun", "ears en/spoken.look"]
    # Reading takes a moment, and hints come with every picture: she hears the newest one, and hears it whole.
    hints = (on.FaceGuided(VISIT, hint) for hint in (Guidance.COME_CLOSER, Guidance.STEP_BACK, Guidance.LOOK_STRAIGHT))
    assert lane.hears_soon(on.CardRead(CARD, DOCUMENT), *hints) == [
        "ears en/guidance.look-straight",
        "ears en/guidance-note.look-straight",
    ]
    assert lane.press(keypad.REPEAT) == ["ears en/guidance.look-straight", "ears en/guidance-note.look-straight"]
    assert lane.hears(*ANSWERS) == ["ears earcons/go-in", "ears en/spoken.go-in"]
    assert lane.did(do.OpenGate) == 1
    # Whoever comes next is somebody else.
    lane.hears(on.CardRemoved(CARD), on.PersonPassed())
    assert lane.heard[-1] == "ears zh_CN/spoken.attract"
    assert lane.press(keypad.HEADPHONES_OUT) == ["silence"]


def test_the_owner_of_a_guide_dog_with_one_hand_free_asks_for_staff(lane: Lane) -> None:
    # No head-phones: the loudspeaker answers to the first key, and to nobody before.
    assert lane.press(keypad.REPEAT) == ["room zh_CN/spoken.attract"]
    for language in (*LANGUAGES[1:], LANGUAGES[0]):
        assert lane.press(keypad.LANGUAGE)[-1] == f"room {language}/spoken.attract"
    assert lane.hears(on.CardPresented(CARD), on.CardRead(CARD, DOCUMENT)) == [
        "room earcons/begun",
        "room zh_CN/spoken.look",
    ]
    # The dog turns, its owner turns with it, and the camera loses the face: the room hears what to do, and no more.
    assert lane.hears_soon(on.FaceGuided(VISIT, Guidance.TURN_TO_LIGHT)) == ["room zh_CN/guidance.turn-to-light"]
    assert lane.press(keypad.STAFF) == ["room earcons/see-staff", "room zh_CN/spoken.see-staff"]
    assert lane.did(do.CallStaff) == 1
    assert lane.did(do.OpenGate) == 0
    # And whoever did not catch it can have it again, as often as wanted.
    assert lane.press(keypad.REPEAT) == lane.press(keypad.REPEAT) == ["room zh_CN/spoken.see-staff"]


def test_a_wheelchair_user_who_finds_the_card_slowly_has_all_the_time_wanted(lane: Lane) -> None:
    # One touch brings everything that is touched or looked into down to the lap, for this visit.
    lane.touch("lower")
    assert lane.window.visitor.choices["low"]
    # The card slips off the lap desk.
    assert lane.hears(on.CardPresented(CARD), on.CardRemoved(CARD))[-1] == "room zh_CN/spoken.lay-again"
    for times in range(Policy().extensions):
        assert lane.hears(on.TimedOut()) == ["room earcons/asking", "room zh_CN/spoken.more-time"], times
        key = keypad.MORE_TIME if times % 2 else keypad.START  # "start" is a yes as well
        assert lane.press(key)[-1] == "room zh_CN/spoken.lay-again"
    again = Presence("reader", 2)
    lane.hears(on.CardPresented(again), on.CardRead(again, DOCUMENT), *ANSWERS)
    assert lane.heard[-1] == "room zh_CN/spoken.go-in"
    assert lane.did(do.OpenGate) == 1
    assert lane.window.visitor.choices["low"]
    lane.happens(on.CardRemoved(again))
    lane.happens(on.PersonPassed())
    assert not lane.window.visitor.choices["low"]


def test_a_key_that_is_held_down_counts_once(lane: Lane) -> None:
    window = lane.window.quick_window
    QTest.keyPress(window, keypad.LANGUAGE)
    for _ in range(5):
        held = QKeyEvent(QEvent.Type.KeyPress, keypad.LANGUAGE, Qt.KeyboardModifier.NoModifier, "", True)
        QCoreApplication.sendEvent(window, held)
    QTest.keyRelease(window, keypad.LANGUAGE)
    assert lane.window.visitor.language == LANGUAGES[1]


@pytest.mark.parametrize("key", [Qt.Key.Key_F4, Qt.Key.Key_F11, Qt.Key.Key_Escape, Qt.Key.Key_Q])
def test_no_key_leads_out_of_the_visit(lane: Lane, key: Qt.Key) -> None:
    for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier):
        QTest.keyClick(lane.window.quick_window, key, modifier)
    assert lane.window.quick_window.isVisible()


def test_nothing_of_a_closed_window_is_left_to_be_collected_in_another_thread(qapp: object) -> None:
    """Qt's objects die in the thread that made them, or the process does."""
    lane = Lane()
    lane.window.close()
    assert not shiboken6.isValid(lane.window.speaker)
    del lane
    collector = threading.Thread(target=gc.collect)
    collector.start()
    collector.join()
