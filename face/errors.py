"""What can go wrong with the face models.

PackError                   the installer must act: the pack is missing, damaged or not one that this program can run
├── PackDamagedError        a file's digest is not the one declared
└── SelfCheckError          the models load but do not compute
InstallError                the person who runs ``python -m face.install`` must act
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


class SelfCheckError(PackError):
    """The models load, but a fixed picture does not give a finite embedding of the declared size."""


class InstallError(Exception):
    """The pack could not be installed; the message is one line that says what to do."""
