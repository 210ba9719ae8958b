"""A secret sealed to this machine's TPM: the file that it leaves opens on no other machine.

How it works
- A storage key (ECC P-256, the TCG's template for it) is derived from the owner hierarchy's seed each time; the TPM
  keeps nothing. The secret is a sealed data object below it, fixed to this TPM and this parent, without a password:
  the gate starts again by itself after a power cut. Only the object's two blobs and the parent's name are kept, none
  of them secret.
- Clearing the TPM gives it another seed, so another parent: by its name a foreign or cleared TPM is told from a
  damaged file.
- The secret crosses the bus to a separate TPM chip encrypted (a session salted with the storage key, whose name is
  checked before unsealing): who listens at its pins learns nothing.
- Every handle is flushed, and the TPM is held only for the call: the agent and the kiosk app take turns.

What it does not do: it is no wall against who starts this very machine with a system of his own, since no PCR is asked
for (an update of the firmware would lose the list). The firmware's password and boot lock are for that
(docs/installer.md). It makes no HMACs in the TPM either, see docs/adr.

The TPM is ``HONGTU_TPM`` from the environment, in the TSS's words (``swtpm:host=…,port=…`` in tests), else the
kernel's.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct

from kiosk.private_file import write_private
from watchlist.device_errors import OtherTpmError, SealedKeyDamagedError, TpmError, TpmMissingError

if TYPE_CHECKING:
    from tpm2_pytss import ESAPI, ESYS_TR

SEALED_FILE: Final = "device.tpm"
SECRET_BYTES: Final = 32

_ENVIRONMENT: Final = "HONGTU_TPM"
_KERNELS_TPM: Final = "device:/dev/tpmrm0"
_DEVICE: Final = "device:"

_NO_LIBRARY: Final = "the TPM's library is missing: apt-get install libtss2-esys-3.0.2-0 libtss2-tcti-device0"
_NO_TPM: Final = (
    "no TPM can be used at {tcti}: switch it on in the firmware, put the user into the group tss, or choose "
    'device_key = "file"'
)
_OTHER_TPM: Final = (
    "the device key was sealed by another TPM, or before this one was cleared: delete {path} and enrol "
    "the kiosk again (kiosk-sync enrol), which makes a new key"
)
_DAMAGED: Final = "{path} is damaged: delete it and enrol the kiosk again (kiosk-sync enrol), which makes a new key"
_REFUSED: Final = "the TPM refused ({code}): restart the machine; if it stays so, clear the TPM in the firmware"

Blob: TypeAlias = Annotated[bytes, Meta(min_length=1, max_length=4096)]


class _Sealed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    parent: Blob
    public: Blob
    private: Blob


def tcti() -> str:
    """Return how the TPM of this machine is reached, in the TSS's words."""
    return os.environ.get(_ENVIRONMENT) or _KERNELS_TPM


def is_there() -> bool:
    """Tell whether this machine shows a TPM. It may still refuse to work."""
    place = tcti()
    return not place.startswith(_DEVICE) or Path(place.removeprefix(_DEVICE)).exists()


def seal(secret: bytes, path: Path) -> None:
    """Seal 32 bytes to this machine's TPM and write ``path``.

    Raises:
        TpmMissingError: if there is no TPM.
        TpmError: if it refuses.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a device key has {SECRET_BYTES} bytes")
    with _tpm() as tpm, _parent(tpm) as (parent, name), _private_session(tpm, parent) as session:
        from tpm2_pytss import TPM2B_SENSITIVE_CREATE, TPM2B_SENSITIVE_DATA, TPMS_SENSITIVE_CREATE

        sensitive = TPM2B_SENSITIVE_CREATE(TPMS_SENSITIVE_CREATE(data=TPM2B_SENSITIVE_DATA(secret)))
        private, public, *_ = tpm.create(parent, sensitive, _sealed_template(), session2=session)
        sealed = _Sealed(parent=name, public=public.marshal(), private=private.marshal())
    write_private(path, msgspec.msgpack.encode(sealed))


def unseal(path: Path) -> bytes:
    """Return what was sealed into ``path``.

    Raises:
        FileNotFoundError: if nothing was.
        TpmMissingError: if there is no TPM.
        OtherTpmError: if it was another TPM, or this one was cleared since.
        SealedKeyDamagedError: if the file is damaged.
        TpmError: if the TPM refuses for another reason.
    """
    data = path.read_bytes()
    try:
        sealed = msgspec.msgpack.decode(data, type=_Sealed)
    except (msgspec.MsgspecError, ValueError):
        raise SealedKeyDamagedError(_DAMAGED.format(path=path)) from None
    with _tpm() as tpm, _parent(tpm) as (parent, name):
        if name != sealed.parent:
            raise OtherTpmError(_OTHER_TPM.format(path=path))
        with _loaded(tpm, parent, sealed, path) as key, _private_session(tpm, parent) as session:
            return bytes(tpm.unseal(key, session2=session))


@contextmanager
def _tpm() -> Iterator["ESAPI"]:
    """Hold the TPM. Whatever it refuses inside is a TpmError; its code is the TSS's number and says nothing secret."""
    # The library writes each refusal to standard error in lines of its own; what counts of it is in the exception.
    os.environ.setdefault("TSS2_LOG", "all+none")
    try:
        from tpm2_pytss import ESAPI, TSS2_Exception
    except (ImportError, OSError):
        raise TpmMissingError(_NO_LIBRARY) from None
    try:
        tpm = ESAPI(tcti())
    except (TSS2_Exception, RuntimeError, ValueError):
        raise TpmMissingError(_NO_TPM.format(tcti=tcti())) from None
    with tpm:
        try:
            yield tpm
        except TSS2_Exception as error:
            raise TpmError(_REFUSED.format(code=f"{error.rc:#x}")) from None


