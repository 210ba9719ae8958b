"""One-time and session tokens: 256 random bits, of which the database keeps only the hash."""

import hashlib
import secrets


def new_token() -> str:
    """Return a fresh token that is safe in a URL (43 characters)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the SHA-256 (hex) under which a token is stored.

    A plain hash suffices: a token has 256 random bits, so there is nothing to guess, and the look-up by hash
    leaks nothing through its timing.
    """
    return hashlib.sha256(token.encode()).hexdigest()
