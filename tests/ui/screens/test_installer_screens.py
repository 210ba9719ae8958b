"""The installer's screens: one step at a time, what is wrong and what to do, with keys of our own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPointingDevice
from pytestqt.qtbot import QtBot
from screen_gate import StillCamera, keep, lisa, pixels
from screen_looking import contrast_within, place, texts, touch, visible_items
from screen_scenes import SIZES

from face.quality import MIN_INTER_EYE_PX
from kiosk.domain.guidance import Guidance
from kiosk.face_check import FaceCheck, Measured
from kiosk.settings import load_settings
from kiosk.settings_edit import write_value
from ui.installer_bridge import CARD_WIDTH_MM, Acts, Installer, Result
from ui.installer_window import InstallerWindow
from ui.staff_words import STEPS, Words
from ui.window import PX_PER_MM

REPOSITORY = Path(__file__).parents[3]
SAMPLE = REPOSITORY / "hardware" / "wiring" / "kiosk.sample.toml"


def ok(text: str) -> Result:
    return Result(True, Words(text, text))


@dataclass
class Bench:
    """The screens with nothing behind them but a note of what was asked."""

    asked: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        def tested(step: str) -> tuple[Result, ...]:
            self.asked.append(step)
            wrong = Result(False, Words("读卡器未连接：检查连线", "The card reader is gone: check its cable."))
            return (ok("USB 1"), wrong)

        def noted(what: object) -> Result:
            self.asked.append(what)
            return ok("ok")

        steps = ("enrol", "reader", "gate", "sound", "doctor")
        tests = {step: lambda step=step: tested(step) for step in steps}
        acts = Acts(
            tests=tests, enrol=noted, save_pin=noted, save_size=noted, save_site=noted, sites=("a.toml", "b.toml")
        )
        self.installer = Installer(acts, px_per_mm=PX_PER_MM, site="a.toml")
        camera = StillCamera(lisa())
        self.window = InstallerWindow(self.installer, camera, px_per_mm=PX_PER_MM, size=(1080, 1920))  # type: ignore[arg-type]  # a camera without exposure

    def go(self, step: str) -> None:
        while self.installer.view["step"] != step:
            (self.installer.next if self.installer.view["at"] < list(STEPS).index(step) + 1 else self.installer.back)()
        QCoreApplication.processEvents()


@pytest.fixture(scope="module")
def one_bench(qapp: object) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.window.close()


@pytest.fixture
def bench(one_bench: Bench) -> Bench:
    one_bench.asked.clear()
    one_bench.go("enrol")
    return one_bench


@pytest.mark.parametrize("orientation", SIZES)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_legible_and_its_targets_are_large(bench: Bench, step: str, orientation: str) -> None:
    window = bench.window.quick_window
    window.resize(SIZES[orientation])
    bars = (("distance", 0.8, True), ("light", 0.6, True), ("even", 0.4, False), ("sharp", 1.0, True))
    bench.installer.measured(bars, Guidance.TURN_TO_LIGHT)
    bench.go(step)
    if (orientation == "landscape") != (bench.installer.view["title"] == STEPS[step][0].en):
        bench.installer.change_language()
    QCoreApplication.processEvents()
    image = window.grabWindow()
    keep(image, f"setup-{step}-{orientation}")
    picture = pixels(image)
    area = place(window.contentItem())
    for text in texts(window):
        assert text.property("contentWidth") <= text.width() + 1, text.property("text")
        seen = place(text).intersected(area)
        if not seen.isEmpty() and text.parentItem().opacity() == 1 and text.parentItem().parentItem().opacity() == 1:
            assert contrast_within(picture, seen) >= 7, text.property("text")
    for button in visible_items(window, "QQuickAbstractButton"):
        assert min(place(button).width(), place(button).height()) >= 15 * PX_PER_MM, button.objectName()


def test_the_code_is_typed_with_our_own_keys(bench: Bench, finger: QPointingDevice, qtbot: QtBot) -> None:
    for key in "7KQ2M0":
        touch(bench.window.quick_window, finger, f"key{key}")
    touch(bench.window.quick_window, finger, "key⌫")
    assert bench.installer.view["typed"] == "7KQ2M"
    touch(bench.window.quick_window, finger, "enter")
    qtbot.waitUntil(lambda: bench.asked == ["7KQ2M"], timeout=10_000)


def test_a_pin_is_never_seen_while_it_is_typed(bench: Bench, finger: QPointingDevice) -> None:
    bench.go("pin")
    for key in "270519":
        touch(bench.window.quick_window, finger, f"key{key}")
    shown = [text.property("text") for text in texts(bench.window.quick_window)]
    assert "●●●●●●" in shown
    assert not any("270519" in text for text in shown)


def test_a_test_says_what_is_wrong_and_what_to_do(bench: Bench, finger: QPointingDevice, qtbot: QtBot) -> None:
    bench.go("reader")
    touch(bench.window.quick_window, finger, "test")
    qtbot.waitUntil(lambda: len(bench.installer.view["lines"]) == 2, timeout=10_000)
    keep(bench.window.quick_window.grabWindow(), "setup-reader-wrong")
    assert bench.asked == ["reader"]
    assert [line["well"] for line in bench.installer.view["lines"]] == [True, False]


def test_the_frame_that_fits_a_card_is_what_is_saved(bench: Bench, finger: QPointingDevice, qtbot: QtBot) -> None:
    bench.go("screen")
    bench.window.quick_window.resize(SIZES["portrait"])
    for _ in range(2):
        touch(bench.window.quick_window, finger, "resize10")
    (frame,) = [f for f in visible_items(bench.window.quick_window, "QQuickRectangle") if f.objectName() == "cardFrame"]
    qtbot.waitUntil(lambda: frame.width() == frame.implicitWidth())  # laid out with the next picture that is drawn
    touch(bench.window.quick_window, finger, "saveSize")
    qtbot.waitUntil(lambda: len(bench.asked) == 1, timeout=10_000)
    assert bench.asked[0] == pytest.approx(frame.width() / CARD_WIDTH_MM, abs=0.001)


def test_what_the_installer_saves_is_what_the_kiosk_reads_and_comments_stay(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    write_value(file, "screen", "px_per_mm", 4.217)
    write_value(file, "screen", "site", "/opt/hongtu-gate/ui/sites/harbour.toml")
    write_value(file, "screen", "staff_screen", "HDMI-2")
    screen = load_settings(file).screen
    assert (screen.px_per_mm, screen.site.name, screen.staff_screen) == (4.217, "harbour.toml", "HDMI-2")
    before, after = (text.splitlines() for text in (SAMPLE.read_text("utf-8"), file.read_text("utf-8")))
    assert [line.partition("#")[2] for line in before if "#" in line] == [
        line.partition("#")[2] for line in after if "#" in line
    ]


@pytest.mark.models
def test_the_bars_say_how_a_face_stands_and_none_where_nobody_does(qtbot: QtBot) -> None:
    said: list[Measured] = []
    camera = StillCamera(lisa())
    check = FaceCheck(camera, REPOSITORY / "build" / "models" / "sface-yunet", said.append)  # type: ignore[arg-type]  # a camera without exposure
    check.start()
    try:
        qtbot.waitUntil(lambda: any(measured.bars for measured in said), timeout=60_000)
        camera.image = None
        said.clear()
        qtbot.waitUntil(lambda: bool(said), timeout=10_000)
        assert said[-1] == Measured(None)
    finally:
        check.stop()
    assert MIN_INTER_EYE_PX == 60
