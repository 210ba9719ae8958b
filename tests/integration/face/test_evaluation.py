"""The evaluation, on the simulator's personas: what it reports, and what it refuses."""

import csv
import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from face.evaluation import data_set
from face.evaluation.degrade import BLUE_MASK, DARK_GLASSES, DEGRADATIONS
from face.evaluation.score import live_crop, picture
from face.models import FaceModels
from hardware.simulators.personas import PERSONAS
from kiosk.__main__ import cli
from kiosk.domain.guidance import Guidance

pytestmark = pytest.mark.models

LONDON = {key: persona for key, persona in PERSONAS.items() if key.startswith("p")}


@pytest.fixture(scope="module")
def consented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    for key, persona in LONDON.items():
        (folder / f"{key}.png").write_bytes(persona.portrait.read_bytes())
        (folder / f"{key}.jpg").write_bytes(persona.live[0].read_bytes())
    with (folder / "pairs.csv").open("w", newline="") as stream:
        rows = [(f"{card}.png", f"{live}.jpg", int(card == live)) for card in LONDON for live in LONDON]
        csv.writer(stream).writerows([("idcard", "live", "same"), *rows])
    with (folder / "info.csv").open("w", newline="") as stream:
        rows = [
            (key, 20 + 5 * index, "male" if persona.male else "female", "x")
            for index, (key, persona) in enumerate(LONDON.items())
        ]
        csv.writer(stream).writerows([("id", "age", "gender", "ethnicity_self_reported"), *rows])
    return folder


def _evaluate(folder: Path, pack_dir: Path, out: Path, *more: str) -> tuple[int, str]:
    arguments = ["face", "evaluate", str(folder), "--pack", str(pack_dir), "--out", str(out), *more]
    done = CliRunner().invoke(cli, arguments)
    return done.exit_code, done.output


def test_the_report_gives_counts_intervals_groups_and_degradation(
    consented: Path, pack_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [item for item in DEGRADATIONS if item.name in ("card: 700 bytes", "live: mask", "live: out of focus")]
    monkeypatch.setattr("face.evaluation.degrade.DEGRADATIONS", few)
    code, output = _evaluate(consented, pack_dir, tmp_path, "--check")
    assert code == 0, output
    report = json.loads((tmp_path / "report.json").read_text())
    people = len(LONDON)
    assert (report["persons"], report["genuine"]["count"]) == (people, people)
    assert report["impostor"]["count"] == people * (people - 1)
    accept = report["thresholds"][0]
    assert (accept["name"], accept["false_match"]["count"], accept["false_non_match"]["count"]) == ("accept", 0, 0)
    assert {group["kind"] for group in report["groups"]} == {"sex", "age", "origin", "same group"}
    assert [effect["name"] for effect in report["effects"]] == [item.name for item in few]
    page = (tmp_path / "report.html").read_text()
    for words in ("under ", "DET curve", "same sex and origin", "live: mask"):
        assert words in page


def test_a_group_that_fails_fails_the_release_check(
    consented: Path, pack_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face.evaluation.report.is_worse", lambda rate, overall: rate.of > 0)
    assert _evaluate(consented, pack_dir, tmp_path, "--no-effects")[0] == 0
    code, output = _evaluate(consented, pack_dir, tmp_path, "--no-effects", "--check")
    assert code == 1
    assert "release check: FAILS" in output


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        ("idcard,live\n", "needs the columns"),
        ("idcard,live,same\np005.png,p005.jpg,maybe\n", "line 2: same is 1 or 0"),
        ("idcard,live,same\np005.png,nobody.jpg,1\n", "line 2: no picture nobody.jpg"),
        ("idcard,live,same\n../p005.png,p005.jpg,1\n", "no picture"),
        ("idcard,live,same\np005.png,p005.jpg,1\np005.png,p005.jpg,0\n", "not the same"),
        ("idcard,live,same\np005.png,p005.jpg,1\n", "needs a genuine and an impostor pair"),
        ("idcard,live,same\nbroken.png,p005.jpg,1\n", "no picture that can be opened"),
    ],
)
def test_a_set_that_cannot_be_used_is_one_clear_line(
    consented: Path, pack_dir: Path, tmp_path: Path, pairs: str, why: str
) -> None:
    for name in ("p005.png", "p005.jpg"):
        (tmp_path / name).write_bytes((consented / name).read_bytes())
    (tmp_path / "broken.png").write_bytes(b"\x89PNG broken")
    (tmp_path / "pairs.csv").write_text(pairs)
    code, output = _evaluate(tmp_path, pack_dir, tmp_path / "out", "--no-effects")
    assert code == 1
    assert why in output.replace("\n", " ")


def test_a_missing_set_says_so(pack_dir: Path, tmp_path: Path) -> None:
    code, output = _evaluate(tmp_path / "nowhere", pack_dir, tmp_path)
    assert code == 1
    assert "cannot be read" in output


@pytest.mark.parametrize(
    ("change", "advice"), [(BLUE_MASK, Guidance.UNCOVER_FACE), (DARK_GLASSES, Guidance.UNCOVER_FACE), (None, None)]
)
def test_masks_and_dark_glasses_are_seen_and_bare_faces_left_alone(
    consented: Path, models: FaceModels, change: object, advice: Guidance | None
) -> None:
    data = data_set.load(consented)
    for pair in data.pairs:
        if pair.is_same:
            image = picture(data, pair.live)
            looked = live_crop(change(image, models) if callable(change) else image, models)
            assert isinstance(looked, tuple)
            assert looked[1].advice() is advice, pair.live


def test_a_picture_of_one_pixel_and_a_very_large_one_are_no_faces(models: FaceModels) -> None:
    for size in ((1, 1), (40, 3000)):
        image = picture_of(Image.new("RGB", size, (90, 90, 90)))
        assert live_crop(image, models) is Guidance.COME_INTO_VIEW


def picture_of(image: Image.Image):  # type: ignore[no-untyped-def]  # a helper of one test
    import numpy as np

    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
