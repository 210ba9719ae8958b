"""A lane that staff closed does not open by itself because the machine was started anew."""

from pathlib import Path

from structlog.testing import capture_logs
from test_engine import Stage, lane
from visits import A

from kiosk.pause_file import PauseFile
from kiosk.ports import Pause
from kiosk.visit import events as on
from kiosk.visit.screen import ScreenKind


def is_served(pause: Pause, *first: on.Event) -> bool:
    """Start a lane anew, let staff do something, and lay a card: is it read?"""
    stage = Stage()
    with lane(stage, pause=pause) as engine:
        for event in (*first, on.CardPresented(A)):
            engine.post(event)
    return ScreenKind.READING in stage.shown


def test_a_paused_lane_is_paused_after_a_restart_until_staff_open_it(tmp_path: Path) -> None:
    assert is_served(PauseFile(tmp_path))
    assert not is_served(PauseFile(tmp_path), on.LanePaused())
    assert not is_served(PauseFile(tmp_path))
    assert is_served(PauseFile(tmp_path), on.LaneResumed())
    assert is_served(PauseFile(tmp_path))


def test_a_pause_that_cannot_be_kept_holds_until_the_restart_and_is_logged(tmp_path: Path) -> None:
    with capture_logs() as logged:
        assert not is_served(PauseFile(tmp_path / "gone"), on.LanePaused())
    failed = [entry for entry in logged if entry["event"] == "effect.failed"]
    assert [(entry["effect"], entry["error"]) for entry in failed] == [("pause", "FileNotFoundError")]
