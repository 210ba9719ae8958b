"""Taking in a model pack that a site brings: one of ours, or InsightFace's buffalo_l, antelopev2 and their like.

InsightFace's packs are for non-commercial research only unless a site holds a licence, and the product never downloads
one. Only the detector and the embedder are copied: the models of age and sex that those packs contain stay where they
are. What comes out has no calibration record, and the kiosk refuses it until ``kiosk face calibrate`` has written one.
"""

import hashlib
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from face.errors import InstallError, LicenceError, PackError
from face.insight import read_manifest
from face.install import write_pack
from face.models import embedding_size, open_models, self_test_cosine
from face.packs import (
    ACKNOWLEDGEMENT_FILE,
    LICENCE_FILE,
    PACK_FILE,
    Acknowledgement,
    DetectorSpec,
    EmbedderSpec,
    LandmarksSpec,
    Pack,
    PackSpec,
    SelfTest,
    load_pack,
    read_plain_file,
)

_KNOWN: Final = (
    ("det_10g.onnx", "w600k_r50.onnx"),  # buffalo_l
    ("det_2.5g.onnx", "w600k_r50.onnx"),  # buffalo_m
    ("det_500m.onnx", "w600k_mbf.onnx"),  # buffalo_s
    ("scrfd_10g_bnkps.onnx", "glintr100.onnx"),  # antelopev2
)
"""Packs without a manifest, by their detector and embedder."""
_ARCFACE_MEAN: Final = 127.5
_ARCFACE_STD: Final = 127.5
_SCRFD_STD: Final = 128.0
_STANDING_LICENCE: Final = b"""InsightFace model pack without a licence file of its own. InsightFace provides its
packages and models for non-commercial research purposes only; any other use needs a licence from InsightFace.
"""
_UNMEASURED: Final = 2.0
"""No cosine: stands in the spec until the self-test has been measured."""


def install_pack(source: Path, out: Path, *, accepted_by: str | None, landmarks_from: Path | None) -> PackSpec:
    """Copy the pack in ``source`` to ``out`` and return what was declared.

    ``accepted_by`` names who has read the licence and answers for the use; ``landmarks_from`` is a pack whose landmark
    model is taken along, without which there is no liveness check.

    Raises:
        InstallError: with one line that says what to do.
    """
    try:
        if (source / PACK_FILE).exists():
            spec, contents = _ours(source)
        else:
            spec, contents = _insightface_s(source, landmarks_from)
        acknowledgement = None
        if not spec.commercial_use:
            acknowledgement = _acknowledge(spec, accepted_by)
        write_pack(out, spec, contents, acknowledgement)
        load_pack(out)
    except PackError as error:
        raise InstallError(f"{source}: {error.why}") from None
    return spec


def _ours(source: Path) -> tuple[PackSpec, dict[str, bytes]]:
    try:
        pack = load_pack(source)
        return pack.spec, pack.contents
    except LicenceError:
        spec = msgspec.json.decode(read_plain_file(source / PACK_FILE), type=PackSpec)
        return spec, {name: read_plain_file(source / name) for name in spec.files}


def _insightface_s(source: Path, landmarks_from: Path | None) -> tuple[PackSpec, dict[str, bytes]]:
    declared = read_manifest(source)
    if declared is not None:
        name, tasks = declared
        if not {"detection", "recognition"} <= set(tasks):
            raise PackError("manifest.json names no detector or no embedder")
        detection, recognition = tasks["detection"], tasks["recognition"]
        detector_file, embedder_file = str(detection["file"]), str(recognition["file"])
        detector_mean, detector_std = _mean_and_std(detection)
        mean, std = _mean_and_std(recognition)
    else:
        name = source.resolve().name
        detector_file, embedder_file = _known_files(source)
        detector_mean, detector_std, mean, std = _ARCFACE_MEAN, _SCRFD_STD, _ARCFACE_MEAN, _ARCFACE_STD
    contents = {
        Path(detector_file).name: read_plain_file(source / detector_file),
        Path(embedder_file).name: read_plain_file(source / embedder_file),
        LICENCE_FILE: read_plain_file(source / LICENCE_FILE) if (source / LICENCE_FILE).exists() else _STANDING_LICENCE,
    }
    landmarks = _landmarks(landmarks_from, contents)
    spec = PackSpec(
        name=name,
        detector=DetectorSpec(
            kind="scrfd", file=Path(detector_file).name, colour_order="rgb", mean=detector_mean, std=detector_std
        ),
        embedder=EmbedderSpec(
            kind="arcface",
            file=Path(embedder_file).name,
            alignment="norm-crop-112",
            colour_order="rgb",
            mean=mean,
            std=std,
            embedding_size=0,
        ),
        landmarks=landmarks,
        files={file: hashlib.sha256(content).hexdigest() for file, content in contents.items()},
        self_test=SelfTest(_UNMEASURED),
        calibration=None,
        commercial_use=False,
        training_data="see the licence; not known to us",
    )
    return _measured(spec, contents), contents


def _measured(spec: PackSpec, contents: dict[str, bytes]) -> PackSpec:
    """Return the spec with the embedding's size and the self-test's cosine as this machine gives them."""
    models = open_models(Pack("", spec, contents))
    size = embedding_size(models)
    cosine = self_test_cosine(models, size)
    return msgspec.structs.replace(
        spec,
        embedder=msgspec.structs.replace(spec.embedder, embedding_size=size),
        self_test=SelfTest(round(cosine, 6)),
    )


def _mean_and_std(task: dict[str, object]) -> tuple[float, float]:
    preprocessing = task.get("preprocessing")
    if not isinstance(preprocessing, dict):
        raise PackError("manifest.json declares no mean and std: a guess could be silently wrong")
    return float(preprocessing["mean"]), float(preprocessing["std"])


def _known_files(source: Path) -> tuple[str, str]:
    for detector, embedder in _KNOWN:
        if (source / detector).exists() and (source / embedder).exists():
            return detector, embedder
    raise PackError(
        f"neither {PACK_FILE} nor InsightFace's manifest.json (version 2) nor the files of a pack that we know "
        f"({', '.join(' + '.join(pair) for pair in _KNOWN)})"
    )


def _landmarks(landmarks_from: Path | None, contents: dict[str, bytes]) -> LandmarksSpec | None:
    if landmarks_from is None:
        return None
    other = load_pack(landmarks_from)
    if other.spec.landmarks is None:
        raise PackError(f"{landmarks_from} has no landmark model")
    contents[other.spec.landmarks.file] = other.contents[other.spec.landmarks.file]
    return other.spec.landmarks


def _acknowledge(spec: PackSpec, accepted_by: str | None) -> bytes:
    if not accepted_by:
        raise InstallError(
            f"the weights of {spec.name} are not licensed for every use. Read {LICENCE_FILE}; if you hold a licence, "
            f'run again with --accept-licence "who answers for it" (kept in {ACKNOWLEDGEMENT_FILE})'
        )
    today = date.today().isoformat()  # noqa: DTZ011 - the installer's own day, as on paper
    return msgspec.json.encode(Acknowledgement(spec.files[LICENCE_FILE], accepted_by, today))
