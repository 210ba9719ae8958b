"""What the station vouches for through TUF, fetched over any road (the only import of python-tuf at the kiosk).

- Trust begins with the root that the kiosk was given at its enrolment, and goes from root to root (2 of 3 keys each).
- Timestamp, snapshot and targets are kept in a folder of the agent's: nothing older than they is ever taken again.
- Of the targets two are used: ``feed-trust.json`` and full copies. A target is looked into only after its length and
  hash hold; a full copy waits in memory meanwhile, since it must never have been on the disk (watchlist.memory_file).
- Time is ``now`` as the caller says, so that a list's age and its trust's are judged by one clock.

Refusals (``FeedRefusedError``)
- bad-trust-signature: forged, too few signatures, or a withdrawn key's.
- trust-rolled-back: older than what was seen. trust-frozen: past its expiry.
- trust-damaged, copy-damaged: not of the length and hash that were vouched for, or not readable.
- wrong-site, wrong-group: valid, and another's. no-room, not-written: the disk is too full for it.
"""

import logging
import shutil
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from tuf.api import exceptions
from tuf.ngclient import FetcherInterface, TargetFile, Updater  # type: ignore[attr-defined]  # a computed __all__

from kiosk.ports import FeedRefusedError, NotPublishedError, Road
from kiosk.private_file import sync_folder, write_private
from watchlist.memory_file import MemoryFile
from watchlist.published import FEED_TRUST, EpochTrust, FeedTrust, FullCopy, PepperError, decode_trust, open_pepper
from watchlist.seal import Pepper
from watchlist.trust import Trust

TUF_FOLDER: Final = "tuf"
MAX_TRUST_BYTES: Final = 64 * 1024
ROOM: Final = 4
"""A copy is taken only where there is so many times its length: twice for its table, twice for the log when the table
that it replaces is overwritten (3.6 times were measured)."""
_METADATA: Final = "metadata/"
_TARGETS: Final = "targets/"
_NOT_FOUND: Final = 404

