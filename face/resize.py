"""Pictures made larger or smaller for the detector. Pillow's own copies of the pixels are overwritten."""

from typing import Final

import numpy as np
from PIL import Image

from kiosk.ports import BgrImage

DETECTED_WIDTH_PX: Final = 640
"""A camera's picture is made about this wide for the detector."""


def shrink_factor(width: int) -> int:
    """Return by how much a picture of this width is made smaller for the detector."""
    return max(1, round(width / DETECTED_WIDTH_PX))


def shrink(image: BgrImage, times: int) -> BgrImage:
    """Return the picture at 1/``times`` of its width and height, each pixel the mean of ``times`` squared."""
    with Image.fromarray(image) as whole, whole.reduce(times) as smaller:
        return _taken_from(whole, smaller)


def enlarge(image: BgrImage, times: int) -> BgrImage:
    """Return the picture ``times`` as wide and high, bicubic."""
    with Image.fromarray(image) as whole:
        size = (whole.width * times, whole.height * times)
        with whole.resize(size, Image.Resampling.BICUBIC) as larger:
            return _taken_from(whole, larger)


def _taken_from(source: Image.Image, result: Image.Image) -> BgrImage:
    pixels = np.array(result)
    for picture in (source, result):
        picture.paste((0, 0, 0), (0, 0, *picture.size))
    return pixels
