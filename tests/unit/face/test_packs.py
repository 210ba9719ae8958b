"""What a model pack must be before anything of it is run."""

import hashlib
from pathlib import Path

import msgspec
import pytest

from face.errors import PackDamagedError, PackError
from face.install import SPEC
from face.packs import PACK_FILE, PackSpec, load_pack
from kiosk.domain.evidence import Band


def _write_pack(folder: Path, spec: PackSpec = SPEC) -> PackSpec:
    """A pack that is right in form, with two files that are no models."""
    weights = {spec.detector.file: b"a detector", spec.embedder.file: b"an embedder"}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in weights.items()}
    spec = msgspec.structs.replace(
        spec,
        detector=msgspec.structs.replace(spec.detector, sha256=digests[spec.detector.file]),
        embedder=msgspec.structs.replace(spec.embedder, sha256=digests[spec.embedder.file]),
    )
    for name, content in weights.items():
        (folder / name).write_bytes(content)
    (folder / PACK_FILE).write_bytes(msgspec.json.encode(spec))
    return spec


def test_a_whole_pack_is_loaded_with_the_bytes_that_were_checked(tmp_path: Path) -> None:
    _write_pack(tmp_path)
    pack = load_pack(tmp_path)
    assert (pack.detector, pack.embedder) == (b"a detector", b"an embedder")
    assert pack.info.digest == hashlib.sha256((tmp_path / PACK_FILE).read_bytes()).hexdigest()


@pytest.mark.parametrize("file", [SPEC.detector.file, SPEC.embedder.file])
def test_a_swapped_weight_file_is_refused(tmp_path: Path, file: str) -> None:
    _write_pack(tmp_path)
    (tmp_path / file).write_bytes(b"somebody else's weights")
    with pytest.raises(PackDamagedError, match=file):
        load_pack(tmp_path)


def test_changed_thresholds_are_another_pack(tmp_path: Path) -> None:
    spec = _write_pack(tmp_path)
    before = load_pack(tmp_path).info.digest
    laxer = msgspec.structs.replace(spec.thresholds, accept=0.40)
    (tmp_path / PACK_FILE).write_bytes(msgspec.json.encode(msgspec.structs.replace(spec, thresholds=laxer)))
    assert load_pack(tmp_path).info.digest != before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"surprise": 1}, "surprise"),
        ({"name": None}, "name"),
        ({"thresholds": {"accept": 0.3, "staff": 0.4}}, "staff < accept"),
        ({"thresholds": {"accept": 0.45}}, "staff"),
    ],
)
def test_a_malformed_pack_file_is_refused(tmp_path: Path, change: dict[str, object], why: str) -> None:
    _write_pack(tmp_path)
    declared = msgspec.json.decode((tmp_path / PACK_FILE).read_bytes())
    (tmp_path / PACK_FILE).write_bytes(msgspec.json.encode(declared | change))
    with pytest.raises(PackError, match=why):
        load_pack(tmp_path)


def test_a_pack_cannot_name_a_file_outside_its_folder(tmp_path: Path) -> None:
    outside = msgspec.structs.replace(SPEC, detector=msgspec.structs.replace(SPEC.detector, file="../elsewhere.onnx"))
    (tmp_path / "pack").mkdir()
    _write_pack(tmp_path / "pack", outside)
    with pytest.raises(PackError, match="outside the pack"):
        load_pack(tmp_path / "pack")


def test_a_missing_pack_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="make models"):
        load_pack(tmp_path / "nothing-here")


@pytest.mark.parametrize(
    ("similarity", "band"),
    [(0.45, Band.ACCEPT), (0.4499, Band.STAFF), (0.36, Band.STAFF), (0.3599, Band.REJECT), (-1.0, Band.REJECT)],
)
def test_each_threshold_belongs_to_the_band_above_it(similarity: float, band: Band) -> None:
    assert SPEC.thresholds.band(similarity) is band
