"""Which instance does what is to be done once: supervision, and whatever is due by the clock.

- Alone on a file, the instance leads. On a shared database it is the one whose session holds the leader's lock; the
  server gives it back when that session ends, however it ends, and another instance has it at its next look.
- Nobody relies on it for being right. An instance that was cut off may believe for a moment that it still leads: what
  it does is decided again under the writers' lock, from what is in the store, and done once for that reason. This lock
  only keeps several from doing the same work.
"""

from threading import Lock

from sync.station import postgres


class Leader:
    """Asked before each piece of such work, from any thread."""

    def __init__(self, server: postgres.Server | None) -> None:
        self._server = server
        self._session: postgres.Session | None = None
        self._asking = Lock()

    def is_us(self) -> bool:
        """Tell whether this instance leads now; it does from here on where nobody else does.

        Raises:
            postgres.Unreachable: nobody can say, and so nobody leads.
        """
        if self._server is None:
            return True
        with self._asking:
            if self._session is not None and not self._session.is_there():
                self._let_go()
            if self._session is None:
                self._session = postgres.Session(self._server)
                is_ours = False
                try:
                    is_ours = self._session.try_lock(postgres.LEADER)
                finally:
                    if not is_ours:
                        self._let_go()
            return self._session is not None

    def close(self) -> None:
        """Let another lead."""
        with self._asking:
            self._let_go()

    def _let_go(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
