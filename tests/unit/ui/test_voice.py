"""The visit by ear: what is said, to whom, and what nobody else hears."""

import json
import subprocess
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.engine import _CODE_ALPHABET
from kiosk.visit.screen import Screen, ScreenKind, Slip
from ui.catalogue import EN, FR, LANGUAGES, ZH_CN, Language, catalogues
from ui.sounds.make import MADE_FROM, RATE_HZ
from ui.speaker import HINT_EVERY_S
from ui.voice import PHRASES, SOUNDS, Earcon, Voice, VoiceMode, speech

ATTRACT = Screen(kind=ScreenKind.ATTRACT)
READING = Screen(kind=ScreenKind.READING)
GO_IN = Screen(kind=ScreenKind.GO_IN)
CODE = SlipCode("A7K-2P9")
SEE_STAFF = Screen(kind=ScreenKind.SEE_STAFF, slip=Slip(code=CODE, reason_class=ReasonClass.FACE))
EVERY_SCREEN = [
    *(Screen(kind=kind, asks_more_time=asks) for kind, asks in product(ScreenKind, (False, True))),
    *(Screen(kind=ScreenKind.LOOK_HERE, guidance=hint) for hint in Guidance),
    *(Screen(kind=ScreenKind.SEE_STAFF, slip=Slip(code=CODE, reason_class=reason)) for reason in ReasonClass),
]


@dataclass
class Ears:
    """What a visitor hears: each entry begins when the one before it ends or is cut off; () is silence."""

    heard: list[tuple[str, ...]] = field(default_factory=list)
    through: list[bool] = field(default_factory=list)

    def start(self) -> None: ...
    def stop(self) -> None: ...

    def play(self, sounds: tuple[Path, ...], *, headphones: bool) -> None:
        assert all(sound.is_file() for sound in sounds)
        self.heard.append(tuple(str(sound.relative_to(SOUNDS).with_suffix("")) for sound in sounds))
        self.through.append(headphones)

    def hush(self) -> None:
        self.heard.append(())

    @property
    def now(self) -> tuple[str, ...]:
        return self.heard[-1]


@pytest.fixture
def ears() -> Ears:
    return Ears()


def test_each_screen_says_what_to_do_and_cuts_off_the_one_before(ears: Ears) -> None:
    voice = Voice(ears)
    for kind in (ScreenKind.READING, ScreenKind.LAY_AGAIN, ScreenKind.GO_IN, ScreenKind.TAKE_CARD):
        voice.show(Screen(kind=kind), EN)
    assert ears.heard == [
        ("earcons/begun", "en/spoken.look"),
        ("en/spoken.lay-again",),
        ("earcons/go-in", "en/spoken.go-in"),
        ("en/spoken.take-card",),
    ]


def test_a_screen_that_says_the_same_lets_the_voice_finish(ears: Ears) -> None:
    voice = Voice(ears)
    voice.show(READING, EN)
    voice.show(Screen(kind=ScreenKind.LOOK_HERE), EN)
    voice.show(Screen(kind=ScreenKind.LOOK_HERE, faults=frozenset({Fault.LIST_AGEING})), EN)
    assert len(ears.heard) == 1


def test_another_language_is_heard_at_once(ears: Ears) -> None:
    voice = Voice(ears)
    voice.show(Screen(kind=ScreenKind.LOOK_HERE), EN)
    voice.show(Screen(kind=ScreenKind.LOOK_HERE), FR)
    assert ears.heard == [("en/spoken.look",), ("fr/spoken.look",)]


def test_the_next_visitor_hears_nothing_of_the_last(ears: Ears) -> None:
    voice = Voice(ears)
    voice.show(SEE_STAFF, FR)
    voice.show(ATTRACT, ZH_CN)
    assert ears.now == ()
    voice.say_again()
    assert ears.now == ("zh_CN/spoken.attract",)
    voice.show(GO_IN, FR)
    voice.show(READING, ZH_CN)
    assert all("fr/" not in name for name in ears.now)


@pytest.mark.parametrize("screen", EVERY_SCREEN, ids=str)
def test_the_loudspeaker_tells_the_room_nothing_about_the_visitor(screen: Screen) -> None:
    aloud = speech(screen, privately=False)
    assert not [key for key in aloud if key.startswith(("reason.", "guidance-note.", "see-staff.", "character."))]
    assert set(aloud) <= set(speech(screen, privately=True))


def test_headphones_add_the_reason_and_what_to_do_who_cannot(ears: Ears) -> None:
    voice = Voice(ears)
    voice.plug(headphones=True)
    voice.show(SEE_STAFF, EN)
    assert ears.now == (
        *("earcons/see-staff", "en/spoken.see-staff", "en/reason.face", "en/see-staff.slip_label"),
        *(f"en/character.{character}" for character in "A7K2P9"),
    )
    voice.show(Screen(kind=ScreenKind.LOOK_HERE, guidance=Guidance.UNCOVER_FACE), EN)
    assert ears.now == ("en/guidance.uncover-face", "en/guidance-note.uncover-face")
    assert all(ears.through)


def test_pulling_the_headphones_out_ends_the_talk_and_does_not_go_on_aloud(ears: Ears) -> None:
    voice = Voice(ears)
    voice.plug(headphones=True)
    voice.show(SEE_STAFF, EN)
    voice.plug(headphones=False)
    assert ears.now == ()
    voice.say_again()
    assert ears.now == ("en/spoken.see-staff",)
    assert not ears.through[-1]


@pytest.mark.parametrize("kind", [ScreenKind.ATTRACT, ScreenKind.OUT_OF_SERVICE])
def test_the_hall_is_quiet_until_somebody_presses_a_key_or_plugs_in(ears: Ears, kind: ScreenKind) -> None:
    voice = Voice(ears)
    voice.show(Screen(kind=kind), EN)
    assert not any(ears.heard)
    voice.say_again()
    assert ears.now == (f"en/spoken.{kind}",)
    voice.plug(headphones=True)
    assert ears.now == (f"en/spoken.{kind}",)


