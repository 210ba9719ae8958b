"""A persona's chip as the card simulator encodes it, for tests of our parsers, which it shares no code with."""

from hardware.simulators.card import CardBlocks, CardFaults
from hardware.simulators.card.sam import SimulatedSam
from reader.profiles import Apdu, Profile, SimulatorPhoto
from reader.sam import Transceive
from reader.transports import apdu

WAY = Apdu(reader="*", header="FFFE0000")
PROFILE = Profile(
    name="test",
    test=True,
    transport=WAY,
    photo=SimulatorPhoto(),
)


def sam_with(blocks: CardBlocks, faults: CardFaults | None = None, way: Apdu = WAY) -> Transceive:
    """Return the way to a simulated SAM on which this chip lies."""
    sam = SimulatedSam(blocks, real_timing=False, faults=faults or CardFaults())

    def transmit(command: bytes) -> tuple[bytes, int]:
        answer = sam.answer(command)
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def transceive(frame: bytes, _deadline_s: float) -> bytes:
        return apdu.exchange(way, frame, transmit)

    return transceive
