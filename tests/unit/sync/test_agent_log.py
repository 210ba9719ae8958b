import pytest

from sync.kiosk_end import log


def test_a_field_that_is_not_declared_never_reaches_the_log() -> None:
    event = {"event": "messages.taken", "level": "info", "at": "now", "taken": 3, "body": "a secret"}
    assert log.keep_declared(None, "info", event) == {
        "event": "messages.taken",
        "level": "info",
        "at": "now",
        "taken": 3,
    }


def test_an_event_that_is_not_declared_is_a_bug() -> None:
    with pytest.raises(KeyError):
        log.keep_declared(None, "info", {"event": "something-else"})