# The libraries log key ids and paths as free text; what matters of it comes out as an error (RULES 15).
for _name in ("tuf", "securesystemslib"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class Updates:
    """Follows the trust metadata of one site and group. One at a time may work in its folder."""

    def __init__(self, data: Path, trusted: Trust) -> None:
        """Work in ``data``, the agent's folder, for the kiosk that was enrolled with ``trusted``."""
        self._data = data
        self._folder = data / TUF_FOLDER
        self._trusted = trusted
        self._has_begun = False

    def refresh(self, road: Road, now: datetime) -> "Vouched":
        """Return what the road has to say, verified. Raises FeedRefusedError or RoadError."""
        fetcher = _Fetcher(road)
        with _told("trust-damaged"):
            if not self._has_begun:
                self._begin()
            updater = _Updater(
                str(self._folder), _METADATA, target_base_url=_TARGETS, fetcher=fetcher, bootstrap=self._trusted.root
            )
            # The updater would look at the machine's clock. Every test of an expiry goes red should this name change.
            updater._trusted_set.reference_time = now
            updater.refresh()
            vouched = Vouched(updater, fetcher, self._data, self._trusted)
        if vouched.trust.site != self._trusted.site:
            raise FeedRefusedError("wrong-site")
        if vouched.trust.group != self._trusted.group:
            raise FeedRefusedError("wrong-group")
        return vouched

    def _begin(self) -> None:
        """Make the folders durable, with what a process that was killed had put there and not come to sync."""
        history = self._folder / "root_history"
        for folder in (self._folder, history):
            folder.mkdir(mode=0o700, exist_ok=True)
        for folder in (history, self._folder, self._data):
            sync_folder(folder)
        self._has_begun = True


class _Updater(Updater):
    """python-tuf's, but what it persists is on the disk before it goes on.

    The library replaces its files without ``fsync``: after a power cut there might be neither the old one nor the new,
    or a timestamp without the root that vouches for its key, and an older list would be taken. Every test of a power
    cut goes red should this name change.
    """

    def _persist_file(self, filename: str, data: bytes) -> None:
        path = Path(filename)
        if not path.exists() or path.read_bytes() != data:  # every refresh persists the first root anew
            write_private(path, data)


class Vouched:
    """What a refresh found: the feed's trust, and full copies on demand while the road is open."""

    def __init__(self, updater: Updater, fetcher: "_Fetcher", data: Path, trusted: Trust) -> None:
        self._updater = updater
        self._fetcher = fetcher
        self._data = data
        self._trusted = trusted
        self.trust: FeedTrust = self._feed_trust(data / TUF_FOLDER / FEED_TRUST)

    def peppers(self) -> tuple[Pepper, ...]:
        """Return the peppers of ``trust.epochs``. Raises FeedRefusedError (wrong-group) if they are not for us."""
        return tuple(self.pepper(epoch) for epoch in self.trust.epochs)

    def pepper(self, epoch: EpochTrust) -> Pepper:
        """Return the epoch's pepper. Raises FeedRefusedError (wrong-group) if it is not for us."""
        try:
            return open_pepper(self.trust, epoch, self._trusted.group_key)
        except PepperError:
            raise FeedRefusedError("wrong-group") from None

    @contextmanager
    def full_copy(self, copy: FullCopy) -> Iterator[IO[bytes]]:
        """Give a full copy as a file of which every byte is vouched for. Raises FeedRefusedError or RoadError."""
        with _told("copy-damaged"):
            info = self._info(copy.target)
            if shutil.disk_usage(self._data).free < ROOM * info.length:
                raise FeedRefusedError("no-room")
            with self._fetcher.download_file(_path(info), info.length) as file:
                info.verify_length_and_hashes(file)
                file.seek(0)
                yield file

    def _feed_trust(self, kept: Path) -> FeedTrust:
        info = self._info(FEED_TRUST)
        if info.length > MAX_TRUST_BYTES:
            raise FeedRefusedError("trust-damaged")
        found = self._updater.find_cached_target(info, str(kept))
        data = kept.read_bytes() if found else self._fetcher.download_bytes(_path(info), info.length)
        info.verify_length_and_hashes(data)
        if not found:
            kept.write_bytes(data)
        try:
            return decode_trust(data)
        except ValueError:
            raise FeedRefusedError("trust-damaged") from None

    def _info(self, target: str) -> TargetFile:
        info = self._updater.get_targetinfo(target)
        if info is None:
            raise exceptions.RepositoryError
        return info


class _Fetcher(FetcherInterface):
    """python-tuf's downloads over a road, into files that lie in memory."""

    def __init__(self, road: Road) -> None:
        self._road = road

    def _fetch(self, url: str) -> Generator[bytes, None, None]:
        with self._road.fetch(url) as pieces:
            yield from pieces

    @contextmanager
    def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:
        """See ``FetcherInterface``: at the most ``max_length`` bytes, and the road is let go of at once."""
        with MemoryFile(max_length) as file:
            received = 0
            with closing(self._fetch(url)) as pieces:
                try:
                    for piece in pieces:
                        received += len(piece)
                        if received > max_length:
                            raise exceptions.DownloadLengthMismatchError
                        file.write(piece)
                except NotPublishedError as error:
                    # Of a root this is the usual end: there is no newer one.
                    raise exceptions.DownloadHTTPError("not published", _NOT_FOUND) from error
            file.truncate()
            file.seek(0)
            yield file


def _path(info: TargetFile) -> str:
    folder, slash, name = info.path.rpartition("/")
    return f"{_TARGETS}{folder}{slash}{next(iter(info.hashes.values()))}.{name}"


@contextmanager
def _told(damaged: str) -> Iterator[None]:
    """Say in our own codes why python-tuf refused."""
    try:
        yield
    except exceptions.DownloadHTTPError:
        raise NotPublishedError from None
    except exceptions.UnsignedMetadataError:
        raise FeedRefusedError("bad-trust-signature") from None
    except exceptions.BadVersionNumberError:
        raise FeedRefusedError("trust-rolled-back") from None
    except exceptions.ExpiredMetadataError:
        raise FeedRefusedError("trust-frozen") from None
    except (exceptions.RepositoryError, exceptions.DownloadError):
        raise FeedRefusedError(damaged) from None
    except OSError as error:
        raise FeedRefusedError("not-written") from error
