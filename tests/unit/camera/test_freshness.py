"""Which pictures are news."""

import numpy as np

from hardware.camera.freshness import Freshness
from kiosk.ports import BgrImage

_RNG = np.random.default_rng(0)


def _scene() -> BgrImage:
    return _RNG.integers(60, 90, (720, 1280, 3), np.uint8)


def test_a_moving_picture_is_news() -> None:
    freshness = Freshness()
    freshness.is_news(_scene())
    assert all(freshness.is_news(_scene()) for _ in range(3))


def test_a_frozen_picture_is_no_news() -> None:
    freshness, frozen = Freshness(), _scene()
    assert not any(freshness.is_news(frozen) for _ in range(3))


def test_black_pictures_are_no_news_even_with_a_sensor_s_noise() -> None:
    freshness = Freshness()
    noise = [_RNG.integers(0, 8, (720, 1280, 3), np.uint8) for _ in range(3)]
    assert not any(freshness.is_news(image) for image in noise)