def test_whoever_cannot_read_the_notice_can_hear_it_before_the_camera_starts(ears: Ears) -> None:
    voice = Voice(ears)
    voice.show(ATTRACT, EN)
    voice.explain()
    assert ears.now == ("en/spoken.attract", "en/spoken.notice", "en/spoken.keys")


def test_a_slips_code_is_spelt_in_digits_of_the_language_and_letters_of_the_slip(ears: Ears) -> None:
    voice = Voice(ears)
    voice.plug(headphones=True)
    voice.show(SEE_STAFF, FR)
    assert ears.now[-6:] == (
        *("en/character.A", "fr/character.7", "en/character.K"),
        *("fr/character.2", "en/character.P", "fr/character.9"),
    )
    for character in _CODE_ALPHABET:
        assert (SOUNDS / "en" / f"character.{character}.mp3").is_file()


def test_a_visitor_whose_time_is_up_hears_that_there_is_more(ears: Ears) -> None:
    voice = Voice(ears)
    voice.show(Screen(kind=ScreenKind.LAY_AGAIN, asks_more_time=True), EN)
    assert ears.now == ("earcons/asking", "en/spoken.more-time")


def test_the_switch_is_obeyed(ears: Ears) -> None:
    voice = Voice(ears, VoiceMode.OFF)
    voice.show(GO_IN, EN)
    assert ears.now == ("earcons/go-in",)
    voice = Voice(ears, VoiceMode.OFF, earcons=False)
    voice.plug(headphones=True)
    voice.show(GO_IN, EN)
    assert ears.now == ()
    voice = Voice(ears, VoiceMode.HEADPHONES, earcons=False)
    voice.show(GO_IN, EN)
    assert ears.now == ()
    voice.plug(headphones=True)
    assert ears.now == ("en/spoken.go-in",)


def test_an_alarm_sounds_like_a_referral() -> None:
    """RULES 3. (That they come at the same moment: tests/unit/kiosk/test_an_alarm_is_heard_as_a_referral.py.)"""
    heard = []
    for reason in (Reason.LISTED, Reason.LIST_TOO_OLD, Reason.READER_FAULT):
        ears = Ears()
        voice = Voice(ears)
        voice.plug(headphones=True)
        slip = Slip(code=CODE, reason_class=reason.reason_class())
        voice.show(Screen(kind=ScreenKind.SEE_STAFF, slip=slip), EN)
        heard.append(ears.heard)
    assert heard[0] == heard[1] == heard[2]


def test_a_sites_own_recording_comes_first_and_a_lost_file_is_a_silence(tmp_path: Path) -> None:
    played: list[tuple[Path, ...]] = []

    class Speaker(Ears):
        def play(self, sounds: tuple[Path, ...], *, headphones: bool) -> None:
            played.append(sounds)

    own = tmp_path / "en" / "spoken.go-in.mp3"
    own.parent.mkdir()
    own.write_bytes(b"")
    voice = Voice(Speaker(), earcons=False, recordings=tmp_path)
    voice.show(GO_IN, EN)
    assert played == [(own,)]
    voice.show(READING, Language("tlh"))
    assert len(played) == 1


def test_no_spoken_phrase_waits_for_a_name_or_a_number() -> None:
    for catalogue in catalogues().values():
        assert not [key for key in PHRASES if catalogue.fields(key)]


def test_every_spoken_phrase_was_spoken_as_it_is_written_now() -> None:
    made = json.loads(MADE_FROM.read_text("utf-8"))
    old = [
        f"{language}/{key}"
        for language, key in product(LANGUAGES, PHRASES)
        if made.get(f"{language}/{key}") != catalogues()[language].phrases[key]
    ]
    assert old == [], "make voices"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_has_a_voice_of_sane_length_and_loudness(language: Language) -> None:
    for key in PHRASES:
        samples = decoded(f"{language}/{key}")
        phrase = catalogues()[language].phrases[key]
        letters = sum(character.isalpha() for character in phrase)
        # An ideograph is a syllable, a letter a third of one; nobody speaks faster or slower than this.
        per_letter_s = len(samples) / RATE_HZ / letters
        assert 0.04 < per_letter_s < 0.5, (key, per_letter_s)
        assert -23 < loudness_db(samples) < -19, key
        assert abs(samples).max() < 0.99, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hint_in_the_room_is_over_before_the_next_may_come(language: Language) -> None:
    longest_s = max(len(decoded(f"{language}/guidance.{hint}")) / RATE_HZ for hint in Guidance)
    assert longest_s < HINT_EVERY_S


def test_pass_and_assist_are_equally_calm() -> None:
    go_in, see_staff = decoded(f"earcons/{Earcon.GO_IN}"), decoded(f"earcons/{Earcon.SEE_STAFF}")
    assert len(go_in) == len(see_staff)
    assert len(go_in) / RATE_HZ < 0.8
    assert abs(loudness_db(go_in) - loudness_db(see_staff)) < 0.5
    assert abs(abs(go_in).max() - abs(see_staff).max()) < 0.05


def test_all_sounds_together_are_small_enough_to_carry() -> None:
    assert sum(file.stat().st_size for file in SOUNDS.rglob("*.mp3")) < 6_000_000


def decoded(name: str) -> np.ndarray:
    done = subprocess.run(
        ["mpg123", "--quiet", "--stdout", "--mono", SOUNDS / f"{name}.mp3"], capture_output=True, check=True
    )
    return np.frombuffer(done.stdout, np.int16) / 32768


def loudness_db(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2))))
