import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # for the fixtures that two folders of tests share

from fixtures_pcsc import REFERENCE_PROFILE, Ear, hand, killable_pcscd, pcsc_service, pcscd

from reader.process import ReaderProcess

__all__ = ["hand", "killable_pcscd", "pcsc_service", "pcscd"]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def reader(ear: Ear) -> Iterator[ReaderProcess]:
    """The kiosk's reader over whatever PC/SC there is."""
    reader = ReaderProcess(REFERENCE_PROFILE, read_timeout_s=1.5)
    reader.start(ear.post)
    yield reader
    reader.stop()
