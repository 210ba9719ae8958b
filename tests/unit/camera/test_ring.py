"""The shared pictures: whole or not at all."""

import os
from collections.abc import Iterator

import numpy as np
import pytest

from hardware.camera.ring import HEIGHT_PX, WIDTH_PX, FrameRing, new_memory
from kiosk.ports import BgrImage


def _picture(level: int) -> BgrImage:
    return np.full((HEIGHT_PX, WIDTH_PX, 3), level, np.uint8)


@pytest.fixture
def memory() -> Iterator[int]:
    fd = new_memory()
    yield fd
    os.close(fd)


@pytest.fixture
def ring(memory: int) -> Iterator[FrameRing]:
    ring = FrameRing(memory)
    yield ring
    ring.close()


def test_a_picture_is_seen_through_the_other_mapping(ring: FrameRing, memory: int) -> None:
    ring.write(1, _picture(200))
    app_side = FrameRing(memory)
    image = app_side.copy(1)
    app_side.close()
    assert image is not None
    assert (image == 200).all()


def test_a_copy_is_private(ring: FrameRing) -> None:
    ring.write(1, _picture(200))
    first = ring.copy(1)
    assert first is not None
    first.fill(0)
    second = ring.copy(1)
    assert second is not None
    assert (second == 200).all()


def test_a_picture_that_was_written_over_is_not_given_out(ring: FrameRing) -> None:
    for seq in range(1, 6):
        ring.write(seq, _picture(seq))
    assert ring.copy(1) is None
    assert ring.copy(5) is not None


def test_a_picture_of_the_future_is_not_given_out(ring: FrameRing) -> None:
    ring.write(1, _picture(1))
    assert ring.copy(2) is None


def test_a_half_written_picture_is_not_given_out(ring: FrameRing) -> None:
    ring.write(1, _picture(1))
    with pytest.raises(ValueError, match="broadcast"):
        ring.write(5, np.zeros((1, 2, 3), np.uint8))
    assert ring.copy(5) is None
    assert ring.copy(1) is None


def test_a_picture_that_changes_while_it_is_copied_is_thrown_away(
    ring: FrameRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.write(1, _picture(1))
    pixels = FrameRing._pixels

    def overtaken_pixels(self: FrameRing, start: int) -> BgrImage:
        monkeypatch.setattr(FrameRing, "_pixels", pixels)
        copied_from = pixels(self, start)
        ring.write(5, _picture(5))
        return copied_from

    monkeypatch.setattr(FrameRing, "_pixels", overtaken_pixels)
    assert ring.copy(1) is None


def test_a_closed_ring_leaves_no_pixel_in_the_memory(memory: int) -> None:
    ring = FrameRing(memory)
    ring.write(1, _picture(200))
    ring.close()
    os.lseek(memory, 0, os.SEEK_SET)
    assert not any(os.read(memory, 64 * 1024 * 1024))
