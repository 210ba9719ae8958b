"""The worker's lines."""

import pytest

from hardware.camera.messages import MAX_LINE_BYTES, Lost, Message, Opened, Taken, decode, encode


@pytest.mark.parametrize("message", [Opened(), Taken(2**53, 123456789.123456), Lost("wrong-size")])
def test_a_message_is_one_short_line(message: Message) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert len(line) <= MAX_LINE_BYTES
    assert decode(line) == message


@pytest.mark.parametrize(
    "line", [b"", b"{}", b'{"type":"exec"}', b'{"type":"taken","seq":"1","taken_s":0}', b"\xff\xfe"]
)
def test_a_line_that_is_no_message_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(line)
