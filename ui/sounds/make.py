"""Make the shipped voices and earcons: ``make voices``, on a developer's machine only.

It needs ``apt-get install espeak-ng lame mecab mecab-ipadic-utf8``, which neither a kiosk nor the tests do.

They are placeholders by a machine (espeak-ng): clear, and nobody's darling. A site records its own (docs/installer.md).

- Only what has changed is made anew: ``made-from.json`` keeps the words of each file, and a test compares them.
- All phrases are equally loud (a mean of -20 dB of full scale), so that no screen startles.
- 16 kHz, one channel, about 18 kbit/s: all of it in less than 6 MB, and any phone can record the same.
"""

import json
import subprocess
import sys
import wave
from io import BytesIO
from pathlib import Path
from string import ascii_uppercase, digits
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ui.catalogue import AR, EN, ES, FR, JA, KO, LANGUAGES, RU, ZH_CN, ZH_TW, Language, catalogues
from ui.voice import PHRASES, SOUNDS, Earcon

MADE_FROM: Final = SOUNDS / "made-from.json"
RATE_HZ: Final = 16_000
_LOUDNESS: Final = 10 ** (-20 / 20)
_CEILING: Final = 0.9
_VOICES: Final = {
    ZH_CN: "cmn-latn-pinyin",  # "cmn" reads its own pinyin aloud as if it were English
    ZH_TW: "cmn-latn-pinyin",
    EN: "en-gb",
    JA: "ja",
    KO: "ko",
    RU: "ru",
    FR: "fr-fr",
    ES: "es-419",
    AR: "ar",
}
_WORDS_A_MINUTE: Final = 140
"""espeak-ng's own pace is 175; an old ear in an echoing gate wants less."""
_NOTES_HZ: Final = {
    Earcon.BEGUN: (523.25,),
    Earcon.GO_IN: (392.0, 523.25),
    Earcon.SEE_STAFF: (523.25, 392.0),
    Earcon.ASKING: (440.0, 440.0),
}
"""A fifth's inversion up or down: told apart by ear, and neither sounds like a mistake."""
_KANA_BY_VOWEL: Final = (
    "あかさたなはまやらわがざだばぱゃぁ",
    "いきしちにひみりぎじぢびぴぃ",
    "うくすつぬふむゆるぐずづぶぷゅぅ",
    "えけせてねへめれげぜでべぺぇ",
    "おこそとのほもよろをごぞどぼぽょぉ",
)
_NOTE_S: Final = 0.22
_AFTERWARDS_S: Final = 0.15

Samples = NDArray[np.float64]


def main() -> int:
    """Make what is missing or says something else now, and drop what nothing says any more."""
    made = json.loads(MADE_FROM.read_text("utf-8")) if MADE_FROM.exists() else {}
    wanted = {
        **{
            f"{language}/{key}": catalogue.phrases[key]
            for language, catalogue in catalogues().items()
            for key in PHRASES
        },
        **{f"{language}/character.{digit}": digit for language in LANGUAGES for digit in digits},
        **{f"{EN}/character.{letter}": letter for letter in ascii_uppercase},
        **{f"earcons/{earcon}": " ".join(map(str, notes)) for earcon, notes in _NOTES_HZ.items()},
    }
    for name, words in wanted.items():
        file = SOUNDS / f"{name}.mp3"
        if made.get(name) == words and file.exists():
            continue
        folder, _, key = name.partition("/")
        file.parent.mkdir(exist_ok=True)
        _encode(_earcon(Earcon(key)) if folder == "earcons" else _spoken(words, Language(folder)), file)
    for file in SOUNDS.rglob("*.mp3"):
        if str(file.relative_to(SOUNDS).with_suffix("")) not in wanted:
            file.unlink()
    MADE_FROM.write_text(json.dumps(wanted, ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
    return 0


def _spoken(words: str, language: Language) -> Samples:
    words = _in_kana(words) if language == JA else words
    said = subprocess.run(
        ["espeak-ng", "-v", _VOICES[language], "-s", str(_WORDS_A_MINUTE), "--stdout", words],
        capture_output=True,
        check=True,
    ).stdout
    # The sizes in the header of a stream are unknown, which the wave module reads as "to the end".
    with wave.open(BytesIO(said)) as file:
        rate_hz = file.getframerate()
        samples = np.frombuffer(file.readframes(len(said)), np.int16) / 32768
    heard = np.flatnonzero(np.abs(samples) > 0.01)
    return _resampled(samples[heard[0] : heard[-1]], rate_hz)


def _in_kana(words: str) -> str:
    """Return how a Japanese sentence sounds, in hiragana: espeak-ng knows neither characters nor the long mark."""
    kana = subprocess.run(
        ["mecab", "-F", "%f[8]", "-U", "%m", "-E", "\n"], input=words, capture_output=True, text=True, check=True
    ).stdout
    vowels = {vowel: "あいうえお"[row] for row, column in enumerate(_KANA_BY_VOWEL) for vowel in column}
    spelt = ""
    for character in kana:
        spelt += vowels.get(spelt[-1:], "") if character == "ー" else _hiragana(character)
    return spelt


def _hiragana(character: str) -> str:
    return chr(ord(character) - 0x60) if "ァ" <= character <= "ヶ" else character


def _earcon(earcon: Earcon) -> Samples:
    """A soft struck tone for each note: it swells for 15 ms and dies away, with a little of its octave."""
    moments = np.arange(int(_NOTE_S * RATE_HZ)) / RATE_HZ
    swell = np.minimum(1, moments / 0.015) * np.exp(-moments * 9)
    notes = [
        swell * (np.sin(2 * np.pi * hz * moments) + 0.2 * np.sin(4 * np.pi * hz * moments)) for hz in _NOTES_HZ[earcon]
    ]
    return np.concatenate([*notes, np.zeros(int(_AFTERWARDS_S * RATE_HZ))])


def _resampled(samples: Samples, rate_hz: int) -> Samples:
    """Return the samples at ``RATE_HZ``: speech has little above 8 kHz, so lines between samples are good enough."""
    length = int(len(samples) * RATE_HZ / rate_hz)
    there = np.interp(np.arange(length) * rate_hz / RATE_HZ, np.arange(len(samples)), samples)
    return np.concatenate([there, np.zeros(int(_AFTERWARDS_S * RATE_HZ))])


def _encode(samples: Samples, file: Path) -> None:
    loud = samples * (_LOUDNESS / np.sqrt(np.mean(samples**2)))
    # The few peaks above the ceiling are bent, not cut: a cut crackles.
    loud = _CEILING * np.tanh(loud / _CEILING)
    raw = (loud * 32767).astype("<i2").tobytes()
    subprocess.run(
        ["lame", "--quiet", "-r", "-s", "16", "--bitwidth", "16", "-m", "m", "--abr", "18", "-t", "-", str(file)],
        input=raw,
        stderr=subprocess.DEVNULL,  # a warning about its own way of reading
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main())