@contextmanager
def _parent(tpm: "ESAPI") -> Iterator[tuple["ESYS_TR", bytes]]:
    """Derive the storage key; give its handle and its name."""
    from tpm2_pytss import ESYS_TR, TPM2B_PUBLIC, TPM2B_SENSITIVE_CREATE, TPMA_OBJECT

    template = TPM2B_PUBLIC.parse(
        "ecc:aes128cfb",
        objectAttributes=TPMA_OBJECT.FIXEDTPM
        | TPMA_OBJECT.FIXEDPARENT
        | TPMA_OBJECT.SENSITIVEDATAORIGIN
        | TPMA_OBJECT.USERWITHAUTH
        | TPMA_OBJECT.RESTRICTED
        | TPMA_OBJECT.DECRYPT
        | TPMA_OBJECT.NODA,
    )
    handle, *_ = tpm.create_primary(TPM2B_SENSITIVE_CREATE(), template, ESYS_TR.OWNER)
    try:
        yield handle, bytes(tpm.tr_get_name(handle))
    finally:
        tpm.flush_context(handle)


@contextmanager
def _private_session(tpm: "ESAPI", parent: "ESYS_TR") -> Iterator["ESYS_TR"]:
    """Open a session that encrypts what passes between us and the TPM."""
    from tpm2_pytss import ESYS_TR, TPM2_ALG, TPM2_SE, TPMA_SESSION, TPMT_SYM_DEF

    session = tpm.start_auth_session(
        tpm_key=parent,
        bind=ESYS_TR.NONE,
        session_type=TPM2_SE.HMAC,
        symmetric=TPMT_SYM_DEF.parse("aes128cfb"),
        auth_hash=TPM2_ALG.SHA256,
    )
    try:
        wanted = TPMA_SESSION.ENCRYPT | TPMA_SESSION.DECRYPT | TPMA_SESSION.CONTINUESESSION
        tpm.trsess_set_attributes(session, wanted)
        yield session
    finally:
        tpm.flush_context(session)


@contextmanager
def _loaded(tpm: "ESAPI", parent: "ESYS_TR", sealed: _Sealed, path: Path) -> Iterator["ESYS_TR"]:
    from tpm2_pytss import TPM2B_PRIVATE, TPM2B_PUBLIC, TSS2_Exception

    try:
        private, _ = TPM2B_PRIVATE.unmarshal(sealed.private)
        public, _ = TPM2B_PUBLIC.unmarshal(sealed.public)
    except (TSS2_Exception, ValueError):
        raise SealedKeyDamagedError(_DAMAGED.format(path=path)) from None
    try:
        handle = tpm.load(parent, private, public)
    except TSS2_Exception as error:
        if not _is_about_a_parameter(error.rc):
            raise
        # The parent is the right one, so it is the object that the TPM does not accept.
        raise SealedKeyDamagedError(_DAMAGED.format(path=path)) from None
    try:
        yield handle
    finally:
        tpm.flush_context(handle)


def _is_about_a_parameter(code: int) -> bool:
    """Tell a TPM's "this value is wrong" from its "not now" and from what goes wrong on the way to it.

    TPM 2.0 part 2, 6.6: format-one codes have bit 7; the TSS numbers its own layers from bit 16.
    """
    return bool(code & 0x80) and code < 0x10000


def _sealed_template() -> object:
    from tpm2_pytss import TPM2B_PUBLIC, TPMA_OBJECT

    attributes = TPMA_OBJECT.FIXEDTPM | TPMA_OBJECT.FIXEDPARENT | TPMA_OBJECT.USERWITHAUTH | TPMA_OBJECT.NODA
    return TPM2B_PUBLIC.parse("keyedhash", objectAttributes=attributes)
