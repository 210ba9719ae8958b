"""The one sender: the outbox in its order, delivered only when the station says that it has committed.

- What the station names in ``Uploaded.taken`` is delivered; what it names in ``refused`` is set aside; anything else is
  sent again. A repeat is harmless: the id is the idempotency key. It is delivered as well if the station has it from
  another kiosk: this one, before it was enrolled by another name.
- An answer that blames the request as a whole (400, 413, 422) is narrowed down by sending half as many messages, and
  twice as many after each that went well. One that is refused alone three times is the poison, and is set aside: once
  is no proof, since a request that was cut on its way is also a bad one.
- A message over which the station fails (500) would hold up the rest for ever. One that failed alone three times is set
  aside if the station takes the next one; if it does not, it is the station that is ill, and nobody is to blame.
- Every other failure is waited out with full jitter. A ring of the doorbell ends the wait. So does a heartbeat that got
  through after others did not, and the waits begin again from the shortest.
- Each upload says up to where the station has acknowledged. A station that was restored from a backup takes nothing
  that would hide what it has lost: it says from where, and gets that first.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final

import msgspec
import structlog

from kiosk.boot_clock import boot_id, since_boot_s
from kiosk.ports import Clock, OutboxError
from sync.http import Answer, Outcome, StationClient
from sync.kiosk_end.backoff import Backoff
from sync.kiosk_end.outbox import OutboxFile
from sync.wire import Message, Upload, Uploaded

POLL_S: Final = 2.0
"""The doorbell is only a hint, so the agent also looks by itself."""

BATCH: Final = 100
"""Messages in one request: counts of an hour are 1.5 kB at most, so a hundred stay under MAX_REQUEST_BYTES."""

_POISON: Final = frozenset({400, 413, 422})
_FAILED: Final = 500
_FAILURES_OF_ONE: Final = 3
_FROM_ANOTHER_KIOSK: Final = "id-of-another-kiosk"
"""sync.station.intake."""
_LOG = structlog.get_logger()


class Uploader:
    """Drains the outbox. ``wake`` is set when there may be something to send."""

    def __init__(self, outbox: OutboxFile, station: StationClient, wake: asyncio.Event, clock: Clock) -> None:
        self._outbox = outbox
        self._station = station
        self._wake = wake
        self._clock = clock
        self._backoff = Backoff()
        self._batch = BATCH
        self._failed_alone: Counter[str] = Counter()

    def station_is_back(self) -> None:
        """Try at once, and be patient anew: the station was away, or has lost what it had."""
        self._backoff.reset()
        self._wake.set()

    async def run(self) -> None:
        """Send for ever."""
        while True:
            self._wake.clear()
            if await self.drain():
                self._backoff.reset()
                wait_s = POLL_S
            else:
                wait_s = self._backoff.next_s()
            with suppress(TimeoutError):
                # Not wait_for, which in Python 3.11 swallows a cancellation that comes with the ring (cpython #86296).
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def drain(self) -> bool:
        """Send until nothing waits. Return whether the station took or refused everything; if not, try later."""
        try:
            while messages := self._outbox.pending(self._batch):
                why = await self._send(messages)
                if why is not None:
                    _LOG.warning("upload.trouble", why=why)
                    return False
        except OutboxError:
            _LOG.error("outbox.trouble")
            return False
        return True

    async def _send(self, messages: tuple[Message, ...]) -> str | None:
        """Return None when the outbox has moved on, or why it has not."""
        outcome = await self._post(messages)
        if not isinstance(outcome, Answer):
            return outcome.why
        if outcome.status in _POISON:
            return self._narrow_down(messages, f"http-{outcome.status}")
        if outcome.status == _FAILED and await self._is_to_blame(messages):
            self._set_aside(messages[0].id, "http-500")
            return None
        return self._hear(messages, outcome)

    async def _post(self, messages: tuple[Message, ...]) -> Outcome:
        after = self._outbox.acknowledged(before=messages[0].seq)
        upload = Upload(messages=messages, boot=boot_id(), sent_s=since_boot_s(), after_seq=after)
        return await self._station.post("/v1/messages", upload)

    async def _is_to_blame(self, messages: tuple[Message, ...]) -> bool:
        """Tell whether the station failed over the first message, rather than altogether."""
        if len(messages) > 1:
            self._batch = len(messages) // 2
            return False
        behind = self._outbox.pending(2)[1:]
        if not self._has_often_failed_alone(messages[0]) or not behind:
            return False
        outcome = await self._post(behind)
        return isinstance(outcome, Answer) and self._hear(behind, outcome) is None

    def _hear(self, messages: tuple[Message, ...], outcome: Answer) -> str | None:
        if outcome.status != 200:
            return f"http-{outcome.status}"
        try:
            uploaded = msgspec.json.decode(outcome.body, type=Uploaded)
        except (msgspec.MsgspecError, ValueError):
            return "malformed-answer"
        if uploaded.lost_after is not None:
            _LOG.warning("station.restored", messages=self._outbox.station_has(uploaded.lost_after))
            return "station-restored"
        return self._settle({message.id for message in messages}, uploaded)

    def _settle(self, sent: set[str], uploaded: Uploaded) -> str | None:
        theirs = {message.id for message in uploaded.refused if message.why == _FROM_ANOTHER_KIOSK}
        taken = sent.intersection(theirs.union(uploaded.taken))
        refused = [message for message in uploaded.refused if message.id in sent - taken]
        if taken:
            self._failed_alone.clear()
            self._outbox.mark_taken(taken, self._clock.now())
            self._batch = min(2 * self._batch, BATCH)
            _LOG.info("messages.taken", taken=len(taken))
        for message in refused:
            self._set_aside(message.id, message.why)
        return None if taken or refused else "nothing-taken"

    def _narrow_down(self, messages: tuple[Message, ...], why: str) -> str | None:
        if len(messages) > 1:
            self._batch = len(messages) // 2
        elif self._has_often_failed_alone(messages[0]):
            self._set_aside(messages[0].id, why)
        else:
            return why
        return None

    def _has_often_failed_alone(self, message: Message) -> bool:
        """Count one failure more, and tell whether there were enough of them."""
        self._failed_alone[message.id] += 1
        return self._failed_alone[message.id] >= _FAILURES_OF_ONE

    def _set_aside(self, message_id: str, why: str) -> None:
        self._outbox.set_aside(message_id, why)
        _LOG.error("message.set-aside", message=message_id, why=why)
