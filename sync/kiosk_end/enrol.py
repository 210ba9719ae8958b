"""Enrolment: a key made on the kiosk, a one-time token, and back come a certificate and what opens the list."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from sync.http import Answer, OwnCertificate, StationClient
from sync.kiosk_end.key_request import BadCertificateError, KeyRequest
from sync.wire import Enrolled, EnrolRequest

_IN_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "enrol-token": "it does not know this token, or it was used, or is more than a day old",
        "http-429": "too many wrong tokens came from here: wait a minute",
        "station-not-trusted": "who answers there is not the station whose CA certificate was given",
        "ConnectError": "it cannot be reached",
    }
)


class EnrolError(Exception):
    """The station did not enrol this kiosk. ``why`` is a short code: enrol-token, ConnectError …"""

    def __init__(self, why: str) -> None:
        words = f"{_IN_WORDS[why]} ({why})" if why in _IN_WORDS else why
        super().__init__(f"the station did not enrol this kiosk: {words}")
        self.why = why


async def enrol(station_url: str, ca: Path, token: str) -> tuple[Enrolled, OwnCertificate]:
    """Ask the station, whose certificate ``ca`` must have signed, and return what it grants. Nothing is kept yet.

    Raises:
        EnrolError: if it refuses, cannot be reached, or answers with a certificate for another key.
    """
    request = KeyRequest()
    client = StationClient(station_url, ca)
    try:
        outcome = await client.post("/v1/enrol", EnrolRequest(token=token, csr_pem=request.csr_pem))
    finally:
        await client.close()
    if not isinstance(outcome, Answer):
        raise EnrolError(outcome.why)
    if outcome.status != 200:
        raise EnrolError(f"http-{outcome.status}")
    try:
        enrolled = msgspec.json.decode(outcome.body, type=Enrolled)
        return enrolled, request.granted(enrolled.certificate_pem)
    except (msgspec.MsgspecError, ValueError):
        raise EnrolError("malformed-answer") from None
    except BadCertificateError as error:
        raise EnrolError(error.why) from None
