"""Sound as a process of its own: the real player decodes the real files, and is killed when another is to be heard."""

import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hardware.audio import AlsaAudio
from ui.voice import SOUNDS

PHRASES = (SOUNDS / "earcons" / "go-in.mp3", SOUNDS / "en" / "spoken.go-in.mp3")
INTO_A_FILE = ("mpg123", "--quiet", "--wav")
"""The same player, which writes what it would play to the "device"."""


def talks_for_ever(log: Path) -> tuple[str, ...]:
    """A player that notes its process and what it plays, and never comes to an end."""
    return ("sh", "-c", f'echo "$$ $*" >> {log}; exec sleep 60', "player")


@contextmanager
def started(audio: AlsaAudio) -> Iterator[AlsaAudio]:
    audio.start()
    try:
        yield audio
    finally:
        audio.stop()


def wait_until(wanted: Callable[[], bool]) -> None:
    ends_s = time.monotonic() + 10
    while not wanted():
        assert time.monotonic() < ends_s
        time.sleep(0.01)


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def test_an_earcon_and_its_words_are_heard_one_after_the_other(tmp_path: Path) -> None:
    each_s = []
    for number, sounds in enumerate([PHRASES[:1], PHRASES[1:], PHRASES]):
        device = tmp_path / f"{number}.wav"
        with started(AlsaAudio(str(device), player=INTO_A_FILE)) as audio:
            audio.play(sounds, headphones=False)
            wait_until(lambda device=device: _is_whole(device))
        with wave.open(str(device)) as heard:
            each_s.append(heard.getnframes() / heard.getframerate())
    earcon_s, words_s, both_s = each_s
    assert both_s == pytest.approx(earcon_s + words_s, abs=0.2)


def test_what_comes_next_cuts_off_what_is_being_said(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started(AlsaAudio(player=talks_for_ever(log))) as audio:
        audio.play(PHRASES[:1], headphones=False)
        wait_until(lambda: len(lines(log)) == 1)
        audio.play(PHRASES[1:], headphones=False)
        wait_until(lambda: len(lines(log)) == 2)
        first, second = (int(line.split()[0]) for line in lines(log))
        assert not is_alive(first)
        assert is_alive(second)
        audio.hush()
        wait_until(lambda: not is_alive(second))


def test_a_kiosk_that_ends_takes_its_voice_along(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started(AlsaAudio(player=talks_for_ever(log))) as audio:
        audio.play(PHRASES, headphones=False)
        wait_until(lambda: len(lines(log)) == 1)
    assert not is_alive(int(lines(log)[0].split()[0]))


def test_the_room_and_the_headphones_are_two_outputs(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started(AlsaAudio("room", "ears", player=talks_for_ever(log))) as audio:
        audio.play(PHRASES, headphones=True)
        wait_until(lambda: len(lines(log)) == 1)
        audio.play(PHRASES, headphones=False)
        wait_until(lambda: len(lines(log)) == 2)
    assert [line.split()[1] for line in lines(log)] == ["ears", "room"]


def test_the_screen_never_waits_for_a_sound(tmp_path: Path) -> None:
    with started(AlsaAudio(player=talks_for_ever(tmp_path / "log"))) as audio:
        began_s = time.monotonic()
        for _ in range(20):
            audio.play(PHRASES, headphones=False)
        assert time.monotonic() - began_s < 0.05


@pytest.mark.parametrize("player", [("mpg123", "--quiet", "--output", "alsa", "--audiodevice"), ("no-such-player",)])
def test_without_a_sound_card_or_a_player_the_kiosk_goes_on_in_silence_and_says_so_once(
    player: tuple[str, ...],
) -> None:
    with capture_logs() as logged, started(AlsaAudio("no-such-card", player=player)) as audio:
        for _ in range(3):
            audio.play(PHRASES, headphones=False)
            time.sleep(0.3)
    assert [entry["event"] for entry in logged] == ["sound.failed"]


def test_an_installer_is_told_which_output_plays_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    good, bad = str(tmp_path / "file.wav"), str(tmp_path / "folder")
    assert AlsaAudio(good, good, player=INTO_A_FILE).silent_outputs(PHRASES[0]) == ()
    assert AlsaAudio(good, bad, player=INTO_A_FILE).silent_outputs(PHRASES[0]) == (bad,)
    assert AlsaAudio("no-such-card", player=("no-such-player",)).silent_outputs(PHRASES[0]) == (
        "no-such-card",
        "default",
    )
    with wave.open(good) as tried:
        assert not any(tried.readframes(tried.getnframes())), "it is tried without being heard"


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _is_whole(file: Path) -> bool:
    """The player writes the length into the header when it has come to the end."""
    try:
        with wave.open(str(file)) as heard:
            return 0 < heard.getnframes() * heard.getsampwidth() * heard.getnchannels() <= file.stat().st_size - 44
    except (OSError, EOFError, wave.Error):
        return False
