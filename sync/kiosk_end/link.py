"""What is wrong with the link, as the agent's parts find out, left in the outbox for the kiosk app to show.

What came of a heartbeat says which of these it is, each with somebody else to act:

| outcome | fault, beside STATION_LINK |
|---|---|
| the station cannot be reached, hangs up, or has trouble of its own | none |
| who answers is not the station | STATION_UNTRUSTED |
| our certificate has ended, by our calendar or by the station's | CERTIFICATE_EXPIRED |
| it was revoked | CERTIFICATE_REVOKED |
| it is refused for another reason: unknown, replaced by a newer one, by an alert of TLS | CERTIFICATE_REJECTED |
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import structlog

from kiosk.domain.faults import Fault
from kiosk.ports import Clock, OutboxError
from sync.http import Answer, CertificateRejected, Outcome
from sync.kiosk_end.outbox import OutboxFile

_BY_CODE: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "station-not-trusted": Fault.STATION_UNTRUSTED,
        "own-expired": Fault.CERTIFICATE_EXPIRED,
        "certificate-expired": Fault.CERTIFICATE_EXPIRED,
        "sslv3-alert-certificate-expired": Fault.CERTIFICATE_EXPIRED,
        "certificate-revoked": Fault.CERTIFICATE_REVOKED,
    }
)
_OF_AN_OUTCOME: Final = frozenset({Fault.STATION_LINK, Fault.CERTIFICATE_REJECTED, *_BY_CODE.values()})
_LOG = structlog.get_logger()


def faults_of(outcome: Outcome) -> frozenset[Fault]:
    """Return what an exchange with the station, good or not, says of the link."""
    match outcome:
        case Answer(status=200):
            return frozenset()
        case CertificateRejected(why=why):
            return frozenset({Fault.STATION_LINK, _BY_CODE.get(why, Fault.CERTIFICATE_REJECTED)})
        case _:
            return frozenset({Fault.STATION_LINK})


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

    def heard(self, outcome: Outcome) -> None:
        """Note what an exchange with the station says of the link; what it does not say is gone."""
        self._change(self._faults - _OF_AN_OUTCOME | faults_of(outcome))

    def set(self, fault: Fault, present: bool) -> None:
        """Note that a fault is there or gone; a change is told to the app at once."""
        self._change(self._faults | {fault} if present else self._faults - {fault})

    def _change(self, faults: frozenset[Fault]) -> None:
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
