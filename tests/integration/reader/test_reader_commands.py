"""``kiosk reader``: what an installer sees, and that it is nothing that a card says."""

import re
from pathlib import Path

import pytest
from fixtures_pcsc import ESCAPE_PROFILE, PROFILES, REFERENCE_PROFILE
from smartcard import scard
from typer.testing import CliRunner

from hardware.simulators.card import CardBlocks, CardFaults, VirtualCard
from hardware.simulators.card.kinds import CardKind, papers
from hardware.simulators.card.sam import SAMID
from hardware.simulators.card.serial_line import SerialReader
from hardware.simulators.ifd import VirtualReader
from hardware.simulators.pcscd import PcscService
from hardware.simulators.personas import PERSONAS
from kiosk.__main__ import cli
from reader.doctor import examine

pytestmark = pytest.mark.pcsc
LISA = PERSONAS["lisa"]
PLAIN = 'name = "a"\ntest = true\n[photo]\ndecoder = "none"\n[transport]\n'


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["reader", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def codes(path: Path, *, production: bool = False) -> list[str]:
    return [finding.code for finding in examine(path, production=production)]


def profile(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    return path


def test_list_names_each_reader_its_card_and_the_profile_that_fits(hand: VirtualCard) -> None:
    hand.lay(LISA)
    code, output = run("list")
    assert code == 0
    (line,) = [line for line in output.splitlines() if line.startswith("Virtual PCD 00 00")]
    assert "reference-test" in line
    assert re.search(r"card 3b80800101|no card", line)


def test_probe_prints_the_samid_to_pin(hand: VirtualCard, plugged_in: VirtualReader) -> None:
    assert SAMID in run("probe", "--profile", str(ESCAPE_PROFILE))[1]
    hand.lay(LISA)
    code, output = run("probe", "--profile", str(REFERENCE_PROFILE))
    assert code == 0
    assert f"SAMID      {SAMID}" in output
    assert "pinned     no" in output


@pytest.mark.parametrize("kind", CardKind)
def test_read_tells_that_the_checks_hold_and_nothing_that_the_card_says(hand: VirtualCard, kind: CardKind) -> None:
    hand.lay(CardBlocks.of(LISA, kind=kind))
    code, output = run("read", "--redacted", "--profile", str(REFERENCE_PROFILE))
    assert code == 0, output
    assert "portrait   decoded" in output
    assert "took       read base info" in output
    written = papers(LISA, kind)
    secrets = [LISA.name, written.number, written.other_number, f"{written.born:%Y%m%d}", f"{LISA.valid_from:%Y%m%d}"]
    assert not any(secret and secret in output for secret in secrets)
    assert not re.search(r"\d{6}", output)


def test_read_without_redaction_is_refused() -> None:
    code, output = run("read", "--profile", str(REFERENCE_PROFILE))
    assert code == 2
    assert "--redacted" in output


def test_a_card_that_is_not_read_says_why_and_what_to_do(hand: VirtualCard) -> None:
    hand.lay(LISA, CardFaults(sw3=0x41))
    code, output = run("read", "--redacted", "--profile", str(REFERENCE_PROFILE))
    assert code == 1
    assert "SW3 41" in output
    assert "lay it again" in output


def test_a_simulated_card_is_recorded_and_replayed_without_a_reader(hand: VirtualCard, tmp_path: Path) -> None:
    hand.lay(CardBlocks.of(LISA, kind=CardKind.Y))
    trace = tmp_path / "card.jsonl"
    code, recorded = run("record", str(trace), "--profile", str(REFERENCE_PROFILE))
    assert code == 0, recorded
    assert trace.stat().st_mode & 0o777 == 0o600
    code, replayed = run("replay", str(trace), "--profile", str(REFERENCE_PROFILE))
    assert code == 0
    told = [line for line in recorded.splitlines() if line.startswith(("kind", "number", "fields", "portrait"))]
    assert told == [line for line in replayed.splitlines() if line in told]
    assert run("record", str(trace), "--profile", str(REFERENCE_PROFILE))[0] == 1, "nothing is overwritten"


def test_a_card_that_may_be_a_real_persons_is_never_recorded(
    hand: VirtualCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.domain.numbers._NO_PROVINCE", "71")  # the personas' numbers are then somebody's
    hand.lay(LISA)
    trace = tmp_path / "card.jsonl"
    code, output = run("record", str(trace), "--profile", str(REFERENCE_PROFILE))
    assert code == 1
    assert "real person" in output
    assert not trace.exists()


def test_the_doctor_finds_nothing_wrong_with_a_reader_that_works(plugged_in: VirtualReader) -> None:
    code, output = run("doctor", "--profile", str(ESCAPE_PROFILE))
    assert (code, output.strip()) == (0, "读卡器正常 · The reader is well.")


def test_the_doctor_knows_a_service_that_does_not_run(killable_pcscd: PcscService) -> None:
    killable_pcscd.kill()
    assert codes(REFERENCE_PROFILE) == ["service-down"]
    code, output = run("doctor", "--profile", str(REFERENCE_PROFILE))
    assert code == 1
    assert "systemctl" in output


def test_the_doctor_knows_a_reader_of_another_model(pcscd: PcscService, tmp_path: Path) -> None:
    other = profile(tmp_path, REFERENCE_PROFILE.read_text("utf-8").replace("Virtual PCD", "Some Other"))
    assert codes(other) == ["no-fitting-reader"]


def test_the_doctor_knows_two_readers(pcscd: PcscService, tmp_path: Path) -> None:
    both = profile(tmp_path, REFERENCE_PROFILE.read_text("utf-8").replace("PCD * 00", "PCD *"))
    assert codes(both) == ["several-readers"]


def test_the_doctor_knows_a_reader_that_is_held(hand: VirtualCard) -> None:
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    code, handle, _ = scard.SCardConnect(context, "Virtual PCD 00 00", scard.SCARD_SHARE_EXCLUSIVE, 0)
    while code != 0:  # the reader may still be ending the session before
        code, handle, _ = scard.SCardConnect(context, "Virtual PCD 00 00", scard.SCARD_SHARE_DIRECT, 0)
    hand.lay(LISA)
    try:
        found = codes(REFERENCE_PROFILE)
    finally:
        scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
        scard.SCardReleaseContext(context)
    assert found in (["reader-held"], []), "held only where PC/SC granted it exclusively"


def test_the_doctor_knows_a_module_that_was_exchanged(plugged_in: VirtualReader, tmp_path: Path) -> None:
    pin = '[sam]\nid = "05.03-20260101-0000000001-0000000002"\n'
    assert codes(profile(tmp_path, ESCAPE_PROFILE.read_text("utf-8") + pin)) == ["module-differs"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "profile"),
        (
            'name = "a"\ntest = true\n[photo]\ndecoder = "none"\n[transport]\nkind = "serial"\nport = "/dev/none"',
            "no-port",
        ),
        (
            'name = "a"\ntest = true\n[photo]\ndecoder = "none"\n[transport]\nkind = "sdk"\nlibrary = "/none.so"',
            "sdk-library",
        ),
    ],
)
def test_the_doctor_knows_a_broken_profile_a_missing_port_and_a_missing_library(
    tmp_path: Path, text: str, code: str
) -> None:
    assert codes(profile(tmp_path, text))[0] == code


def test_the_doctor_knows_a_photo_library_that_is_missing_and_a_module_that_is_unfit(tmp_path: Path) -> None:
    with SerialReader() as serial:
        serial.lay(LISA, CardFaults(sw3=0x66, fail_on="status"))
        path = profile(
            tmp_path,
            f'name = "a"\ntest = true\n[photo]\ndecoder = "vendor"\nlibrary = "/none.so"\n'
            f'[transport]\nkind = "serial"\nport = "{serial.port}"\n',
        )
        assert codes(path) == ["module-unfit", "photo-decoder"]


def test_a_virtual_reader_on_a_production_machine_is_a_finding() -> None:
    assert codes(REFERENCE_PROFILE, production=True) == ["vpcd-installed", "profile"]


@pytest.mark.parametrize("command", ["probe", "doctor", "watch"])
def test_a_missing_settings_file_says_what_to_do(command: str) -> None:
    code, output = run(command, "--settings", "/nowhere/kiosk.toml")
    assert code == 2
    assert "docs/installer.md" in output


def test_a_missing_profile_says_what_to_do() -> None:
    code, output = run("probe", "--profile", str(PROFILES / "none.toml"))
    assert code == 2
    assert "docs/installer.md" in output
