"""What is built for a kiosk: the product whole, and no simulator in it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked. It is built from a copy, so that nothing is left in the work tree."""
    folder = tmp_path_factory.mktemp("package")
    source = folder / "source"
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in files:
        if (REPOSITORY / name).is_file() and not name.startswith("tests/"):
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((REPOSITORY / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(source)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def run(unpacked: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the unpacked package alone: -P and the folder keep the checkout out."""
    code = f"import sys; sys.path[:] = [p for p in sys.path if p != {str(REPOSITORY)!r}]; sys.meta_path = "
    code += "[f for f in sys.meta_path if 'editable' not in repr(f).lower()]; "
    code += f"sys.path.insert(0, {str(unpacked)!r}); " + arguments[0]
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments[1:]],
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_production_package_holds_no_simulator_and_no_test_profile(unpacked: Path) -> None:
    names = [str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()]
    assert "reader/worker.py" in names
    assert {"face/self_test/one.png", "face/self_test/two.png", "face/evaluation/report.html"} <= set(names)
    assert "ui/qml/Main.qml" in names or any(name.startswith("ui/qml/") for name in names)
    forbidden = ("simulators", "reference-test", "tests/", "faces/", ".c")
    assert [name for name in names if any(part in name for part in forbidden[:4]) or name.endswith(".c")] == []


def test_the_kiosk_is_whole_without_the_simulators(unpacked: Path) -> None:
    code = "import kiosk.app, reader.worker; print(kiosk.app.__file__); from kiosk.__main__ import main; main()"
    done = run(unpacked, code, "reader", "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(unpacked))
    assert "doctor" in done.stdout


def test_simulate_says_that_this_is_no_place_for_it(unpacked: Path) -> None:
    done = run(unpacked, "from hardware.simulate import main; main()", "card", "lisa")
    assert done.returncode == 2
    assert "production package" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_requirement_is_locked_by_hash(name: str) -> None:
    text = (REPOSITORY / name).read_text()
    requirements = [block for block in text.replace("\\\n", " ").splitlines() if block and not block.startswith("#")]
    assert len(requirements) > 30
    assert [block for block in requirements if "==" not in block or "--hash=sha256:" not in block] == []
    assert "index-url" not in text
    assert "://" not in text
