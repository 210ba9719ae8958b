"""An authenticator app: the code of a moment, from the secret that the station has shown (RFC 6238, SHA-1, 6 digits).

Written out rather than taken from the library that the station uses, so that each checks the other.
"""

import base64
import hmac
from typing import Final

STEP_S: Final = 30


def code_of(secret: str, unix_s: float) -> str:
    """Return the six digits of this moment."""
    counter = (int(unix_s) // STEP_S).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"
