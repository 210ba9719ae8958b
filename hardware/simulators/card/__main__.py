"""The card process: ``python -m hardware.simulators.card [--undelayed]``, worked by JSON lines (see ``commands``)."""

import sys

import msgspec

from hardware.simulators.card.commands import CardCommand
from hardware.simulators.card.vpcd import VirtualCard


def main() -> None:
    """Lay and lift cards as standard input says, until it ends."""
    with VirtualCard(delay="--undelayed" not in sys.argv[1:]) as card:
        for line in sys.stdin:
            command = msgspec.json.decode(line, type=CardCommand)
            if command.lay is not None:
                card.lay(command.blocks(), command.faults)
            elif command.lift:
                card.lift()
            print("done", flush=True)


if __name__ == "__main__":
    main()
