"""Draws the icons under which a phone keeps the guard's page: ``python -m ui.console.icons``.

The sign is that of ``static/icon.svg``. A maskable icon fills its square, with the sign in the middle four fifths
that every mask leaves (W3C, Web Application Manifest, "maskable").
"""

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

_STATIC: Final = Path(__file__).parent / "static"
_EARTH: Final = "#8a2b1d"
_GATE: Final = [(6, 26), (6, 12), (16, 6), (26, 12), (26, 26), (20, 26), (20, 18), (12, 18), (12, 26)]
"""On the 32 units of the sign."""
_FINER: Final = 4
"""Drawn larger and made smaller, so that edges are smooth."""


def draw(size: int, *, maskable: bool) -> Image.Image:
    """Return one icon of ``size`` pixels."""
    large = size * _FINER
    unit, icon = large / 32, Image.new("RGBA", (large, large), _EARTH if maskable else (0, 0, 0, 0))
    pen, scale = ImageDraw.Draw(icon), 0.72 if maskable else 1.0
    if not maskable:
        pen.rounded_rectangle((0, 0, large - 1, large - 1), radius=6 * unit, fill=_EARTH)
    pen.polygon([(16 * unit + (x - 16) * scale * unit, 16 * unit + (y - 16) * scale * unit) for x, y in _GATE], "#fff")
    return icon.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    draw(192, maskable=False).save(_STATIC / "guard-192.png", optimize=True)
    draw(512, maskable=False).save(_STATIC / "guard-512.png", optimize=True)
    draw(512, maskable=True).save(_STATIC / "guard-maskable-512.png", optimize=True)
