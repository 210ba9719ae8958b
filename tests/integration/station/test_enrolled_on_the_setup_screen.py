"""An installer at the panel types the station's code with the panel's own keys, and the kiosk is enrolled."""

from pathlib import Path

import pytest
from station_world import World

from hardware.audio import AlsaAudio
from kiosk.domain.ids import KioskId
from kiosk.settings import KioskSettings, load_settings
from kiosk.setup import acts
from sync.enrol_token import ALPHABET
from watchlist import trust

SAMPLE = Path(__file__).parents[3] / "hardware" / "wiring" / "kiosk.sample.toml"


@pytest.fixture
def settings(tmp_path: Path) -> KioskSettings:
    data = tmp_path / "kiosk"
    data.mkdir(mode=0o700)
    file = tmp_path / "kiosk.toml"
    text = SAMPLE.read_text("utf-8").replace("/var/lib/hongtu-gate", str(data))
    file.write_text(text.replace('device_key = "auto"', 'device_key = "file"'), encoding="utf-8")
    return load_settings(file)


def test_the_stations_code_enrols_the_kiosk_and_a_slip_of_the_finger_is_told(
    shared_world: World, settings: KioskSettings
) -> None:
    asked = acts(settings, Path("unused"), shared_world.url, shared_world.folder / "ca.pem", audio=AlsaAudio())

    def typed(code: str) -> str:
        """Type a code with the panel's keys, which have no hyphen, and return what the screen says then."""
        result = asked.enrol(code.replace("-", ""))
        return f"{'✓' if result.is_well else '✗'} {result.words.en}"

    token = shared_world.enrol_token("panel-1", "lane-7")
    slipped = ALPHABET[ALPHABET.index(token[0]) - 1] + token[1:]
    assert typed(slipped) == "✗ No such code: one character or more is wrong"
    assert typed(token) == "✓ Enrolled as panel-1 on lane lane-7."
    assert trust.place(settings.data / trust.TRUST_FILE).kiosk == KioskId("panel-1")
    assert [result.words.en for result in asked.tests["enrol"]()] == ["enrolment: Enrolled as panel-1 on lane-7."]
    assert typed(token).startswith("✗"), "a code is good once"
