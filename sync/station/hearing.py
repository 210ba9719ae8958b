"""When a heartbeat of each certificate last arrived here: by this process's clock that only grows.

A heartbeat counts by its arrival, not by its commit: one that waits behind a large import is no silence. One that is
refused afterwards has not been heard at all. Whose a certificate is, and whether it still is anybody's, is for the
store to say; this is asked before there is time to.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sync.station import pki


class Hearing:
    """The station's ear for heartbeats. Forgets everything when the process ends, and so begins to listen anew."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._heard_s: dict[str, float] = {}

    @contextmanager
    def arriving(self, certificate: bytes | None) -> Iterator[None]:
        """Count a heartbeat over a connection with this certificate (DER) from now on, unless the block raises."""
        if certificate is None:
            yield
            return
        who, now_s = pki.fingerprint(certificate), self._monotonic()
        before_s = self._heard_s.get(who)
        self._heard_s[who] = now_s
        try:
            yield
        except BaseException:
            if self._heard_s.get(who) == now_s:
                self._forget(who, before_s)
            raise

    def heard_s(self, fingerprint: str) -> float | None:
        """Return when a heartbeat of this certificate last arrived, or None if none has."""
        return self._heard_s.get(fingerprint)

    def _forget(self, who: str, before_s: float | None) -> None:
        if before_s is None:
            del self._heard_s[who]
        else:
            self._heard_s[who] = before_s
