"""RULES 2, to the last page: after a visit the process's memory holds no strip of the person's picture."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from face.resize import shrink
from hardware.simulators.camera import Stage, set_stage
from kiosk.ports import BgrImage

pytestmark = pytest.mark.models

_STRIP_PX = 24
_ROWS = range(240, 480, 80)
_COLUMNS = (600, 680)
_PAGE = resource.getpagesize()


def _strips(image: BgrImage, factor: int = 1) -> set[bytes]:
    """Runs of pixels from the face's part of a picture, as they lie in memory."""
    rows, columns = ([value // factor for value in span] for span in (_ROWS, _COLUMNS))
    found = {image[row, column : column + _STRIP_PX].tobytes() for row in rows for column in columns}
    return {strip for strip in found if len(set(strip)) > 20}  # plain ones may lie anywhere


def _strips_of_the_person(stage_file: Path) -> set[bytes]:
    """What the camera gives of the person, and the half-size picture that the detector is given."""
    wanted: set[bytes] = set()
    for pose in Stage(stage_file)._scene("p005"):
        wanted |= _strips(pose)
        for shift in range(2):
            even = np.ascontiguousarray(pose[:, shift : shift + 1280])
            wanted |= _strips(shrink(even, 2), factor=2)
    return wanted


def _seen_in_memory(pid: int, wanted: set[bytes]) -> int:
    """How many of the strips stand in the process's memory, heap, stacks and shared pages alike."""
    found: set[bytes] = set()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end in _written(pid):
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except (OSError, ValueError, OverflowError):
                continue  # the kernel's own pages
            if content:
                found |= {strip for strip in wanted - found if strip in content}
    return len(found)


def _written(pid: int) -> Iterator[tuple[int, int]]:
    """Where the process may have written, but for what it was given and has never touched: most of its address space.

    A file's pages are all looked at: another process may have touched them.
    """
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/pagemap").open("rb", buffering=0) as pages:
        for line in maps:
            span, mode, _offset, _device, inode, *_ = line.split()
            start, end = (int(side, 16) for side in span.split("-"))
            if not mode.startswith("rw"):
                continue
            if inode != "0":
                yield start, end
                continue
            pages.seek(start // _PAGE * 8)
            touched = np.frombuffer(pages.read((end - start) // _PAGE * 8), np.uint64) >> np.uint64(62) != 0
            edges = np.flatnonzero(np.diff(touched, prepend=False, append=False))
            yield from ((start + int(first) * _PAGE, start + int(last) * _PAGE) for first, last in edges.reshape(-1, 2))


@pytest.mark.timeout(180)
def test_no_strip_of_the_person_s_picture_is_left_in_memory(tmp_path: Path, pack_dir: Path) -> None:
    stage = tmp_path / "stage"
    set_stage(stage, "p005")
    wanted = _strips_of_the_person(stage)
    assert len(wanted) > 10
    script = Path(__file__).with_name("one_visit_in_a_process.py")
    with subprocess.Popen(
        [sys.executable, str(script), str(stage), str(pack_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "looking\n"
            during = _seen_in_memory(process.pid, wanted)
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "forgotten\n"
            after = _seen_in_memory(process.pid, wanted)
        finally:
            process.kill()
    assert during > 2  # the search works: while the person stands there, the pictures are there
    assert after == 0
