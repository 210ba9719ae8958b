"""The kiosk's certificate is renewed at two thirds of its life, with a new key, while everything goes on.

- The new one is on the disk, whole, before it is used; the present one ends at the station when the new one is first
  used. So whatever is lost on the way, the request, the answer, the power, the kiosk still gets in.
- What fails is tried again some minutes later, at a random time; there are ten days for it. When seven are left the
  heartbeat raises CERTIFICATE_ENDS_SOON.
- A certificate that was just renewed rests for a day: a kiosk whose clock is wrong would renew for ever.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog

from kiosk.ports import Clock
from sync.http import Answer, OwnCertificate, StationClient
from sync.kiosk_end.identity import Identity
from sync.kiosk_end.key_request import BadCertificateError, KeyRequest
from sync.wire import Renewed, RenewRequest

DUE_AT: Final = 2 / 3
"""Of its life (facts/sync, Supervision)."""
LOOK_EVERY_S: Final = 600.0
REST_S: Final = 86_400.0

_LOG = structlog.get_logger()


class Renewal:
    """Keeps the certificate young. ``use`` has the agent's clients show a new one."""

    def __init__(
        self,
        identity: Identity,
        station: StationClient,
        use: Callable[[OwnCertificate], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._identity = identity
        self._station = station
        self._use = use
        self._clock = clock

    async def run(self) -> None:
        """Renew for ever."""
        while True:
            renewed = self.is_due() and await self.renew()
            wait_s = REST_S if renewed else LOOK_EVERY_S
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 (jitter, no secret)

    def is_due(self) -> bool:
        """Tell whether two thirds of the certificate's life are over."""
        begins, ends = self._identity.period()
        return self._clock.now() >= begins + (ends - begins) * DUE_AT

    async def renew(self) -> bool:
        """Ask for the next certificate, keep it, use it. Return whether that went well; if not, nothing has changed."""
        why = await self._renew()
        if why is not None:
            _LOG.warning("renewal.trouble", why=why)
        return why is None

    async def _renew(self) -> str | None:
        request = KeyRequest()
        outcome = await self._station.post("/v1/renew", RenewRequest(csr_pem=request.csr_pem))
        if not isinstance(outcome, Answer):
            return outcome.why
        if outcome.status != 200:
            return f"http-{outcome.status}"
        try:
            own = request.granted(msgspec.json.decode(outcome.body, type=Renewed).certificate_pem)
            self._identity.replace(own)
        except (msgspec.MsgspecError, ValueError):
            return "malformed-answer"
        except BadCertificateError as error:
            return error.why
        except OSError as error:
            return f"disk-{error.errno}"
        await self._use(own)
        _LOG.info("certificate.renewed", until=own.period()[1].isoformat())
        return None
