"""The agent's end of evidence: what the station wants and what has ended, as its answers to heartbeats say.

A crop leaves only against a request that the station has signed, for this kiosk, for an alarm that is held, within its
time, and over a link that the site's settings declare private. Whatever is refused is told to the station with a code:
no silence. The station names a request with every heartbeat until it has the answer, so a lost answer is given again.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from kiosk.domain.ids import AlarmId
from kiosk.ports import Clock
from sync.http import Answer, StationClient
from sync.kiosk_end.erasure import ERASE_EVERY_S, erase
from sync.kiosk_end.evidence_file import EvidenceError, EvidenceFile
from sync.kiosk_end.outbox import OutboxFile
from sync.signed_request import NotHonouredError, checked
from sync.wire import EvidenceRequest, HeartbeatSeen, Released, SignedRequest

_TAKEN: Final = 204
_LOG = structlog.get_logger()


class Release:
    """Answers requests and erases, one after the other."""

    def __init__(
        self,
        *,
        evidence: EvidenceFile,
        outbox: OutboxFile,
        station: StationClient,
        clock: Clock,
        kiosk: str,
        request_key: bytes,
        private_link: bool,
    ) -> None:
        self._evidence = evidence
        self._outbox = outbox
        self._station = station
        self._clock = clock
        self._kiosk = kiosk
        self._request_key = request_key
        self._private_link = private_link
        self._heard = asyncio.Event()
        self._wanted: tuple[SignedRequest, ...] = ()
        self._ended: frozenset[str] = frozenset()

    def heed(self, seen: HeartbeatSeen) -> None:
        """Take note of what the station says; the work is done in ``run``."""
        self._wanted, self._ended = seen.evidence_wanted, frozenset(seen.evidence_ended)
        self._heard.set()

    async def run(self) -> None:
        """Work for ever: at once, as soon as the station has said something, and every minute."""
        while True:
            await self.work()
            with suppress(TimeoutError):
                async with asyncio.timeout(ERASE_EVERY_S):  # not wait_for: see sync.kiosk_end.uploader
                    await self._heard.wait()
            self._heard.clear()

    async def work(self) -> None:
        """Erase what is due or has ended, then answer what is wanted."""
        # In a thread: the disk may be slow, and an alarm must not wait for it.
        await asyncio.to_thread(erase, self._evidence, self._outbox, self._clock, self._ended)
        wanted, self._wanted = self._wanted, ()
        for signed in wanted:
            released = await asyncio.to_thread(self._answer_to, signed)
            if released is not None:
                await self._send(released)

    def _answer_to(self, signed: SignedRequest) -> Released | None:
        try:
            request = checked(signed, self._request_key, self._kiosk, self._clock.now())
            return Released(request=request.id, alarm=request.alarm, sealed=self._sealed(request))
        except NotHonouredError as refusal:
            _LOG.warning("evidence.refused", why=refusal.why)
            if refusal.request is None:
                return None  # nothing in it says what to answer
            return Released(request=refusal.request.id, alarm=refusal.request.alarm, refused=refusal.why)

    def _sealed(self, request: EvidenceRequest) -> bytes:
        if not self._private_link:
            raise NotHonouredError("link-not-private", request)
        try:
            sealed = self._evidence.sealed(AlarmId(request.alarm))
        except EvidenceError:
            raise NotHonouredError("not-readable", request) from None
        if sealed is None:
            raise NotHonouredError("not-held", request)
        return sealed

    async def _send(self, released: Released) -> None:
        outcome = await self._station.post("/v1/evidence", released)
        if not isinstance(outcome, Answer):
            _LOG.warning("evidence.not-sent", why=outcome.why)
        elif outcome.status != _TAKEN:
            _LOG.warning("evidence.not-sent", why=f"http-{outcome.status}")
        elif released.refused is None:
            _LOG.info("evidence.released", alarm=released.alarm)
