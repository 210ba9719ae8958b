"""What the station refused for good is for a person to decide about: shown, sent again, or forgotten for a reason."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from raised import panic, wanted
from typer.testing import CliRunner, Result

from sync.kiosk_end.__main__ import app
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[OutboxFile]:
    outbox = OutboxFile(tmp_path / OUTBOX_FILE)
    for number in (1, 2):
        outbox.raise_alarm(wanted(number))
        outbox.set_aside(wanted(number).id, "id-not-a-uuid")
    yield outbox
    outbox.close()
    structlog.reset_defaults()


def set_aside(data: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["set-aside", "--data", str(data), *arguments], input=typed)


def test_it_lists_which_when_and_why_and_nothing_of_what_is_in_them(outbox: OutboxFile, tmp_path: Path) -> None:
    shown = set_aside(tmp_path).output
    assert shown.splitlines() == [
        f"{wanted(number).id}  alarm    2026-05-01 12:34Z  id-not-a-uuid" for number in (1, 2)
    ]
    assert "wanted" not in shown


def test_one_that_is_sent_again_waits_in_its_old_place(outbox: OutboxFile, tmp_path: Path) -> None:
    outbox.raise_alarm(panic(3))
    assert set_aside(tmp_path, "--send-again", wanted(2).id).exit_code == 0
    assert [message.id for message in outbox.pending(10)] == [wanted(2).id, panic(3).id]


def test_one_is_forgotten_only_for_a_reason_which_is_logged(outbox: OutboxFile, tmp_path: Path) -> None:
    asked = set_aside(tmp_path, "--forget", wanted(1).id, typed="\n")
    assert asked.exit_code != 0
    assert outbox.set_aside_count() == 2
    done = set_aside(tmp_path, "--forget", wanted(1).id, typed="told-by-telephone\n")
    assert done.exit_code == 0
    logged = json.loads(done.output.splitlines()[-1])
    assert logged["event"] == "message.forgotten"
    assert (logged["message"], logged["kind"], logged["why"]) == (wanted(1).id, "alarm", "told-by-telephone")
    assert [message.id for message in outbox.all_set_aside()] == [wanted(2).id]


@pytest.mark.parametrize("arguments", [("--send-again",), ("--because", "was-a-test", "--forget")])
def test_what_does_not_lie_aside_is_left_alone(outbox: OutboxFile, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    outbox.raise_alarm(panic(3))
    assert set_aside(tmp_path, *arguments, panic(3).id).exit_code == 1
    assert [message.id for message in outbox.pending(10)] == [panic(3).id]


def test_a_folder_without_an_outbox_is_not_given_one(tmp_path: Path) -> None:
    assert set_aside(tmp_path).exit_code == 1
    assert list(tmp_path.iterdir()) == []
