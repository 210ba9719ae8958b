"""A site's own InsightFace pack: taken in with care, refused until somebody answers for it and it is calibrated."""

import csv
from pathlib import Path

import msgspec
import numpy as np
import pytest
from face_lane import picture
from packs_of_others import buffalo
from typer.testing import CliRunner

from face import session
from face.drop_in import install_pack
from face.embed import similarity
from face.errors import InstallError, LicenceError, NotCalibratedError
from face.insight import ArcFaceEmbedder, ScrfdDetector, crop_face
from face.models import FaceModels, load_models
from face.packs import ACKNOWLEDGEMENT_FILE, PACK_FILE, load_pack
from hardware.simulators.personas import PERSONAS
from kiosk.__main__ import cli

pytestmark = pytest.mark.models


@pytest.fixture(scope="module", params=[True, False], ids=["manifest", "known files"])
def site_pack(request: pytest.FixtureRequest, pack_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return buffalo(tmp_path_factory.mktemp("site") / "buffalo_l", pack_dir, manifest=request.param)


def test_without_an_acknowledged_licence_nothing_is_installed(site_pack: Path, tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="accept-licence"):
        install_pack(site_pack, tmp_path / "pack", accepted_by=None, landmarks_from=None)
    assert not (tmp_path / "pack").exists()


def test_only_detector_and_embedder_are_taken_never_a_model_of_age_or_sex(site_pack: Path, tmp_path: Path) -> None:
    install_pack(site_pack, tmp_path / "pack", accepted_by="Site office", landmarks_from=None)
    names = {path.name for path in (tmp_path / "pack").iterdir()}
    assert names == {"det_10g.onnx", "w600k_r50.onnx", "MODEL.LICENSE", PACK_FILE, ACKNOWLEDGEMENT_FILE}


def test_nothing_but_the_declared_models_is_ever_opened(
    site_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_pack(site_pack, tmp_path / "pack", accepted_by="Site office", landmarks_from=None)
    (tmp_path / "pack" / "genderage.onnx").write_bytes((site_pack / "genderage.onnx").read_bytes())
    opened = []
    real = session.onnxruntime.InferenceSession
    monkeypatch.setattr(
        session.onnxruntime,
        "InferenceSession",
        lambda onnx, *rest, **more: opened.append(onnx) or real(onnx, *rest, **more),
    )
    load_models(load_pack(tmp_path / "pack"), for_the_gate=False)
    assert {len(onnx) for onnx in opened} == {
        (site_pack / name).stat().st_size for name in ("det_10g.onnx", "w600k_r50.onnx")
    }


def test_it_is_refused_at_the_gate_until_it_is_calibrated(site_pack: Path, tmp_path: Path) -> None:
    install_pack(site_pack, tmp_path / "pack", accepted_by="Site office", landmarks_from=None)
    with pytest.raises(NotCalibratedError):
        load_models(load_pack(tmp_path / "pack"))
    (tmp_path / "pack" / ACKNOWLEDGEMENT_FILE).unlink()
    with pytest.raises(LicenceError):
        load_pack(tmp_path / "pack")


def test_insightface_s_classes_compute_what_ours_do(site_pack: Path, tmp_path: Path, models: FaceModels) -> None:
    """The same weights in both forms: any slip in colour, mean, anchors or alignment would show."""
    install_pack(site_pack, tmp_path / "pack", accepted_by="Site office", landmarks_from=None)
    theirs = load_models(load_pack(tmp_path / "pack"), for_the_gate=False)
    assert isinstance(theirs.detector, ScrfdDetector)
    assert isinstance(theirs.embedder, ArcFaceEmbedder)
    image = picture(PERSONAS["p005"].live[0])
    (found,), (expected,) = theirs.detector.find_faces(image), models.detector.find_faces(image)
    assert np.abs(found.points - expected.points).max() < 3.0
    crop = crop_face(image, expected.points)
    assert similarity(theirs.embedder.embed(crop), models.embedder.embed(crop)) > 0.9999


def test_a_landmark_model_can_be_taken_along_for_the_liveness_check(
    site_pack: Path, tmp_path: Path, pack_dir: Path
) -> None:
    install_pack(site_pack, tmp_path / "pack", accepted_by="Site office", landmarks_from=pack_dir)
    assert load_models(load_pack(tmp_path / "pack"), for_the_gate=False).landmarks is not None


def test_a_folder_that_is_no_pack_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InstallError, match="neither pack"):
        install_pack(tmp_path / "folder", tmp_path / "pack", accepted_by="x", landmarks_from=None)


def test_a_manifest_whose_digest_does_not_hold_is_refused(pack_dir: Path, tmp_path: Path) -> None:
    site = buffalo(tmp_path / "site", pack_dir, manifest=True)
    (site / "w600k_r50.onnx").write_bytes(b"another file")
    with pytest.raises(InstallError, match="cannot be used"):
        install_pack(site, tmp_path / "pack", accepted_by="x", landmarks_from=None)


def test_an_installer_sees_it_through_by_command(pack_dir: Path, tmp_path: Path) -> None:
    """Refused, acknowledged, listed, measured on too few pictures, and never calibrated by them."""
    run = CliRunner().invoke
    site = buffalo(tmp_path / "buffalo_l", pack_dir, manifest=True)
    out = tmp_path / "packs" / "site"
    out.parent.mkdir()
    assert run(cli, ["face", "install-pack", str(site), str(out)]).exit_code == 1
    done = run(cli, ["face", "install-pack", str(site), str(out), "--accept-licence", "Site office"])
    assert done.exit_code == 0, done.output
    listed = run(cli, ["face", "packs", str(out.parent)])
    assert "calibration  none" in listed.output
    verified = run(cli, ["face", "verify-pack", str(out)])
    assert verified.exit_code == 1
    assert "never calibrated" in verified.output
    assert run(cli, ["face", "install-pack", str(pack_dir), str(out.parent / "ours")]).exit_code == 0
    ours = run(cli, ["face", "verify-pack", str(out.parent / "ours")])
    assert ours.exit_code == 0
    assert load_pack(pack_dir).digest in ours.output
    before = (out / PACK_FILE).read_bytes()
    pairs = _pairs(tmp_path / "set")
    calibrated = run(cli, ["face", "calibrate", str(pairs), "--pack", str(out), "--data-set", "eight persons"])
    assert calibrated.exit_code == 1
    assert "too few" in calibrated.output
    assert (out / PACK_FILE).read_bytes() == before


def test_a_set_that_is_large_enough_writes_the_record(
    pack_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face.evaluation.report._LEAST_IMPOSTORS", 50)
    site = buffalo(tmp_path / "buffalo_l", pack_dir, manifest=True)
    install_pack(site, tmp_path / "pack", accepted_by="Site office", landmarks_from=None)
    arguments = ["face", "calibrate", str(_pairs(tmp_path / "set")), "--pack", str(tmp_path / "pack")]
    done = CliRunner().invoke(cli, [*arguments, "--data-set", "eight persons of the simulator"])
    assert done.exit_code == 0, done.output
    models = load_models(load_pack(tmp_path / "pack"))
    assert models.thresholds.data_set == "eight persons of the simulator"
    assert models.thresholds.false_match.of == 56
    assert models.thresholds.false_non_match.of == 8


def _pairs(folder: Path) -> Path:
    """The personas as a consented set: everybody's card with everybody's live picture."""
    folder.mkdir()
    people = [persona for key, persona in PERSONAS.items() if key.startswith("p")]
    for persona in people:
        (folder / f"card-{persona.key}{persona.portrait.suffix}").write_bytes(persona.portrait.read_bytes())
        (folder / f"live-{persona.key}.jpg").write_bytes(persona.live[-1].read_bytes())
    with (folder / "pairs.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["idcard", "live", "same"])
        for card in people:
            for live in people:
                name = f"card-{card.key}{card.portrait.suffix}"
                writer.writerow([name, f"live-{live.key}.jpg", int(card is live)])
    return folder


def test_the_record_is_part_of_the_digest(pack_dir: Path, tmp_path: Path) -> None:
    install_pack(pack_dir, tmp_path / "pack", accepted_by=None, landmarks_from=None)
    spec = msgspec.json.decode((tmp_path / "pack" / PACK_FILE).read_bytes())
    spec["calibration"]["remark"] = "another day"
    (tmp_path / "pack" / PACK_FILE).write_bytes(msgspec.json.encode(spec))
    assert load_pack(tmp_path / "pack").digest != load_pack(pack_dir).digest
