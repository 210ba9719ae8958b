"""What can go wrong with the face models.

PackError                   the installer must act: the pack is missing, damaged or not one that this program can run
├── PackDamagedError        a file's digest is not the one declared
├── SelfTestError           the models load but do not compute what they did when the pack was made
├── LicenceError            the licence does not allow commercial use and nobody has acknowledged it
└── NotCalibratedError      the pack has no calibration record, so no score of it may admit anybody
InstallError                the person who runs an installing command must act
EvaluationError             the person who brings a set of pictures must put it right
"""


class PackError(Exception):
    """A model pack that must not be used. ``why`` is a short sentence without any personal data."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class PackDamagedError(PackError):
    """A file of the pack is not the one whose digest was declared."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} is not the file that was declared: its SHA-256 differs")
        self.file = file


class SelfTestError(PackError):
    """The models load, but the two fixed crops do not give the stored cosine on this machine."""


class LicenceError(PackError):
    """The pack's licence is not one for every use, and its acknowledgement is missing or of another text."""


class NotCalibratedError(PackError):
    """The pack has no calibration record."""

    def __init__(self) -> None:
        super().__init__("the pack was never calibrated: run `kiosk face calibrate` on a consented set")


class InstallError(Exception):
    """The pack could not be installed; the message is one line that says what to do."""


class EvaluationError(Exception):
    """The set cannot be evaluated; the message is one line that says what to put right."""
