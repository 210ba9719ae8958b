"""RULES 3 by ear: an engine with a voice, and visits that end at staff with and without an alarm."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from test_engine import Stage, lane
from visits import LISTED, A

from kiosk.domain.evidence import Listed, ListEvidence, Unavailable
from kiosk.domain.ids import Presence
from kiosk.domain.reasons import Reason
from kiosk.visit import events as on
from kiosk.visit.screen import Screen, ScreenKind
from ui.catalogue import EN
from ui.voice import Voice

VISITS = 30


@dataclass
class Ears:
    """When something new is heard, and what."""

    heard: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def hush(self) -> None: ...

    def play(self, sounds: tuple[Path, ...], *, headphones: bool) -> None:
        self.heard.append((time.monotonic(), tuple(sound.stem for sound in sounds)))


@dataclass
class HeardStage(Stage):
    """A stage whose screen speaks."""

    ears: Ears = field(default_factory=Ears)

    def __post_init__(self) -> None:
        self.voice = Voice(self.ears)
        self.voice.plug(headphones=True)

    def show(self, screen: Screen) -> None:
        self.voice.show(screen, EN)
        super().show(screen)


def test_an_alarm_speaks_the_same_words_at_the_same_moment_as_a_referral() -> None:
    heard: dict[str, tuple[str, ...]] = {}
    took_s: dict[str, list[float]] = {"alarm": [], "referral": []}
    listings: dict[str, ListEvidence] = {"alarm": LISTED, "referral": Unavailable(Reason.LIST_FAULT)}
    stage = HeardStage()
    with lane(stage) as engine:
        for number in range(VISITS):
            for kind, listing in listings.items():
                stage.listing = listing
                stage.ears.heard.clear()
                done = stage.done.count(ScreenKind.SEE_STAFF.value)
                card = Presence(A.reader, 2 * number + isinstance(listing, Listed))
                began_s = time.monotonic()
                engine.post(on.CardPresented(card))
                stage.wait_for(lambda done=done: stage.done.count(ScreenKind.SEE_STAFF.value) > done)
                at_s, words = stage.ears.heard[-1]
                took_s[kind].append(at_s - began_s)
                heard.setdefault(kind, words)
                assert heard[kind] == words
    assert heard["alarm"] == heard["referral"] == ("see-staff", "spoken.see-staff", "reason.check")
    assert abs(median(took_s["alarm"]) - median(took_s["referral"])) < 0.05
    assert len(stage.alarms) == VISITS
