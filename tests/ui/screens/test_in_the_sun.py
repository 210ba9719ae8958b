"""Words, drawings and rings stand out, measured on the picture as it is painted."""

from dataclasses import replace

import pytest
from screen_gate import SITES, Gate, StillCamera, keep, lisa, pixels
from screen_looking import Rgb, contrast_within, made_of, place, texts
from screen_scenes import SCREENS, SIZES

from ui.site import load_site

# The other hints differ from this one in their words alone.
NAMES = [name for name in SCREENS if not name.startswith("look-here-") or name.endswith(("hold-still", "more-time"))]


@pytest.fixture(scope="module", params=[(name, way) for name in NAMES for way in SIZES], ids="-".join)
def painted(request: pytest.FixtureRequest, one_gate: Gate) -> tuple[Gate, Rgb]:
    name, way = request.param
    one_gate.camera.image = lisa()
    one_gate.show(SCREENS[name], size=SIZES[way])
    picture = one_gate.window.picture()
    keep(picture, f"{name}-{way}")
    return one_gate, pixels(picture)


def test_words_stand_out_seven_to_one(painted: tuple[Gate, Rgb]) -> None:
    """WCAG 1.4.6."""
    gate, picture = painted
    for text in texts(gate.window.quick_window):
        assert contrast_within(picture, place(text)) >= 7, text.property("text")


def test_drawings_stand_out_four_and_a_half_to_one(painted: tuple[Gate, Rgb]) -> None:
    """WCAG 1.4.11 asks 3:1 of graphics; sunlight asks for more."""
    gate, picture = painted
    for drawing in made_of(gate.window.quick_window, "Picture"):
        # The live picture covers the drawing in the oval; a language that is not chosen has none.
        if drawing.parentItem().objectName() != "mirror" and drawing.property("name"):
            assert contrast_within(picture, place(drawing)) >= 4.5, drawing.property("name")


def test_another_site_is_another_file_and_shows_its_own_name_colours_and_words(qapp: object) -> None:
    site = replace(load_site(SITES / "harbour.toml"), reduced_motion=True)
    gate = Gate(StillCamera(lisa()), site=site)
    try:
        gate.say(SCREENS["attract"])
        picture = gate.picture()
        said = {text.property("text") for text in texts(gate.window.quick_window)}
        assert {"Welcome to Old Tea Harbour", "Lay it flat on the reader at your right."} <= said
        for text in texts(gate.window.quick_window):
            assert contrast_within(picture, place(text)) >= 7, text.property("text")
        gate.say(SCREENS["see-staff"])
        assert bytes(gate.picture()[150, 20]).hex() == site.theme.staff.lower()[1:]
        keep(gate.window.picture(), "another-site")
    finally:
        gate.window.close()
