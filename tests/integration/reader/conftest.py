import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # for the fixtures that two folders of tests share

from fixtures_pcsc import REFERENCE_PROFILE, Ear, escape_reader, hand, killable_pcscd, pcsc_service, pcscd, plugged_in

from reader.process import ReaderProcess

__all__ = ["escape_reader", "hand", "killable_pcscd", "pcsc_service", "pcscd", "plugged_in"]


StartReader = Callable[..., tuple[ReaderProcess, Ear]]


@pytest.fixture
def start_reader() -> Iterator[StartReader]:
    """Starts the kiosk's reader over whatever PC/SC there is; takes what ReaderProcess takes."""
    readers: list[ReaderProcess] = []

    def start(profile: Path = REFERENCE_PROFILE, **options: object) -> tuple[ReaderProcess, Ear]:
        reader, ear = ReaderProcess(profile, **options), Ear()  # type: ignore[arg-type]  # passed through
        readers.append(reader)
        reader.start(ear.post)
        return reader, ear

    yield start
    for reader in readers:
        reader.stop()


@pytest.fixture
def reader_and_ear(start_reader: StartReader) -> tuple[ReaderProcess, Ear]:
    return start_reader(read_timeout_s=1.5)


@pytest.fixture
def reader(reader_and_ear: tuple[ReaderProcess, Ear]) -> ReaderProcess:
    return reader_and_ear[0]


@pytest.fixture
def ear(reader_and_ear: tuple[ReaderProcess, Ear]) -> Ear:
    """What the fixture ``reader`` tells."""
    return reader_and_ear[1]
