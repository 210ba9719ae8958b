"""The simulated camera's pictures."""

from pathlib import Path

import numpy as np
import pytest

from hardware.camera.errors import SourceError
from hardware.camera.freshness import Freshness
from hardware.camera.sources import source_named
from hardware.simulators.camera import Stage, set_stage


def _stage(folder: Path, line: str) -> Stage:
    set_stage(folder / "stage", line)
    stage = Stage(folder / "stage")
    stage.open()
    return stage


@pytest.mark.parametrize("line", ["nobody", "lisa", "two:lisa,zoom"])
def test_every_picture_differs_from_the_one_before(tmp_path: Path, line: str) -> None:
    stage, freshness = _stage(tmp_path, line), Freshness()
    news = [freshness.is_news(stage.read()) for _ in range(60)]
    assert all(news[1:])


def test_the_same_line_gives_the_same_pictures(tmp_path: Path) -> None:
    one, other = _stage(tmp_path, "p005"), _stage(tmp_path, "p005")
    for _ in range(5):
        np.testing.assert_array_equal(one.read(), other.read())


def test_pictures_have_the_camera_s_size(tmp_path: Path) -> None:
    assert _stage(tmp_path, "zoom").read().shape == (720, 1280, 3)


@pytest.mark.parametrize("line", ["the-emperor", "two:lisa,the-emperor", ""])
def test_a_stage_that_makes_no_sense_is_no_camera(tmp_path: Path, line: str) -> None:
    with pytest.raises(SourceError, match="unknown-persona"):
        _stage(tmp_path, line)


def test_a_stage_without_a_file_is_no_camera(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not-found"):
        Stage(tmp_path / "nothing").open()


def test_a_source_of_an_unknown_kind_is_no_camera() -> None:
    with pytest.raises(SourceError, match="unknown-kind"):
        source_named("rtsp://203.0.113.7/stream")
