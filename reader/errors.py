"""Why a card was not read, by who must act.

The tree
- ReaderError
  - ProfileError                        installer: the profile file is missing or wrong
  - PcscError                           site staff: PC/SC refused a call in a way that nobody foresaw
    - ServiceDownError                  pcscd is not there
    - ReaderLostError                   no such reader, or it was unplugged
    - ReaderBusyError                   another program holds it
    - CardGoneError                     visitor: the card was pulled, or does not answer
  - LineError                           site staff: a serial line or a vendor's library failed
  - DeadlineError                       site staff: a command did not come back in time
  - FrameError                          visitor: an answer that breaks the SAM frame's own rules
  - SamError                            visitor: the SAM says no to this card
    - SamFaultError                     installer: the SAM says no to everything (self-test, authorisation)
  - SamIdError                          installer: another SAM than the profile pins
  - UnknownKindError                    staff: a card, but not one that we can read
  - FieldError                          staff: a field of the card's text breaks its rule
    - NumberError                       staff: the document number does

They carry facts (codes, offsets, rules), never a byte of what the card holds.
"""

from kiosk.domain.reasons import Reason


class ReaderError(Exception):
    """Any reason why a card was not read."""


class ProfileError(ReaderError):
    """The reader profile cannot be used."""


class PcscError(ReaderError):
    """A PC/SC call failed. ``code`` is its unsigned 32-bit result, 0 where PC/SC itself saw no failure."""

    def __init__(self, call: str, code: int) -> None:
        super().__init__(f"{call}: {code:#010x}")
        self.call = call
        self.code = code


class ServiceDownError(PcscError):
    """The PC/SC service is not there."""


class ReaderLostError(PcscError):
    """The reader is not there."""


class ReaderBusyError(PcscError):
    """Another program holds the reader for itself."""


class CardGoneError(PcscError):
    """The card was pulled, or stopped to answer."""


class FrameError(ReaderError):
    """An answer that is no SAM frame. ``offset`` is the byte at which it stops to be one."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(f"byte {offset}: {why}")
        self.offset = offset
        self.why = why


class SamError(ReaderError):
    """The SAM refused a command with status byte ``sw3``."""

    def __init__(self, *, command: str, sw3: int) -> None:
        super().__init__(f"{command}: SW3 {sw3:02X}")
        self.command = command
        self.sw3 = sw3


class SamFaultError(SamError):
    """The SAM itself is not fit for work: its self-test failed, or it is not authorised."""


class SamIdError(ReaderError):
    """The SAM is not the one that the profile pins."""


class LineError(ReaderError):
    """A serial line or a vendor's library could not be opened, or broke. ``why`` never quotes what went over it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DeadlineError(ReaderError):
    """A command did not come back within ``deadline_s``."""

    def __init__(self, deadline_s: float) -> None:
        super().__init__(f"no answer within {deadline_s} s")
        self.deadline_s = deadline_s


class UnknownKindError(ReaderError):
    """The card's kind flag (byte 248 of its text) names a kind that this program does not read."""


class FieldError(ReaderError):
    """``field``, which begins at byte ``offset`` of the card's text, breaks a rule: ``why``."""

    def __init__(self, field: str, offset: int, why: str) -> None:
        super().__init__(f"{field} (byte {offset}): {why}")
        self.field = field
        self.offset = offset
        self.why = why


class NumberError(FieldError):
    """The document number breaks a rule of its own."""


def reason_of(error: ReaderError) -> tuple[Reason, bool]:
    """Return what an unread card is told as, and whether laying it down once more may help."""
    match error:
        case SamFaultError():
            return Reason.READER_FAULT, False
        case SamError(sw3=0x40):  # "wrong card": not one of those that a SAM opens
            return Reason.UNKNOWN_CARD_KIND, False
        case CardGoneError() | FrameError() | SamError() | DeadlineError():
            return Reason.CARD_UNREADABLE, True
        case UnknownKindError():
            return Reason.UNKNOWN_CARD_KIND, False
        case NumberError():
            return Reason.NUMBER_INVALID, False
        case FieldError():
            return Reason.FIELD_INVALID, False
        case _:
            return Reason.READER_FAULT, False
