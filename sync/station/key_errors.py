"""What can go wrong with the station's keys. The text of each is one line for the installer or the admin.

KeyringError
├── FeedKeyError   a feed key that is not there, or one too many
└── CeremonyError  a change of TUF's keys that the keys at hand cannot make
"""


class KeyringError(Exception):
    """The data directory holds no usable keyring, or one already."""


class FeedKeyError(KeyringError):
    """What was asked of the feed keys cannot be done."""


class CeremonyError(KeyringError):
    """A change of keys that the keys at hand cannot make."""
