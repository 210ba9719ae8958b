"""Reader profiles: the one that ships, and what is refused."""

from pathlib import Path

import pytest

from reader import profiles
from reader.errors import ProfileError

SHIPPED = Path(__file__).parents[3] / "hardware/wiring/readers"
REFERENCE = SHIPPED / "reference-test.toml"


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_profile_loads_under_its_own_name(path: Path) -> None:
    assert profiles.load(path, production=False).name == path.stem


def test_a_production_kiosk_refuses_the_test_profile() -> None:
    with pytest.raises(ProfileError):
        profiles.load(REFERENCE, production=True)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ('decoder = "simulator"', 'decoder = "guess"'),
        ('kind = "apdu"', 'kind = "pipe"'),
        ('header = "FFFE0000"', 'header = "FFFE"'),
        ('header = "FFFE0000"', ""),
        ("interval_s = 0.3", "interval_s = 0.01"),
        ("test = true", ""),
        ("test = true", "test = true\nextra = 1"),
        ("[find]", "[find"),
    ],
)
def test_a_profile_with_a_wrong_line_is_refused(tmp_path: Path, line: str, instead: str) -> None:
    text = REFERENCE.read_text("utf-8")
    assert line in text
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace(line, instead), "utf-8")
    with pytest.raises(ProfileError):
        profiles.load(wrong, production=False)


def test_a_profile_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(ProfileError):
        profiles.load(tmp_path / "own.toml", production=False)


def test_a_missing_profile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileError):
        profiles.load(tmp_path / "none.toml", production=False)


@pytest.mark.parametrize(
    ("line", "instead", "named"),
    [
        ("test = true", "test = true", "test"),
        ("test = true", "test = false", "photo.decoder"),
        ('test = true\n[photo]\ndecoder = "simulator"', 'test = false\n[photo]\ndecoder = "none"', "sam.id"),
    ],
    ids=["test profile", "simulator's photos", "unpinned module"],
)
def test_a_production_kiosk_refuses_what_is_not_fit_for_it(tmp_path: Path, line: str, instead: str, named: str) -> None:
    text = """
name = "own"
test = true
[photo]
decoder = "simulator"
[transport]
kind = "serial"
port = "/dev/ttyUSB0"
"""
    profile = tmp_path / "own.toml"
    profile.write_text(text.replace(line, instead), "utf-8")
    profiles.load(profile, production=False)
    with pytest.raises(ProfileError, match=named):
        profiles.load(profile, production=True)


def test_a_pinned_profile_with_a_decoder_of_its_own_is_fit_for_production(tmp_path: Path) -> None:
    profile = tmp_path / "own.toml"
    profile.write_text(
        """
name = "own"
test = false
[photo]
decoder = "vendor"
library = "/opt/vendor/libwlt.so"
[transport]
kind = "sdk"
library = "/opt/vendor/libsdtapi.so"
[sam]
id = "05.03-20151020-0001234567-1234567890"
""",
        "utf-8",
    )
    assert isinstance(profiles.load(profile, production=True).transport, profiles.VendorSdk)


def test_the_readers_of_the_model_are_chosen_in_order() -> None:
    way = profiles.load(REFERENCE, production=False).transport
    assert isinstance(way, profiles.Apdu)
    readers = ("ACS ACR122U 00 00", "Virtual PCD 00 00", "Virtual PCD 01 00")
    assert profiles.choose(way, readers) == ("Virtual PCD 00 00", "Virtual PCD 01 00")
    assert profiles.choose(way, ("ACS ACR122U 00 00",)) == ()
