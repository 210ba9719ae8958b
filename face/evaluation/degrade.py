"""What goes wrong at a gate, put upon good pictures one thing at a time. Pure: picture in, picture out.

These are emulations, named as such in every report. The card's codec is not a real chip's.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from face.evaluation.turned_head import Head, Manner
from face.models import FaceModels
from kiosk.ports import BgrImage

Degrade = Callable[[BgrImage, FaceModels], BgrImage]

# The outline of a mask and of dark glasses in MediaPipe's face mesh.
_MASK: Final = (
    (
        234,
        93,
        132,
        58,
        172,
        136,
        150,
        149,
        176,
        148,
        152,
        377,
        400,
        378,
        379,
        365,
        397,
        288,
        361,
        323,
        454,
        347,
        197,
        118,
    ),
)
_GLASSES: Final = (
    (46, 53, 52, 65, 55, 193, 128, 121, 120, 119, 118, 117, 35, 143),
    (276, 283, 282, 295, 285, 417, 357, 350, 349, 348, 347, 346, 265, 372),
)


@dataclass(frozen=True, slots=True)
class Degradation:
    """One thing that goes wrong, on the card's or on the live side."""

    name: str
    on_card: bool
    apply: Degrade


def resolution(height: int) -> Degrade:
    """Make the picture this high, and as large as before again."""

    def apply(image: BgrImage, _models: FaceModels) -> BgrImage:
        picture = Image.fromarray(image)
        small = picture.resize((max(1, picture.width * height // picture.height), height), Image.Resampling.LANCZOS)
        return np.asarray(small.resize(picture.size, Image.Resampling.BICUBIC))

    return apply


def jpeg_2000(bytes_: int) -> Degrade:
    """Squeeze the picture into so many bytes of JPEG 2000."""

    def apply(image: BgrImage, _models: FaceModels) -> BgrImage:
        packed = io.BytesIO()
        raw = image.shape[0] * image.shape[1] * 3
        picture = Image.fromarray(np.ascontiguousarray(image[:, :, ::-1]))
        picture.save(packed, "JPEG2000", quality_mode="rates", quality_layers=[raw / bytes_], irreversible=True, mct=1)
        with Image.open(io.BytesIO(packed.getvalue())) as opened:
            rgb = np.asarray(opened.convert("RGB"), np.uint8)
        return np.ascontiguousarray(rgb[:, :, ::-1])

    return apply


def blur(radius: float) -> Degrade:
    """Put the picture out of focus."""

    def apply(image: BgrImage, _models: FaceModels) -> BgrImage:
        return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(radius)))

    return apply


def less_light(stops: float) -> Degrade:
    """Take light away, and add a sensor's noise."""

    def apply(image: BgrImage, _models: FaceModels) -> BgrImage:
        levels = ((np.arange(256) / 255) ** 2.2 * 2**-stops) ** (1 / 2.2) * 255
        noise = np.random.default_rng(0).normal(0, 4, image.shape)
        dark: BgrImage = (levels[image] + noise).clip(0, 255).astype(np.uint8)
        return dark

    return apply


def side_light(stops: float) -> Degrade:
    """Take light away from one side, evenly across the picture."""

    def apply(image: BgrImage, _models: FaceModels) -> BgrImage:
        fall = 2 ** (-stops * np.linspace(0, 1, image.shape[1]) / 2.2)
        return (image * fall[np.newaxis, :, np.newaxis]).clip(0, 255).astype(np.uint8)

    return apply


def turned(manner: Manner) -> Degrade:
    """Turn the head."""

    def apply(image: BgrImage, models: FaceModels) -> BgrImage:
        return Head(image, models).show(manner)

    return apply


def covered(outlines: tuple[tuple[int, ...], ...], colour_bgr: tuple[int, int, int]) -> Degrade:
    """Paint a mask or dark glasses over the face, shaded as the face is."""

    def apply(image: BgrImage, models: FaceModels) -> BgrImage:
        assert models.landmarks is not None
        points = models.landmarks.find(image, models.detector.find_faces(image)[0]).points
        cover = Image.new("L", (image.shape[1], image.shape[0]), 0)
        for outline in outlines:
            ImageDraw.Draw(cover).polygon([(float(points[i, 0]), float(points[i, 1])) for i in outline], fill=255)
        share = np.asarray(cover.filter(ImageFilter.GaussianBlur(1)), np.float32)[:, :, np.newaxis] / 255
        grey = Image.fromarray(image.mean(axis=2).astype(np.uint8)).filter(ImageFilter.GaussianBlur(12))
        shade = (np.asarray(grey, np.float32)[:, :, np.newaxis] / 170).clip(0.4, 1.2)
        paint = np.array(colour_bgr, np.float32) * shade + np.random.default_rng(1).normal(0, 3, image.shape)
        painted: BgrImage = (image * (1 - share) + paint * share).clip(0, 255).astype(np.uint8)
        return painted

    return apply


BLUE_MASK: Final = covered(_MASK, (200, 170, 120))
DARK_GLASSES: Final = covered(_GLASSES, (25, 25, 25))

DEGRADATIONS: Final = (
    Degradation("card: 88 rows", True, resolution(88)),
    Degradation("card: 1 KB again", True, jpeg_2000(1024)),
    Degradation("card: 700 bytes", True, jpeg_2000(700)),
    Degradation("live: 200 rows", False, resolution(200)),
    Degradation("live: out of focus", False, blur(3.0)),
    Degradation("live: three stops less light", False, less_light(3.0)),
    Degradation("live: light from one side", False, side_light(4.0)),
    Degradation("live: head turned by 20 degrees", False, turned(Manner(yaw=20))),
    Degradation("live: head turned by 35 degrees", False, turned(Manner(yaw=35))),
    Degradation("live: chin down by 20 degrees", False, turned(Manner(pitch=20))),
    Degradation("live: mask", False, BLUE_MASK),
    Degradation("live: dark glasses", False, DARK_GLASSES),
)
