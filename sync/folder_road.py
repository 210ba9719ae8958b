"""The road that is a folder: a stick, a disc, a share that somebody has mounted. Needs no network."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from kiosk.ports import NotPublishedError, RoadError
from sync.road_path import checked_path

_CHUNK_BYTES: Final = 256 * 1024


class FolderRoad:
    """A ``kiosk.ports.Road`` over a folder that holds what ``watchlist export`` wrote.

    A link that leads out of the folder is not followed, and nothing but a plain file is opened.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def fetch(self, path: str) -> Iterator[Iterator[bytes]]:
        """See ``kiosk.ports.Road.fetch``. Codes: bad-path, leads-outside, cannot-be-read."""
        file = self._open(checked_path(path))
        with file:
            yield _chunks(file)

    def _open(self, path: str) -> IO[bytes]:
        try:
            folder = self._folder.resolve(strict=True)
            target = (folder / path).resolve(strict=True)
            if not target.is_relative_to(folder):
                raise RoadError("leads-outside")
            if not target.is_file():
                raise NotPublishedError
            return target.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            raise NotPublishedError from None
        except (OSError, RuntimeError):  # RuntimeError: links that lead round in a ring (Python 3.11, 3.12)
            raise RoadError("cannot-be-read") from None


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    try:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
    except OSError:
        raise RoadError("cannot-be-read") from None
