"""An operator's photo library, which nobody has read: whatever it does, the worker lives."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixtures_pcsc import REFERENCE_PROFILE, Ear

from hardware.simulators.card import VirtualCard
from hardware.simulators.personas import PERSONAS
from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason
from kiosk.visit.events import CardPresented, CardRead, FaultRaised
from reader.photo import VendorDecoder
from reader.photo.vendor import PhotoFault
from reader.process import ReaderProcess
from reader.profiles import VendorPhoto

UNDECODABLE = Unavailable(Reason.PORTRAIT_UNDECODABLE)
PIXELS = 102 * 126 * 3
BLOCK = b"WL\x66\x00\x7e\x00".ljust(1024, b"\0")

# The first byte of the block chooses, so that one library can be good and bad in turn.
BODY = """
        if (block[0] == 'c') *(volatile int *)0 = 0;
        if (block[0] == 'h') for (;;) pause();
        if (block[0] == 's') for (;;) ;
        if (block[0] == 'x') _exit(0);
        if (block[0] == 'o') pixels[38556] ^= 1;
        if (block[0] == 'r') return 0;
        if (block[0] == 'm') { char *p = malloc(2000u << 20); if (p == NULL) return 0; memset(p, 1, 2000u << 20); }
        if (block[0] == 'p') for (int i = 0; i < 1 << 20; i++) puts("a photo");
        if (block[0] == 'f') { if (fork() == 0) for (;;) pause(); }
        if (block[0] == 'w') { FILE *f = fopen("/tmp/hongtu-gate-stolen", "w"); if (f) { fputs("x", f); fclose(f); } }
        for (int i = 0; i < 38556; i++) pixels[i] = (unsigned char)(i % 3 == 0 ? 10 : i % 3 == 1 ? 20 : 30);
        pixels[0] = 99;
        return 1;"""
SOURCE = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int unpack(const unsigned char *block, unsigned char *pixels) {%s}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vendor")
    source, library = folder / "wlt.c", folder / "libwlt.so"
    source.write_text(SOURCE % BODY, "ascii")
    subprocess.run(["gcc", "-shared", "-fPIC", "-w", "-o", str(library), str(source)], check=True)
    return library


@pytest.fixture
def photos(library: Path) -> Iterator[VendorDecoder]:
    photos = VendorDecoder(VendorPhoto(library=str(library), timeout_s=0.5))
    yield photos
    photos.close()


def order(letter: str) -> bytes:
    return letter.encode() + BLOCK[1:]


def test_the_librarys_pixels_are_the_portrait(photos: VendorDecoder) -> None:
    portrait = photos.decode(BLOCK)
    assert isinstance(portrait, Portrait)
    assert portrait.bgr[:6] == bytes([99, 20, 30, 10, 20, 30])
    assert not photos.is_broken


def test_colours_and_rows_are_put_in_our_order(library: Path) -> None:
    photos = VendorDecoder(VendorPhoto(library=str(library), order="rgb", bottom_up=True))
    portrait = photos.decode(BLOCK)
    photos.close()
    assert isinstance(portrait, Portrait)
    assert portrait.bgr[:3] == bytes([30, 20, 10])
    assert portrait.bgr[125 * 306 : 125 * 306 + 3] == bytes([30, 20, 99]), "the library's first pixel, bottom left"


@pytest.mark.parametrize(
    ("letter", "fault"),
    [
        ("c", PhotoFault.CRASHED),
        ("x", PhotoFault.CRASHED),
        ("h", PhotoFault.HUNG),
        ("s", PhotoFault.HUNG),
        ("o", PhotoFault.OVERRUN),
    ],
    ids=["segmentation fault", "exits", "hangs", "spins", "writes a byte too many"],
)
def test_a_library_that_fails_is_a_named_fault_until_it_decodes_again(
    photos: VendorDecoder, letter: str, fault: PhotoFault
) -> None:
    assert photos.decode(order(letter)) == UNDECODABLE
    assert (photos.fault, photos.is_broken) == (fault, True)
    assert isinstance(photos.decode(BLOCK), Portrait)
    assert not photos.is_broken


def test_a_photo_that_the_library_refuses_is_no_fault_of_its_own(photos: VendorDecoder) -> None:
    assert photos.decode(order("r")) == UNDECODABLE
    assert not photos.is_broken


def test_a_library_that_wants_two_gigabytes_does_not_get_them(photos: VendorDecoder) -> None:
    assert photos.decode(order("m")) == UNDECODABLE
    assert not photos.is_broken, "it was told that there is no more, and gave up by itself"


def test_what_a_library_prints_reaches_nobody(photos: VendorDecoder, capfd: pytest.CaptureFixture[str]) -> None:
    assert isinstance(photos.decode(order("p")), Portrait)
    assert capfd.readouterr() == ("", "")


def test_a_library_writes_no_file(photos: VendorDecoder) -> None:
    stolen = Path("/tmp/hongtu-gate-stolen")  # noqa: S108  # the library of this test tries to write there
    stolen.unlink(missing_ok=True)
    photos.decode(order("w"))
    assert not stolen.exists() or stolen.stat().st_size == 0
    stolen.unlink(missing_ok=True)


def test_what_a_library_forks_ends_with_it(photos: VendorDecoder, library: Path) -> None:
    photos.decode(order("f"))
    photos.close()
    deadline_s = time.monotonic() + 5  # a killed process takes a moment to go
    while any(has_loaded(process, library) for process in Path("/proc").glob("[0-9]*")):
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def has_loaded(process: Path, library: Path) -> bool:
    try:
        return str(library).encode() in (process / "cmdline").read_bytes()
    except OSError:  # it has just gone
        return False


@pytest.mark.parametrize("name", ["/nowhere/libwlt.so", "/etc/hostname"])
def test_a_library_that_cannot_be_loaded_is_broken_from_the_start(name: str) -> None:
    photos = VendorDecoder(VendorPhoto(library=name))
    assert photos.is_broken
    assert photos.decode(BLOCK) == UNDECODABLE


@pytest.mark.pcsc
def test_staff_are_told_of_a_broken_decoder_and_the_rest_of_the_card_is_read(
    hand: VirtualCard, start_reader: Callable[..., tuple[ReaderProcess, Ear]], tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    text = REFERENCE_PROFILE.read_text("utf-8")
    own.write_text(text.replace('decoder = "simulator"', 'decoder = "vendor"\nlibrary = "/nowhere/libwlt.so"'), "utf-8")
    reader, ear = start_reader(own)
    assert ear.next(FaultRaised).fault is Fault.PHOTO_DECODER
    hand.lay(PERSONAS["lisa"])
    reader.read(ear.next(CardPresented).presence)
    assert ear.next(CardRead).document.portrait == UNDECODABLE
