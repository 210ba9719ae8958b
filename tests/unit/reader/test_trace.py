"""A trace that is read back is hostile input like any other."""

from pathlib import Path

import pytest
from card_bytes import PROFILE, sam_with

from hardware.simulators.card import CardBlocks
from hardware.simulators.personas import PERSONAS
from reader import sam, trace
from reader.chip import read_text
from reader.errors import FrameError


def recorded() -> tuple[trace.Recorder, trace.CardText]:
    recorder = trace.Recorder(sam_with(CardBlocks.of(PERSONAS["lisa"])))
    text, _ = read_text(recorder, PROFILE)
    return recorder, text


def test_what_was_recorded_is_replayed(tmp_path: Path) -> None:
    recorder, text = recorded()
    trace.save(tmp_path / "t", recorder.exchanges, text)
    again, _ = read_text(trace.replay(trace.load(tmp_path / "t")), PROFILE)
    assert again == text


def test_a_replay_answers_nothing_else_than_what_was_asked() -> None:
    recorder, _ = recorded()
    with pytest.raises(FrameError):
        sam.run(sam.SELECT_CARD, trace.replay(recorder.exchanges))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b'{"command": "\xff", "answer": "", "ms": 1}',
        b'{"command": "zz", "answer": "", "ms": 1}',
        b'{"command": "aa", "answer": "", "ms": -1}',
        b'{"command": "aa", "answer": "", "ms": 1, "more": 1}',
        b'{"command": "aa", "answer": "", "ms": 1}\n' * 65,
        b" " * (1024 * 1024 + 1),
    ],
)
def test_a_file_that_is_no_trace_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t").write_bytes(content)
    with pytest.raises(trace.TraceError):
        trace.load(tmp_path / "t")


def test_a_trace_prints_as_nothing() -> None:
    recorder, _ = recorded()
    assert "aaaaaa9669" not in repr(recorder.exchanges)
