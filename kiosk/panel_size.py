"""How large the panel says that it is: the EDID of each screen that is connected, which the kernel hands to everybody.

The first detailed timing descriptor is the panel's own mode (VESA E-EDID A.2, 3.10): its active pixels and its size in
millimetres. Some panels lie or say nothing; a card held to the screen is the better measure (kiosk setup).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_DRM: Final = Path("/sys/class/drm")
_HEADER: Final = bytes.fromhex("00ffffffffffff00")
_MODE: Final = slice(54, 72)
_BYTES: Final = 128


def px_per_mm(drm: Path = _DRM) -> tuple[float, ...]:
    """Return the pixels per millimetre of each connected screen that tells both."""
    return tuple(_told(drm))


def _told(drm: Path) -> Iterator[float]:
    for file in sorted(drm.glob("card*-*/edid")):
        try:
            edid = file.read_bytes()
        except OSError:
            continue
        if len(edid) < _BYTES or not edid.startswith(_HEADER):
            continue
        mode = edid[_MODE]
        width_px = mode[2] | (mode[4] & 0xF0) << 4
        width_mm = mode[12] | (mode[14] & 0xF0) << 4
        if any(mode[:2]) and width_px and width_mm:  # without a pixel clock it is no mode
            yield width_px / width_mm
