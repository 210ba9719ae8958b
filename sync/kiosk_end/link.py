"""What is wrong with the link, as the agent's parts find out, left in the outbox for the kiosk app to show."""

from datetime import datetime

import structlog

from kiosk.domain.faults import Fault
from kiosk.ports import Clock, OutboxError
from sync.kiosk_end.outbox import OutboxFile

_LOG = structlog.get_logger()


class LinkState:
    """The link's present faults. Down until the first heartbeat has been answered."""

    def __init__(self, outbox: OutboxFile, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._faults = frozenset({Fault.STATION_LINK})
        self._list_refused: str | None = None

    @property
    def faults(self) -> frozenset[Fault]:
        """What is wrong now."""
        return self._faults

    @property
    def list_refused(self) -> str | None:
        """Why the last update of the list was refused, while nothing better came."""
        return self._list_refused

    def refuse_list(self, why: str | None) -> None:
        """Note why an update of the list was refused, or that all is well."""
        self._list_refused = why
        self.set(Fault.LIST_REFUSED, why is not None)

    def set(self, fault: Fault, present: bool) -> None:
        """Note that a fault is there or gone; a change is told to the app at once."""
        faults = self._faults | {fault} if present else self._faults - {fault}
        if faults != self._faults:
            self._faults = faults
            _LOG.warning("link.faults", faults=sorted(faults))
            self.tell(self._clock.now())

    def tell(self, now: datetime) -> None:
        """Write the note again, so that the app sees that the agent is alive, and whether a message lies aside."""
        try:
            lies_aside = self._outbox.set_aside_count() > 0
            if lies_aside != (Fault.SET_ASIDE in self._faults):
                return self.set(Fault.SET_ASIDE, lies_aside)
            self._outbox.write_link(self._faults, now)
        except OutboxError:
            _LOG.error("outbox.trouble")  # the note grows old, which the app takes for a lost link
