"""The card's photo: decoders are plug-ins, and none is no pass.

A real card holds 1,024 bytes of "WLT". No public algorithm or free decoder exists: every public program calls a
licensed vendor library. An operator who has one plugs it in (``vendor``); some readers deliver a picture (``picture``);
the simulator has a container of its own (``container``). Without a decoder the visitor goes to staff.

Card bytes are hostile input. A decoder runs only inside the reader worker, which can be killed; it opens one format,
checks the size before it decodes, and returns exactly 102 x 126 pixels or nothing.
"""

from typing import assert_never

from reader.photo.container import PHOTO_BYTES, SimulatorDecoder
from reader.photo.picture import PictureDecoder
from reader.photo.port import HEIGHT, UNDECODABLE, WIDTH, NoDecoder, PhotoDecoder
from reader.photo.vendor import VendorDecoder
from reader.profiles import NoPhoto, Photo, PicturePhoto, SimulatorPhoto, VendorPhoto

__all__ = [
    "HEIGHT",
    "PHOTO_BYTES",
    "UNDECODABLE",
    "WIDTH",
    "NoDecoder",
    "PhotoDecoder",
    "PictureDecoder",
    "SimulatorDecoder",
    "VendorDecoder",
    "decoder",
]


def decoder(photo: Photo) -> PhotoDecoder:
    """Return the decoder that a reader profile names."""
    match photo:
        case NoPhoto():
            return NoDecoder()
        case SimulatorPhoto():
            return SimulatorDecoder()
        case PicturePhoto():
            return PictureDecoder()
        case VendorPhoto():
            return VendorDecoder(photo)
        case _ as never:
            assert_never(never)
