"""The virtual card in a process of its own, worked from here as a person's hand would work it."""

import subprocess
import sys
from pathlib import Path
from typing import Final, Self

import msgspec

from hardware.simulators.card.commands import CardCommand
from hardware.simulators.card.kinds import CardKind
from hardware.simulators.card.sam import CardFaults
from hardware.simulators.personas import Persona

_HEALTHY: Final = CardFaults()
_REPOSITORY: Final = Path(__file__).parents[3]


class CardDesk:
    """A desk with a card process on it; pcscd with vpcd may start later, or go away and come back.

    with CardDesk() as desk:
        desk.lay(PERSONAS["lisa"])
        desk.lift()
        desk.lay(dataclasses.replace(PERSONAS["p013"], valid_until=date(2021, 1, 1)))  # an expired card
        desk.lay(PERSONAS["p105"], faults=CardFaults(pull_after=2))  # pulled while the chip is read

    ``lay`` and ``lift`` return at once; the reader sees a card come within about a second, and go within half of one.
    Of a changed persona, its number (with birth date and sex) and its two dates of validity reach the card.

    Args:
        delay: answer as slowly as a real card (1.2 s for the whole read) rather than at once.
    """

    def __init__(self, *, delay: bool = True) -> None:
        command = [sys.executable, "-m", "hardware.simulators.card", *([] if delay else ["--undelayed"])]
        # A session of its own: Ctrl-C at the terminal is for the one who holds the desk, who then closes it.
        self._process = subprocess.Popen(
            command, cwd=_REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )

    def lay(
        self,
        persona: Persona,
        *,
        kind: CardKind = CardKind.CITIZEN,
        faults: CardFaults = _HEALTHY,
        flag: str | None = None,
        decodable: bool = True,
    ) -> None:
        """Lay the persona's card, in place of any other. The rest is as in ``CardBlocks.of``."""
        self._say(CardCommand.laying(persona, kind=kind, flag=flag, decodable=decodable, faults=faults))

    def lift(self) -> None:
        """Take the card away."""
        self._say(CardCommand(lift=True))

    def close(self) -> None:
        """Lift the card and end the process."""
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _say(self, command: CardCommand) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(command) + b"\n")
        self._process.stdin.flush()
        if not self._process.stdout.readline():
            raise RuntimeError("the card process has ended")
