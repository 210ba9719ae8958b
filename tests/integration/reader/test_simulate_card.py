"""``simulate card``: any persona, any kind, any virtual reader, any fault by its name."""

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from fixtures_pcsc import ESCAPE_PROFILE, REFERENCE_PROFILE, Ear
from typer.testing import CliRunner

from hardware.simulators.__main__ import app
from hardware.simulators.card.kinds import CardKind, papers
from hardware.simulators.card.vpcd import FIRST_READER
from hardware.simulators.ifd import VirtualReader
from hardware.simulators.pcscd import PcscService
from hardware.simulators.personas import PERSONAS
from kiosk.domain.reasons import Reason
from kiosk.visit.events import CardPresented, CardRead, CardRemoved, ReadFailed
from reader.process import ReaderProcess

StartReader = Callable[..., tuple[ReaderProcess, Ear]]


def simulate(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "hardware.simulators", "card", *arguments, "--undelayed"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


@pytest.mark.pcsc
def test_somebodys_connection_on_the_virtual_readers_port_is_waited_out() -> None:
    """The kernel gives vpcd's port to whoever connects somewhere: pcscd then runs without a reader and says nothing."""
    with socket.socket() as anywhere, socket.socket() as connection:
        anywhere.bind(("127.0.0.1", 0))
        anywhere.listen()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        connection.bind(FIRST_READER)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        connection.connect(anywhere.getsockname())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        threading.Timer(1.5, connection.close).start()
        with PcscService(), socket.create_connection(FIRST_READER):
            pass


@pytest.mark.pcsc
def test_a_card_of_any_kind_lies_there_until_enter(pcscd: PcscService, start_reader: StartReader) -> None:
    reader, ear = start_reader(REFERENCE_PROFILE)
    with simulate("p013", "--kind", "Y") as card:
        reader.read(ear.next(CardPresented).presence)
        document = ear.next(CardRead).document
        assert document.numbers[1].value == papers(PERSONAS["p013"], CardKind.Y).other_number
        card.communicate(b"\n")
        ear.next(CardRemoved)
    assert card.returncode == 0


@pytest.mark.pcsc
def test_a_fault_is_asked_for_by_its_name(plugged_in: VirtualReader, start_reader: StartReader) -> None:
    plugged_in.unplug()  # the command plays this reader itself
    reader, ear = start_reader(ESCAPE_PROFILE)
    with simulate("lisa", "--reader", "escape", "--fault", "sw3=33", "--fault", "fail-on=select") as card:
        presence = ear.next(CardPresented).presence
        reader.read(presence)
        assert ear.next(ReadFailed) == ReadFailed(presence, Reason.CARD_UNREADABLE, again=True)
        card.communicate(b"\n")
    plugged_in.plug_in()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nobody"], "no such persona"),
        (["lisa", "--fault", "help"], "pull-after"),
        (["lisa", "--fault", "pull-after=soon"], "pull-after"),
        (["lisa", "--fault", "fail-on=lunch"], "find, select, read"),
        (["lisa", "--valid-until", "tomorrow"], "valid-until"),
        (["lisa", "--kind", "K"], "citizen"),
        (["lisa", "--reader", "none"], "vpcd"),
    ],
)
def test_bad_input_says_what_there_is(arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(app, ["card", *arguments])
    assert done.exit_code == 2
    assert told in " ".join(re.sub("[│╭╮╰╯─]", " ", done.output).split()), "the words in the box, whatever its width"
