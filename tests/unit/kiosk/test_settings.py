"""Settings are right or refused with a sentence that says where."""

from pathlib import Path

import pytest

from kiosk.settings import SettingsError, load_settings

SAMPLE = Path(__file__).parents[3] / "hardware" / "wiring" / "kiosk.sample.toml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = SAMPLE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "kiosk.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_the_sample_is_a_production_kiosks() -> None:
    assert load_settings(SAMPLE).production


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('driver = "log"', 'driver = "simulated"', "gate.driver"),
        ('"v4l2:/dev/v4l/by-id/usb-YOUR_CAMERA-video-index0"', '"stage:/tmp/stage"', "camera.source"),
        ('"v4l2:/dev/v4l/by-id/usb-YOUR_CAMERA-video-index0"', '"/dev/video0"', "camera.source"),
        ("px_per_mm = 4.03", "px_per_mm = 0", "screen.px_per_mm"),
        ("Asia/Shanghai", "Gutian", "time_zone"),
        ("[gate]", "[gait]", "gait"),
        ('liveness = "none"', 'liveness = "infrared"', "face.liveness"),
        ('device_key = "auto"', 'device_key = "cloud"', "list.device_key"),
        ("[gate]", "[policy]\nliveness_required = true\n[gate]", "needs face.liveness"),
        ("production = true", "production = perhaps", "not TOML"),
    ],
)
def test_a_wrong_value_is_refused_and_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_settings(changed(tmp_path, old, new))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        load_settings(tmp_path / "kiosk.toml")
