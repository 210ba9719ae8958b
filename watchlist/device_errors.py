"""What can go wrong with the key that ties a list to one machine. Each text is one line that says what to do.

DeviceKeyError              the installer acts
├── KeyFileOpenError        others may read the key file
└── TpmError                the TPM did not do what it was asked
    ├── TpmMissingError     no TPM, no permission, or no library for it
    ├── OtherTpmError       the TPM was cleared, or is another machine's: the key is gone
    └── SealedKeyDamagedError
"""


class DeviceKeyError(Exception):
    """The key cannot be had, or something was locked by another device."""


class KeyFileOpenError(DeviceKeyError):
    """The key file may be read or written by others than its owner."""


class TpmError(DeviceKeyError):
    """The TPM did not do what it was asked to."""


class TpmMissingError(TpmError):
    """This machine has no TPM that we may use, or not its library."""


class OtherTpmError(TpmError):
    """The key was sealed by another TPM, or by this one before it was cleared. Nobody can open it any more."""


class SealedKeyDamagedError(TpmError):
    """The file with the sealed key is damaged, and this is the TPM that it belongs to or none can tell."""
