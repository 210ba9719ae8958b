"""Verify an export of the audit log: ``python3 audit_verify.py EXPORT [--key KEY] [--since OLDER-EXPORT]``.

This one file, with nothing but Python (3.8 or newer), is all that an auditor needs. The station uses it too, so what
the station writes and what the auditor checks cannot drift apart.

An export is lines of JSON, each in its only form (keys in order, no spaces, ASCII):

    {"audit":"hongtu-gate","site":S,"version":1}
    {"at":T,"facts":{...},"hash":H,"n":N,"what":W,"who":P}                            a row
    {"at":T,"checkpoint":N,"hash":H,"key":K,"previous":M,"signature":S}               a checkpoint on the row before it

- A row's hash is SHA-256 over [the hash before, n, at, who, what, facts]; the first stands on 64 zeros.
- A checkpoint is an Ed25519 signature (RFC 8032) over [PURPOSE, site, n, hash, at, the row of the checkpoint before].
- The station records that it makes the export and signs that row too: a whole export ends in a checkpoint.

Found: any byte changed, any row or checkpoint taken out, put in or moved, an export cut anywhere but right after one of
its checkpoints. With ``--since``: that the log was not begun anew or changed since the older export. *Not* found by one
export alone: one that is cut right after a checkpoint (look at the time that is printed: it is when it was
exported), and a log that whoever had the station's key has written anew. Keep every export.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Point = tuple[int, int, int, int]  # an expression that Python 3.8 does not have

GENESIS = "0" * 64
"""What the first row stands on."""
VERSION = 1
PURPOSE = "hongtu audit checkpoint v1"
LIMITS = (
    "One export alone cannot show that it was cut right after a checkpoint, or that somebody with the station's own"
    " key wrote the log anew. Compare the time above with when you had it exported, and give the export before it"
    " with --since."
)


class FlawError(Exception):
    """The export is not what the station wrote. Says in which line, and what is wrong."""


class Verified:
    """What an export has proved: its site, rows, checkpoints, the keys that signed, where and when it ends."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.hashes = [GENESIS]
        """By row; row 0 is nothing."""
        self.checkpoints: list[int] = [0]
        """The rows that they stand on, after nothing's."""
        self.keys: list[str] = []
        self.signed_at = ""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.hashes) - 1


def canonical(value: object) -> bytes:
    """Return a value's only form as JSON, in bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def row_hash(previous: str, n: int, at: str, who: str, what: str, facts: object) -> str:
    """Return a row's hash in hexadecimal digits; ``at`` is the ISO text of a UTC time."""
    return hashlib.sha256(canonical([previous, n, at, who, what, facts])).hexdigest()


def signed_bytes(site: str, n: int, row: str, at: str, previous: int) -> bytes:
    """Return what a checkpoint signs: that at ``at`` row ``n`` had the hash ``row``; ``previous`` is the one before."""
    return canonical([PURPOSE, site, n, row, at, previous])


def verify(export: Iterable[bytes], keys: Sequence[str] = (), since: Verified | None = None) -> Verified:
    """Return what the lines of an export prove.

    Args:
        export: its lines as bytes, each with its newline.
        keys: the only keys that may have signed, in hexadecimal digits; without any, one key, whichever it is.
        since: what an older export has proved, which this one must continue under the same keys.

    Raises:
        FlawError: it does not hold.
    """
    if since is not None and not keys:
        keys = since.keys
    found: Verified | None = None
    for number, line in enumerate(export, start=1):
        try:
            value = json.loads(line)
            if canonical(value) + b"\n" != line or not isinstance(value, dict):
                raise ValueError
            if found is None:
                found = _header(value)
            elif "checkpoint" in value:
                _checkpoint(found, value, keys)
            else:
                _row(found, value)
        except FlawError as flaw:
            raise FlawError(f"line {number}: {flaw}") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise FlawError(f"line {number} is not as the station writes it") from None
    if found is None or found.rows == 0 or found.checkpoints[-1] != found.rows:
        raise FlawError("the export is cut short: it does not end with a checkpoint")
    if since is not None:
        if since.site != found.site:
            raise FlawError("the older export is another site's")
        if since.rows > found.rows:
            raise FlawError("rows are missing at the end: the older export goes further")
        if found.hashes[since.rows] != since.hashes[-1]:
            first = next(n for n in range(1, since.rows + 1) if since.hashes[n] != found.hashes[n])
            raise FlawError(f"row {first} is another than in the older export")
    return found


