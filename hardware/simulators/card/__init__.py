"""Virtual cards of all four kinds on virtual readers: something that a person, a test or the demo can lay and lift.

It is written without a look at ``reader``: its encoder and our parser check each other (import-linter keeps it so).

- ``blocks``: a persona as the 256-byte text and the 1,024-byte photo of a chip.
- ``sam``: the security module that answers frames, with the faults that a test can ask for.
- ``kinds``: what the same holder's card of another kind says.
- ``vpcd``: the socket to vpcd's virtual reader; ``VirtualCard`` lays and lifts.
- ``serial_line``: a reader on a COM port.
- ``desk``: the same from another process, by JSON lines.
"""

from hardware.simulators.card.blocks import CardBlocks
from hardware.simulators.card.desk import CardDesk
from hardware.simulators.card.sam import CardFaults
from hardware.simulators.card.vpcd import VirtualCard

__all__ = ["CardBlocks", "CardDesk", "CardFaults", "VirtualCard"]
