"""The station's request for the face crop of one alarm: signed there, judged at the kiosk before a crop is released."""

from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.wire import EvidenceRequest, SignedRequest, encode

_PURPOSE = b"hongtu evidence request v1\0"


class NotHonouredError(Exception):
    """The request is not one to honour. ``why`` is a short code; ``request`` the id that it gives itself, or ""."""

    def __init__(self, why: str, request: EvidenceRequest | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.request = request


def sign(request: EvidenceRequest, key: Ed25519PrivateKey) -> SignedRequest:
    """Return the request with the station's signature over its exact bytes."""
    written = encode(request)
    return SignedRequest(request=written, signature=key.sign(_PURPOSE + written))


def checked(signed: SignedRequest, request_key: bytes, kiosk: str, now: datetime) -> EvidenceRequest:
    """Return a request that the station has made for this kiosk and that still stands.

    Raises:
        NotHonouredError: no-request-key, malformed, bad-signature, another-kiosk or expired.
    """
    try:
        request = msgspec.json.decode(signed.request, type=EvidenceRequest)
    except (msgspec.MsgspecError, ValueError):
        raise NotHonouredError("malformed") from None
    if not request_key:
        raise NotHonouredError("no-request-key", request)
    try:
        Ed25519PublicKey.from_public_bytes(request_key).verify(signed.signature, _PURPOSE + signed.request)
    except (InvalidSignature, ValueError):
        raise NotHonouredError("bad-signature", request) from None
    if request.kiosk != kiosk:
        raise NotHonouredError("another-kiosk", request)
    if request.until.tzinfo is None or request.until <= now:
        raise NotHonouredError("expired", request)
    return request