def _header(value: dict[str, Any]) -> Verified:
    if value != {"audit": "hongtu-gate", "site": value["site"], "version": VERSION}:
        raise FlawError("not an export of a station's audit log, or one of another version")
    return Verified(value["site"])


def _row(found: Verified, value: dict[str, Any]) -> None:
    n, now = found.rows + 1, row_hash(found.hashes[-1], *(value[key] for key in ("n", "at", "who", "what", "facts")))
    if value["n"] != n:
        raise FlawError(f"row {value['n']} stands where row {n} belongs")
    if value["hash"] != now or len(value) != 6:
        raise FlawError(f"row {n} was changed")
    found.hashes.append(now)


def _checkpoint(found: Verified, value: dict[str, Any], keys: Sequence[str]) -> None:
    n, key = value["checkpoint"], value["key"]
    if n != found.rows or value["hash"] != found.hashes[-1] or len(value) != 6 or n == 0:
        raise FlawError(f"a checkpoint on row {n} stands on another row")
    if (keys and key not in keys) or (not keys and found.keys and key not in found.keys):
        raise FlawError(f"a checkpoint is signed with a key that does not count: {key}")
    message = signed_bytes(found.site, n, value["hash"], value["at"], value["previous"])
    if not ed25519_holds(bytes.fromhex(key), message, bytes.fromhex(value["signature"])):
        raise FlawError(f"the signature of the checkpoint on row {n} does not hold")
    if value["previous"] != found.checkpoints[-1]:
        raise FlawError(f"a checkpoint is missing before row {n}")
    if value["signature"] != value["signature"].lower():
        raise ValueError
    found.checkpoints.append(n)
    found.signed_at = value["at"]
    if key not in found.keys:
        found.keys.append(key)


# Ed25519, verification alone: RFC 8032, section 5.1. Slow (some 5 ms), and nothing in it is secret.
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_SQRT_M1 = pow(2, (_P - 1) // 4, _P)


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether this is the signature of the message under this public key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= _L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    left, right = _times(s, _BASE), _plus(r, _times(k, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % _P or (left[1] * right[2] - right[1] * left[2]) % _P)


def _point(encoded: bytes) -> Point | None:
    """Decode a point (section 5.1.3) into extended coordinates, or return None."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _SQRT_M1 % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _plus(p: Point, q: Point) -> Point:
    """Add two points (section 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(n: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = _plus(total, point)
        point, n = _plus(point, point), n >> 1
    return total


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")) or (0, 1, 1, 0)


def main(argv: Sequence[str] | None = None) -> int:
    """Verify, say what was found, and return 0 where the export holds, 1 where it does not."""
    words = argparse.ArgumentParser(description="Verify an export of the audit log.")
    words.add_argument("export")
    words.add_argument("--key", action="append", default=[], help="the station's audit key, as you wrote it down")
    words.add_argument("--since", help="an older export, which this one must continue")
    given = words.parse_args(argv)
    try:
        older = None
        if given.since:
            with open(given.since, "rb") as file:  # noqa: PTH123  # as plain as it can be
                older = verify(file, given.key)
        with open(given.export, "rb") as file:  # noqa: PTH123  # as above
            found = verify(file, given.key, older)
    except (FlawError, OSError) as error:
        sys.stdout.write(f"DOES NOT HOLD: {error}\n")
        return 1
    sys.stdout.write(
        f"HOLDS: site {found.site}, {found.rows} rows, {len(found.checkpoints) - 1} checkpoints,"
        f" the last one at {found.signed_at}\n"
    )
    if older is not None:
        sys.stdout.write(f"It continues the older export, which ended at row {older.rows}.\n")
    else:
        sys.stdout.write(LIMITS + "\n")
    if not given.key:
        for key in found.keys:
            sys.stdout.write(f"Signed with {key}: compare it with the key that you wrote down.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
