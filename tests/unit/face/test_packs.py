"""What a model pack must be before anything of it is run."""

import hashlib
import os
from contextlib import nullcontext
from pathlib import Path

import msgspec
import pytest

from face.errors import LicenceError, PackDamagedError, PackError
from face.install import SPEC
from face.packs import ACKNOWLEDGEMENT_FILE, LICENCE_FILE, PACK_FILE, Acknowledgement, PackSpec, load_pack
from kiosk.domain.evidence import Band

CALIBRATION = msgspec.to_builtins(SPEC.calibration)


def _write_pack(folder: Path, spec: PackSpec = SPEC) -> PackSpec:
    """A pack that is right in form, with files that are no models."""
    contents = {name: f"this is {name}".encode() for name in spec.files}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    spec = msgspec.structs.replace(spec, files=digests)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / PACK_FILE).write_bytes(msgspec.json.encode(spec))
    return spec


def test_a_whole_pack_is_loaded_with_the_bytes_that_were_checked(tmp_path: Path) -> None:
    _write_pack(tmp_path)
    pack = load_pack(tmp_path)
    assert pack.contents[SPEC.detector.file] == f"this is {SPEC.detector.file}".encode()
    assert pack.digest == hashlib.sha256((tmp_path / PACK_FILE).read_bytes()).hexdigest()


@pytest.mark.parametrize("file", sorted(SPEC.files))
def test_a_swapped_weight_file_is_refused(tmp_path: Path, file: str) -> None:
    _write_pack(tmp_path)
    (tmp_path / file).write_bytes(b"somebody else's weights")
    with pytest.raises(PackDamagedError, match=file):
        load_pack(tmp_path)


def test_changed_thresholds_are_another_pack(tmp_path: Path) -> None:
    spec = _write_pack(tmp_path)
    before = load_pack(tmp_path).digest
    assert spec.calibration is not None
    laxer = msgspec.structs.replace(spec.calibration, accept=0.40)
    (tmp_path / PACK_FILE).write_bytes(msgspec.json.encode(msgspec.structs.replace(spec, calibration=laxer)))
    assert load_pack(tmp_path).digest != before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"surprise": 1}, "surprise"),
        ({"name": None}, "name"),
        ({"calibration": CALIBRATION | {"accept": 0.3, "staff": 0.4}}, "staff < accept"),
        ({"calibration": {"accept": 0.45}}, "staff"),
        ({"files": {}}, "no digest of"),
    ],
)
def test_a_malformed_pack_file_is_refused(tmp_path: Path, change: dict[str, object], why: str) -> None:
    _write_pack(tmp_path)
    declared = msgspec.json.decode((tmp_path / PACK_FILE).read_bytes())
    (tmp_path / PACK_FILE).write_bytes(msgspec.json.encode(declared | change))
    with pytest.raises(PackError, match=why):
        load_pack(tmp_path)


@pytest.mark.parametrize("name", ["../elsewhere.onnx", "..", "/etc/hostname"])
def test_a_pack_cannot_name_a_file_outside_its_folder(tmp_path: Path, name: str) -> None:
    spec = _write_pack(tmp_path)
    outside = msgspec.structs.replace(spec, files=spec.files | {name: "0" * 64})
    (tmp_path / PACK_FILE).write_bytes(msgspec.json.encode(outside))
    with pytest.raises(PackError, match="outside the pack"):
        load_pack(tmp_path)


def test_a_link_is_not_followed_and_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    _write_pack(tmp_path)
    weights = tmp_path / SPEC.embedder.file
    weights.rename(tmp_path / "moved")
    weights.symlink_to(tmp_path / "moved")
    with pytest.raises(PackError, match="cannot be read"):
        load_pack(tmp_path)
    weights.unlink()
    os.mkfifo(weights)
    with pytest.raises(PackError, match="no plain file"):
        load_pack(tmp_path)


def test_a_missing_pack_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="install the pack"):
        load_pack(tmp_path / "nothing-here")


def test_weights_without_a_free_licence_need_somebody_who_answers_for_them(tmp_path: Path) -> None:
    spec = _write_pack(tmp_path, msgspec.structs.replace(SPEC, commercial_use=False))
    with pytest.raises(LicenceError, match="accept-licence"):
        load_pack(tmp_path)
    for sha256, is_refused in (("0" * 64, True), (spec.files[LICENCE_FILE], False)):
        acknowledged = Acknowledgement(sha256, "Heritage site office", "2026-11-24")
        (tmp_path / ACKNOWLEDGEMENT_FILE).write_bytes(msgspec.json.encode(acknowledged))
        with pytest.raises(LicenceError) if is_refused else nullcontext():
            load_pack(tmp_path)


@pytest.mark.parametrize(
    ("similarity", "band"),
    [(0.45, Band.ACCEPT), (0.4499, Band.STAFF), (0.36, Band.STAFF), (0.3599, Band.REJECT), (-1.0, Band.REJECT)],
)
def test_each_threshold_belongs_to_the_band_above_it(similarity: float, band: Band) -> None:
    assert SPEC.calibration is not None
    assert SPEC.calibration.band(similarity) is band
