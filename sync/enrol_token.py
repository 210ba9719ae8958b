"""The one-time token of an enrolment, as a person types it and a scanner reads it: ``7KQ2M-0RX4T-…``, five by five.

- 24 random characters and a check character, of Crockford's base32 (crockford.com/base32): no I, L, O or U; small
  letters count, and so do I and L for 1, O for 0; spaces and hyphens do not.
- The check is Crockford's too, the value modulo 37: a prime above 32, so one wrong character and two neighbours that
  changed places are always told. Five of its values have signs that not every keyboard has: such a token is drawn anew.
- What is left are 119.8 bits: nothing to guess, whatever the pace. Code 39 and QR codes carry its characters, so a
  scanner types it.
"""

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUP: Final = 5
_GROUPS: Final = 5
_MODULUS: Final = 37
_READ_AS: Final = str.maketrans("ILO", "110", "- ")


class MistypedError(ValueError):
    """No token: a character is wrong, missing or in another's place."""


def new_token() -> str:
    """Return a fresh token."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(_GROUPS * _GROUP - 1))
        if (check := _value(body) % _MODULUS) < len(ALPHABET):
            return _in_groups(body + ALPHABET[check])


def as_made(typed: str) -> str:
    """Return the token as it was made, whatever its case and grouping.

    Raises:
        MistypedError: it cannot be one.
    """
    plain = typed.strip().upper().translate(_READ_AS)
    if len(plain) != _GROUPS * _GROUP or not set(plain) <= set(ALPHABET):
        raise MistypedError
    if _value(plain[:-1]) % _MODULUS != ALPHABET.index(plain[-1]):
        raise MistypedError
    return _in_groups(plain)


def _value(text: str) -> int:
    value = 0
    for character in text:
        value = value * len(ALPHABET) + ALPHABET.index(character)
    return value


def _in_groups(plain: str) -> str:
    return "-".join(plain[at : at + _GROUP] for at in range(0, len(plain), _GROUP))
