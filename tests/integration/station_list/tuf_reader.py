"""python-tuf's own reader over a folder: what it takes, and why it refuses."""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from watchlist.published import FEED_TRUST, FeedTrust, decode_trust

logging.getLogger("tuf").setLevel(logging.CRITICAL + 1)


class Reader:
    """A reader that began with ``root`` and keeps what it has seen in ``own``."""

    def __init__(self, published: Path, own: Path, root: bytes) -> None:
        self.published, self.own, self.root = published, own, root
        own.mkdir(exist_ok=True)

    def refresh(self, now: datetime) -> FeedTrust:
        """Follow the metadata and return feed-trust.json. Raises what python-tuf raises."""
        updater = Updater(
            str(self.own), "metadata/", str(self.own), "targets/", fetcher=_Folder(self.published), bootstrap=self.root
        )
        updater._trusted_set.reference_time = now
        updater.refresh()
        info = updater.get_targetinfo(FEED_TRUST)
        assert info is not None
        return decode_trust(Path(updater.download_target(info)).read_bytes())


class _Folder(FetcherInterface):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            yield (self._folder / url).read_bytes()
        except FileNotFoundError:
            raise DownloadHTTPError("not there", 404) from None
