"""Which security module answers: the host trusts whatever does, so it has to be the one that was installed."""

from kiosk.domain.faults import Fault
from reader import sam
from reader.errors import SamFaultError, SamIdError


def check(transceive: sam.Transceive, pinned: str | None) -> str:
    """Return the SAMID, in its printed form, of a module that says, at the latest after a reset, that it is fit.

    Args:
        transceive: the way to it; a card need not lie there.
        pinned: the SAMID of the profile, or None where any will do (tests, and an installer who looks for it).

    Raises:
        SamFaultError: the module is not fit for work, a reset or not.
        SamIdError: it is another one.
        ReaderError: it cannot be asked.
    """
    try:
        sam.run(sam.STATUS, transceive)
    except SamFaultError:
        # Once: a module that was caught in a bad moment is worth more than a lane that waits for an installer.
        sam.run(sam.RESET, transceive)
        sam.run(sam.STATUS, transceive)
    samid = sam.sam_id(sam.run(sam.READ_SAMID, transceive))
    if pinned is not None and samid != pinned:
        raise SamIdError("another security module")
    return samid


class ModuleWatch:
    """What is known of the module in the reader that is seen now. A good one is asked once; any other, each time."""

    def __init__(self, pinned: str | None) -> None:
        self._pinned = pinned
        self.is_good = False
        self.faults: frozenset[Fault] = frozenset()

    def forget(self) -> None:
        """The reader is gone: the next one may have another module."""
        self.is_good, self.faults = False, frozenset()

    def check(self, transceive: sam.Transceive) -> None:
        """Ask the module, unless it is known to be good. Raises ReaderError, and remembers what it means."""
        if self.is_good:
            return
        try:
            check(transceive, self._pinned)
        except SamFaultError:
            self.faults = frozenset({Fault.READER_SAM})
            raise
        except SamIdError:
            self.faults = frozenset({Fault.READER_SAMID})
            raise
        self.is_good, self.faults = True, frozenset()
