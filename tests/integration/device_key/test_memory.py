"""Nothing of a kiosk's memory that matters goes to the swap."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from swap_image import unlocked_areas

from hardware.camera.ring import new_memory
from hardware.simulators.camera import set_stage

HERE = Path(__file__).parent
PROGRAM = """
import json, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from kiosk import process
from swap_image import unlocked_areas, write_swap_image
said = {{}}
{body}
print(json.dumps(said))
"""
MARK = """
def mark():
    return bytes(map(int, "115 101 99 114 101 116".split())) * 64 + bytes(range(97, 123))
held = [mark() for _ in range(50)]
"""
LOOK = """
said["names"] = write_swap_image(Path({image!r}))
data = Path({image!r}).read_bytes()
said["found"] = data.count(mark())
"""


def run(body: str, image: Path, *, user: str | None = None) -> dict[str, object]:
    program = PROGRAM.format(here=str(HERE), body=body.replace("{image!r}", repr(str(image))))
    prefix = [] if user is None else ["/usr/bin/setpriv", "--reuid", user, "--clear-groups", "--bounding-set=-all"]
    done = subprocess.run(
        [*prefix, sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def is_root() -> bool:
    return resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] == resource.RLIM_INFINITY or Path("/root").stat().st_uid == 0


needs_right = pytest.mark.skipif(not is_root(), reason="needs the right to lock memory (LimitMEMLOCK=infinity)")


def test_without_a_lock_the_image_would_hold_what_is_in_memory(tmp_path: Path) -> None:
    said = run(MARK + LOOK, tmp_path / "swap")
    assert "[heap]" in said["names"]
    assert said["found"]


@needs_right
def test_a_process_without_qml_has_no_page_that_could_be_swapped(tmp_path: Path) -> None:
    said = run('said["locked"] = process.keep_out_of_swap()\n' + MARK + LOOK, tmp_path / "swap")
    assert said["locked"] is True
    assert said["found"] == 0
    assert said["names"] == []


@needs_right
def test_memory_that_is_taken_later_is_locked_too(tmp_path: Path) -> None:
    body = """
process.harden()
process.keep_freed_memory()
said["locked"] = process.keep_out_of_swap()
import threading
big = bytearray(64 << 20)
thread = threading.Thread(target=lambda: None); thread.start(); thread.join()
"""
    said = run(body + MARK + LOOK, tmp_path / "swap")
    assert said["locked"] is True
    assert said["names"] == []


@needs_right
def test_a_file_in_memory_is_locked_as_soon_as_it_is_written(tmp_path: Path) -> None:
    body = """
from watchlist.memory_file import MemoryFile
process.keep_out_of_swap()
file = MemoryFile(64 << 10)
file.write(bytes(40 << 10))
here = Path("/proc/self/smaps").read_text("utf-8").split("/memfd:list")[1].split("VmFlags:")[0]
said.update(line.split()[:2] for line in here.splitlines() if line.startswith(("Rss:", "Locked:")))
"""
    assert run(body, tmp_path / "swap") == {"Rss:": "40", "Locked:": "40"}


@pytest.mark.skipif(not is_root(), reason="becomes another user")
def test_an_agent_that_may_not_lock_its_memory_says_so_in_its_log() -> None:
    agent = ("sync.kiosk_end", "run", "--station", "https://station.example", "--data", "/nowhere")
    nobody = ("/usr/bin/setpriv", "--reuid", "nobody", "--clear-groups", "--bounding-set=-all")
    ended = subprocess.run([*nobody, sys.executable, "-m", *agent], capture_output=True, timeout=60, check=False)
    assert json.loads(ended.stderr.splitlines()[0])["event"] == "memory.may-be-swapped"


def held_in_unlocked_memory(*program: str, pass_fds: tuple[int, ...] = ()) -> list[str]:
    """Start a worker as the kiosk app does, and look at it when it has said its first word."""
    argv = [sys.executable, "-m", *program]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=pass_fds) as worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.read(1)
            return [name for _, _, name in unlocked_areas(worker.pid)]
        finally:
            worker.kill()


@needs_right
def test_the_reader_worker_which_holds_cards_has_no_page_that_could_be_swapped(tmp_path: Path) -> None:
    assert held_in_unlocked_memory("reader.worker", "--profile", str(tmp_path / "none-yet.toml")) == []


@needs_right
def test_the_camera_worker_which_holds_faces_has_no_page_that_could_be_swapped(tmp_path: Path) -> None:
    set_stage(tmp_path / "stage", "nobody")
    pictures = new_memory()
    try:
        argv = ("hardware.camera", f"stage:{tmp_path / 'stage'}", str(pictures), "1")
        assert held_in_unlocked_memory(*argv, pass_fds=(pictures,)) == []
    finally:
        os.close(pictures)


QML = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QCoreApplication
from PySide6.QtQml import QJSEngine
app = QCoreApplication([]); engine = QJSEngine()
"""


@needs_right
def test_the_kiosk_apps_memory_is_locked_but_for_qmls_own(tmp_path: Path) -> None:
    said = run(QML + MARK + 'said["locked"] = process.lock_memory_beside_qml()\n' + LOOK, tmp_path / "swap")
    assert said["locked"] is True
    assert said["found"] == 0
    # Of a library's file only what its loader has filled in and closed (relro): addresses, nothing of ours.
    others = [name for name in said["names"] if "QtQml" not in name and not name.startswith("/")]
    assert others == []


@needs_right
def test_what_the_app_takes_later_is_locked_at_the_next_turn(tmp_path: Path) -> None:
    body = QML + "process.lock_memory_beside_qml()\nbig = bytearray(64 << 20)\n" + MARK
    before = run(body + "big[5000:5000 + len(mark())] = mark()\n" + LOOK, tmp_path / "before")
    after = run(
        body + 'big[5000:5000 + len(mark())] = mark()\nsaid["locked"] = process.lock_memory_beside_qml()\n' + LOOK,
        tmp_path / "after",
    )
    assert before["found"]
    assert after["found"] == 0


def test_qmls_heap_is_never_locked_since_it_relies_on_being_cleared(tmp_path: Path) -> None:
    body = (
        QML
        + """
process.lock_memory_beside_qml()
for _ in range(4):
    engine.evaluate("(function(){ var a = []; for (var i = 0; i < 90000; i++) a.push({x: i}); })()")
engine.collectGarbage()
process.lock_memory_beside_qml()
areas = [name for _, _, name in unlocked_areas()]
said["unlocked"] = sum("QtQml" in name for name in areas)
smaps = Path("/proc/self/smaps").read_text("utf-8").split("VmFlags:")
said["locked"] = sum("QtQml" in before and " lo" in flags.splitlines()[0]
    for before, flags in zip(smaps, smaps[1:]) if "JSGCHeap" in before)
"""
    )
    said = run(body, tmp_path / "swap")
    assert said["unlocked"]
    assert said["locked"] == 0


@pytest.mark.skipif(not is_root(), reason="becomes another user")
def test_without_the_right_nothing_breaks_and_the_caller_is_told(tmp_path: Path) -> None:
    body = """
said["locked"] = process.keep_out_of_swap()
big = bytearray(64 << 20)
import numpy, threading
said["beside"] = process.lock_memory_beside_qml()
"""
    said = run(body, tmp_path / "swap", user="nobody")
    assert said == {"locked": False, "beside": False}
