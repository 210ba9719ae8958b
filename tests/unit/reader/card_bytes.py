"""A persona's chip as the card simulator encodes it, for tests of our parsers, which it shares no code with."""

from hardware.simulators.card import CardBlocks, CardFaults
from hardware.simulators.card.sam import SimulatedSam
from reader.profiles import Find, Profile
from reader.sam import Transceive

PROFILE = Profile(
    name="test",
    test=True,
    reader="*",
    apdu_header="FFFE0000",
    photo="simulator",
    find=Find(attempts=2, interval_s=0.3),
)


def sam_with(blocks: CardBlocks, faults: CardFaults | None = None) -> Transceive:
    """Return the way to a simulated SAM on which this chip lies."""
    sam = SimulatedSam(blocks, real_timing=False, faults=faults or CardFaults())

    def transceive(frame: bytes) -> bytes:
        answer = sam.answer(PROFILE.wrap(frame))
        return PROFILE.unwrap(answer[:-2], int.from_bytes(answer[-2:], "big"))

    return transceive
