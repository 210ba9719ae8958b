"""Session and invitation tokens, 256 random bits, and how they and the kiosks' (sync.enrol_token) are kept: hashed."""

import hashlib
import secrets


def new_token() -> str:
    """Return a fresh token that is safe in a URL (43 characters)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the SHA-256 (hex) under which a token is stored.

    A plain hash suffices: a token has 119 random bits or more, so there is nothing to guess, and the look-up by hash
    leaks nothing through its timing.
    """
    return hashlib.sha256(token.encode()).hexdigest()
