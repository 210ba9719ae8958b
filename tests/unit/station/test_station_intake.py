"""What an upload may hold: a message that could not be kept is refused by itself and spoils nothing."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from sync.station.intake import parse, reckoned_at
from sync.station.refusals import BadRequestError
from sync.wire import MAX_MESSAGES


def counted(**changes: Any) -> dict[str, Any]:
    """A message of one hour's counts, as JSON values."""
    body = {"type": "counts", "hour": "2026-03-01T09:00:00Z", "counts": {"admit": 1}}
    message = {"id": str(uuid4()), "seq": 1, "created_at": "2026-03-01T10:00:00Z", "body": body}
    return {**message, **changes}


def parsed(*messages: dict[str, Any]) -> tuple[int, list[str]]:
    upload, refused = parse(msgspec.json.encode({"messages": messages}))
    return len(upload.messages), [refusal.why for refusal in refused]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"id": "11010519491231002X"}, "invalid"),
        ({"id": "x" * 36}, "id-not-a-uuid"),
        ({"seq": 0}, "invalid"),
        ({"seq": 2**63}, "seq-too-large"),
        ({"created_at": "2026-03-01T10:00:00"}, "time-without-zone"),
        ({"created_at": "0001-01-01T00:00:00+08:00"}, "time-out-of-range"),
        ({"created_at": "9999-12-31T23:59:59Z"}, "time-out-of-range"),
        ({"body": {"type": "counts", "hour": "2026-03-01T09:00:00", "counts": {}}}, "time-without-zone"),
        ({"body": {"type": "picture", "jpeg": "AAAA"}}, "invalid"),
        ({"name": "anybody"}, "invalid"),
    ],
)
def test_a_message_that_cannot_be_kept_is_refused_alone(changes: dict[str, Any], why: str) -> None:
    assert parsed(counted(), counted(**changes), counted()) == (2, [why])


def test_a_kiosk_whose_clock_has_no_battery_is_heard() -> None:
    assert parsed(counted(created_at="1970-01-01T00:00:07Z")) == (1, [])


def test_an_upload_of_more_than_the_wire_allows_is_refused_whole() -> None:
    assert parsed(*[counted()] * MAX_MESSAGES) == (MAX_MESSAGES, [])
    with pytest.raises(BadRequestError):
        parsed(*[counted()] * (MAX_MESSAGES + 1))


@pytest.mark.parametrize(
    ("made", "sent"),
    [
        ({"boot": "b1", "created_s": 10.0}, {"boot": "b2", "sent_s": 20.0}),
        ({"boot": "", "created_s": 10.0}, {"boot": "", "sent_s": 20.0}),
        ({"boot": "b1", "created_s": None}, {"boot": "b1", "sent_s": 20.0}),
        ({"boot": "b1", "created_s": 10.0}, {"boot": "b1", "sent_s": None}),
        ({"boot": "b1", "created_s": 20.0}, {"boot": "b1", "sent_s": 10.0}),
        ({"boot": "b1", "created_s": -1e308}, {"boot": "b1", "sent_s": 1e308}),
        ({"boot": "b1", "created_s": 0.0}, {"boot": "b1", "sent_s": 1e18}),
    ],
)
def test_clocks_that_say_nothing_of_a_messages_age_are_not_believed(made: dict[str, Any], sent: dict[str, Any]) -> None:
    upload, _ = parse(msgspec.json.encode({"messages": [counted(**made)], **sent}))
    assert reckoned_at(upload.messages[0], upload, datetime.now(UTC)) is None
