"""``simulate``: the simulators as commands, for training, the demo and a look at the product without hardware."""

from typing import Annotated

import typer

from hardware.simulators.card.commands import CardCommand
from hardware.simulators.card.vpcd import VirtualCard
from hardware.simulators.personas import PERSONAS

app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.callback()
def simulate() -> None:
    """Play a part of the gate that is not there."""


@app.command()
def card(
    persona: Annotated[str, typer.Argument(help=f"whose card: {', '.join(PERSONAS)}")],
    valid_until: Annotated[str, typer.Option(help="YYYY-MM-DD or long-term")] = "2040-01-01",
    pull_after: Annotated[int | None, typer.Option(help="pull the card after this many APDUs")] = None,
    flag: Annotated[str, typer.Option(help="the card kind's letter; blank: a citizen's card")] = " ",
    undelayed: Annotated[bool, typer.Option(help="answer at once, not in a real card's 1.2 s")] = False,
) -> None:
    """Lay a persona's card on the virtual reader (pcscd with vsmartcard-vpcd), and lift it at Enter."""
    if persona not in PERSONAS:
        raise typer.BadParameter(f"no such persona; there are {', '.join(PERSONAS)}")
    command = CardCommand(lay=persona, valid_until=valid_until, pull_after=pull_after, flag=flag)
    with VirtualCard(delay=not undelayed) as virtual_card:
        virtual_card.lay(command.blocks(), command.faults())
        input("The card lies on the reader. Enter lifts it. ")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
