"""Pictures made larger or smaller for the detector. Pillow's own copies of the pixels are overwritten."""

import numpy as np
from PIL import Image

from kiosk.ports import BgrImage


def halve(image: BgrImage) -> BgrImage:
    """Return the picture at half its width and height, each pixel the mean of four."""
    with Image.fromarray(image) as whole, whole.reduce(2) as half:
        return _taken_from(whole, half)


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
