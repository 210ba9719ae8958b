"""The list's feed: every change in order, chained by hash, vouched for by a signed checkpoint.

Rules
- A change has a sequence number that grows by one; one person is one change with one sealed row per number. A later
  epoch's feed goes on where the one before it stood when it began: a change has the same number in both.
- ``head`` after a change is SHA-256 over the head before it and the change; an epoch's first head is ``GENESIS``.
- A checkpoint says: "at this time, this list of this epoch stood at this seq and this head." A list is of one site and
  one kiosk group. A batch is a run of changes and the checkpoint that they lead to, signed as one with Ed25519. A batch
  without changes is a bare checkpoint: it keeps the list young.
- ``at`` must be a time at which the list stood exactly there: a station that cuts a long feed into pieces must not
  sign one that ends in mid-transaction, or long ago, with the present time, or a half-loaded list would look complete.
- Nothing of a batch is looked at before its signature holds under one of the keys that are trusted now
  (watchlist.published). It is refused if it is of another site, group or epoch, leaves a gap, does not fit our chain,
  or stands behind us (RULES 16).
- A batch may begin before our position, as a repeat does: what we have is skipped, and the rest must still lead
  from our head to the signed one.

What it does not do: it neither keeps a list (watchlist.store) nor seals (watchlist.seal). Each epoch has a feed of its
own; which epochs and keys count is watchlist.published.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta, Struct

from kiosk.domain.ids import EntryId
from kiosk.ports import FeedPosition, FeedRefusedError
from watchlist.seal import SealedRow

GENESIS: Final = "0" * 64
"""The head of a feed without changes."""

MAX_BATCH_BYTES: Final = 4 * 1024 * 1024
MAX_CHANGES: Final = 1000
"""Changes in one batch. With ``MAX_ROWS`` rows each they still fit into ``MAX_BATCH_BYTES``."""
MAX_ROWS: Final = 8
"""Numbers of one person."""

_PURPOSE: Final = b"hongtu watchlist feed v1\n"
"""Signed before the batch, so that the key's signatures mean nothing anywhere else."""

Seq: TypeAlias = Annotated[int, Meta(ge=0, lt=2**53)]
Head: TypeAlias = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Entry: TypeAlias = Annotated[EntryId, Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry is added (or replaced, with all its rows) or withdrawn (``rows`` is empty)."""

    seq: Seq
    op: Literal["add", "withdraw"]
    entry: Entry
    rows: Annotated[tuple[SealedRow, ...], Meta(max_length=MAX_ROWS)] = ()


class Checkpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the list stood at ``at``."""

    site: Annotated[str, Meta(max_length=200)]
    group: Annotated[str, Meta(max_length=200)]
    epoch: Seq
    seq: Seq
    head: Head
    at: Annotated[datetime, Meta(tz=True)]


class Batch(Struct, frozen=True, kw_only=True):
    """A verified batch: the changes that are new at the reader's position, and the checkpoint they lead to."""

    changes: tuple[Change, ...]
    checkpoint: Checkpoint
    signature: bytes


class _Signed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    checkpoint: Checkpoint
    changes: Annotated[tuple[Change, ...], Meta(max_length=MAX_CHANGES)]


class _Envelope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]
    signed: msgspec.Raw


def chain(head: str, change: Change) -> str:
    """Return the head after ``change``.

    The change is hashed in its JSON form, which has one spelling: integers, base64 and hexadecimal in field order.
    """
    return hashlib.sha256(bytes.fromhex(head) + msgspec.json.encode(change)).hexdigest()


def sign_batch(changes: Iterable[Change], checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bytes:
    """Return a signed batch as one line of JSON. The checkpoint is where the list stands after the last change.

    Raises:
        ValueError: if there are more changes than ``MAX_CHANGES``; send them in pieces (mind ``at``, see above).
    """
    changes = tuple(changes)
    if len(changes) > MAX_CHANGES:
        raise ValueError(f"a batch has at most {MAX_CHANGES} changes")
    signed = msgspec.json.encode(_Signed(checkpoint=checkpoint, changes=changes))
    return msgspec.json.encode(_Envelope(signature=key.sign(_PURPOSE + signed), signed=msgspec.Raw(signed)))


def verify_batch(
    data: bytes, *, site: str, group: str, positions: Sequence[FeedPosition], keys: Sequence[bytes]
) -> Batch:
    """Return what is new in a batch for a reader who stands at these positions, one for each epoch that it holds.

    ``keys`` are the Ed25519 public keys (32 bytes each) any one of which may have signed.

    Raises:
        FeedRefusedError: with too-large, malformed, bad-signature, wrong-site, wrong-group, wrong-epoch, rolled-back
            (the checkpoint stands behind us), gap (a change is missing before it) or broken-chain (another history).
    """
    signed, signature = _authentic(data, keys)
    checkpoint = signed.checkpoint
    require_ours(checkpoint, site, group)
    position = next((held for held in positions if held.epoch == checkpoint.epoch), None)
    if position is None:
        raise FeedRefusedError("wrong-epoch")
    if checkpoint.seq < position.seq:
        raise FeedRefusedError("rolled-back")
    new = tuple(change for change in signed.changes if change.seq > position.seq)
    if [change.seq for change in new] != list(range(position.seq + 1, checkpoint.seq + 1)):
        raise FeedRefusedError("gap")
    head = position.head
    for change in new:
        head = chain(head, change)
    if head != checkpoint.head:
        raise FeedRefusedError("broken-chain")
    return Batch(changes=new, checkpoint=checkpoint, signature=signature)


def require_ours(checkpoint: Checkpoint, site: str, group: str) -> None:
    """Return if the checkpoint is of this list.

    Raises:
        FeedRefusedError: with wrong-site or wrong-group.
    """
    if checkpoint.site != site:
        raise FeedRefusedError("wrong-site")
    if checkpoint.group != group:
        raise FeedRefusedError("wrong-group")


def _authentic(data: bytes, keys: Sequence[bytes]) -> tuple[_Signed, bytes]:
    if len(data) > MAX_BATCH_BYTES:
        raise FeedRefusedError("too-large")
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
        if not any(_signed_by(key, envelope) for key in keys):
            raise FeedRefusedError("bad-signature")
        return msgspec.json.decode(envelope.signed, type=_Signed), envelope.signature
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise FeedRefusedError("malformed") from None


def _signed_by(key: bytes, envelope: _Envelope) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(envelope.signature, _PURPOSE + bytes(envelope.signed))
    except InvalidSignature:
        return False
    return True
