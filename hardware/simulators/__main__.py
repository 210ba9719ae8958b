"""``simulate``: the simulators as commands, for training, the demo and a look at the product without hardware."""

import contextlib
import dataclasses
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from hardware.simulators.card.commands import CardCommand
from hardware.simulators.card.hand import Hand
from hardware.simulators.card.kinds import CardKind
from hardware.simulators.card.sam import COMMANDS, CardFaults
from hardware.simulators.card.serial_line import SerialReader
from hardware.simulators.card.vpcd import SECOND_READER, VirtualCard
from hardware.simulators.ifd import ESCAPE_SOCKETS, VirtualReader
from hardware.simulators.personas import PERSONAS

app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)


class ReaderName(StrEnum):
    """The virtual readers."""

    VPCD = "vpcd"
    VPCD_SECOND = "vpcd-second"
    ESCAPE = "escape"
    ESCAPE_SECOND = "escape-second"
    SERIAL = "serial"


_READERS: Final[Mapping[ReaderName, Callable[[bool], AbstractContextManager[Hand]]]] = {
    ReaderName.VPCD: lambda delay: VirtualCard(delay=delay),
    ReaderName.VPCD_SECOND: lambda delay: VirtualCard(delay=delay, address=SECOND_READER),
    ReaderName.ESCAPE: lambda delay: VirtualReader(ESCAPE_SOCKETS[0], delay=delay),
    ReaderName.ESCAPE_SECOND: lambda delay: VirtualReader(ESCAPE_SOCKETS[1], delay=delay),
    ReaderName.SERIAL: lambda delay: SerialReader(delay=delay),
}

_FAULTS: Final[Mapping[str, tuple[str, Callable[[str], Any], str]]] = {
    "pull-after": ("pull_after", int, "N: the card is pulled while it answers the APDU after this many"),
    "sw3": ("sw3", lambda text: int(text, 16), "HEX: this status byte answers, such as 41 (read failed)"),
    "fail-on": ("fail_on", str, f"COMMAND: which command the others befall: {', '.join(COMMANDS)}"),
    "wrong-checksum": ("wrong_checksum", lambda _: True, "the answer's checksum does not fit"),
    "short-frame": ("short_frame", lambda _: True, "half of the answer comes"),
    "wrong-lengths": ("wrong_lengths", lambda _: True, "the inner lengths do not add up"),
    "garbage": ("garbage", lambda _: True, "random bytes come in place of a frame"),
    "stall": ("stall_s", float, "SECONDS: the answer comes so much later"),
}
"""Name on the command line: field of CardFaults, what reads its value, what it does."""


@app.callback()
def simulate() -> None:
    """Play a part of the gate that is not there."""


@app.command()
def card(
    persona: Annotated[str, typer.Argument(help=f"whose card: {', '.join(PERSONAS)}")],
    kind: Annotated[CardKind, typer.Option(help="which card this holder has")] = CardKind.CITIZEN,
    reader: Annotated[ReaderName, typer.Option(help="on which virtual reader")] = ReaderName.VPCD,
    fault: Annotated[list[str] | None, typer.Option(help="NAME or NAME=VALUE, repeatable; `help` lists them")] = None,
    valid_until: Annotated[str, typer.Option(help="YYYY-MM-DD or long-term")] = "2040-01-01",
    flag: Annotated[str | None, typer.Option(help="another letter than the kind's at byte 248")] = None,
    undelayed: Annotated[bool, typer.Option(help="answer at once, not in a real card's 1.2 s")] = False,
) -> None:
    """Lay a persona's card on a virtual reader, and lift it at Enter."""
    if persona not in PERSONAS:
        raise typer.BadParameter(f"no such persona; there are {', '.join(PERSONAS)}")
    faults = _faults(fault or [])
    try:
        blocks = CardCommand(lay=persona, kind=kind, valid_until=valid_until, flag=flag).blocks()
    except ValueError as error:
        raise typer.BadParameter(f"--valid-until or --flag: {error}") from None
    with _READERS[reader](not undelayed) as hand:
        hand.lay(blocks, faults)
        if isinstance(hand, SerialReader):
            typer.echo(f"The reader is at {hand.port}.")
        with contextlib.suppress(EOFError):
            input("The card lies on the reader. Enter lifts it. ")


def _faults(named: list[str]) -> CardFaults:
    values: dict[str, Any] = {}
    for text in named:
        name, _, value = text.partition("=")
        if name not in _FAULTS:
            known = "\n".join(f"  {name}  {what}" for name, (_, _, what) in _FAULTS.items())
            raise typer.BadParameter(f"--fault takes one of\n{known}")
        field, read, what = _FAULTS[name]
        try:
            values[field] = read(value)
        except ValueError:
            raise typer.BadParameter(f"--fault {name}={what}") from None
    try:
        return dataclasses.replace(CardFaults(), **values)
    except ValueError as error:
        raise typer.BadParameter(f"--fault {error}") from None


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
