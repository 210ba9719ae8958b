"""TPMs that are ended with the test, a machine with and without one, and the list's author of the unit tests."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "watchlist"))

from software_tpm import TPM_VARIABLE, SoftwareTpm


@pytest.fixture
def make_tpm(tmp_path: Path) -> Iterator[Callable[[str], SoftwareTpm]]:
    """Make further TPMs, each of its own machine, by name."""
    with ExitStack() as running:

        def make(name: str) -> SoftwareTpm:
            made = SoftwareTpm(tmp_path / f"tpm-{name}")
            running.callback(made.stop)
            made.start()
            return made

        yield make


@pytest.fixture
def machine_tpm(make_tpm: Callable[[str], SoftwareTpm], monkeypatch: pytest.MonkeyPatch) -> SoftwareTpm:
    """The TPM of this machine, running."""
    tpm = make_tpm("own")
    monkeypatch.setenv(TPM_VARIABLE, tpm.tcti)
    return tpm


@pytest.fixture
def no_tpm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without one."""
    monkeypatch.setenv(TPM_VARIABLE, f"device:{tmp_path / 'tpmrm0'}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The kiosk's data folder."""
    made = tmp_path / "data"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[SoftwareTpm], None]:
    """Put this TPM into the machine."""
    return lambda chip: monkeypatch.setenv(TPM_VARIABLE, chip.tcti)
