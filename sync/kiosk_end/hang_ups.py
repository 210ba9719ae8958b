"""A station that hangs up on us again and again, and answers one who shows no certificate: it is ours that it refuses.

TLS 1.3 has no other word for it that is sure to arrive: the server judges a client's certificate after the client
believes the handshake done, and its alert is lost where it closes at once (asyncio sends none). One hang-up may be any
broken network, or a station that starts anew; so it takes some in a row, and the stranger's question to be sure.
"""

from typing import Final

from sync.http import CertificateRejected, Outcome, StationClient, StationDown

IN_A_ROW: Final = 3
_HANG_UPS: Final = frozenset({"RemoteProtocolError", "ReadError", "WriteError"})


class HangUps:
    """Those of the heartbeats, in a row."""

    def __init__(self, station: StationClient) -> None:
        self._station = station
        self._in_a_row = 0

    async def judge(self, outcome: Outcome) -> Outcome:
        """Return a heartbeat's outcome, or what a row of hang-ups must mean."""
        hung_up = isinstance(outcome, StationDown) and outcome.why in _HANG_UPS
        self._in_a_row = self._in_a_row + 1 if hung_up else 0
        if self._in_a_row >= IN_A_ROW and await self._station.answers_strangers():
            return CertificateRejected("hung-up-on-us-alone")
        return outcome
