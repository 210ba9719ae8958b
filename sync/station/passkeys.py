"""Passkeys (W3C Web Authentication, level 3): how people come in where the browser trusts the station's name.

Rules
- A passkey is found by the authenticator itself (discoverable): nobody types a login, so no login can be tried out.
- The authenticator must have verified its owner (PIN, finger, face), at registration and each time: it is two factors.
- The origin is one of the station's own: its configured host names at its own port or at 443, never what a request
  says. The RP id is that host name; an IP address cannot be one (W3C, 5.1.3), so there passkeys are not offered.
- A challenge is good once (sync.station.challenges).
- Where an authenticator counts its signatures, the count must grow (6.1.1). One that does not is refused and written
  into the audit log: there may be a copy of that passkey. Synchronised passkeys say 0 each time, which is allowed.
- No attestation is asked for: which make of authenticator somebody owns decides nothing here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Annotated, Any, Final, TypeVar

from msgspec import Meta, Struct
from sqlalchemy import Connection, delete, func, insert, literal, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json_dict,
    parse_authentication_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sync.station import audit, challenges, second_factor
from sync.station.accounts_key import AccountsKey
from sync.station.challenges import Purpose
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError, NotSignedInError
from sync.station.store import Store
from sync.station.tables import passkeys, people

MOST: Final = 10
"""Passkeys of one person."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The station as an authenticator sees it (the "relying party")."""

    host: str
    origin: str
    site: str


class Ceremony(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a browser brings back: the challenge that it was given, and the authenticator's answer as JSON."""

    challenge: Annotated[str, Meta(max_length=200)]
    credential: dict[str, Any]

    @property
    def challenge_bytes(self) -> bytes:
        """The challenge. What is no base64url is one that is not ours."""
        try:
            return base64url_to_bytes(self.challenge)
        except ValueError:
            raise BadRequestError("challenge-over") from None


class NewPasskey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ceremony that makes a passkey, and the name that its owner gives it."""

    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
    made: Ceremony


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A passkey that has proved itself, and that nobody has kept yet."""

    id: bytes
    public_key: bytes
    sign_count: int
    name: str
    challenge: bytes


def party_of(hosts: tuple[str, ...], ports: frozenset[int], asked_host: str | None, site: str) -> Party:
    """Return the station under the name by which a browser has asked for it.

    Args:
        hosts: the configured names of the station.
        ports: where it listens, and 443 for a proxy before it.
        asked_host: the request's Host header.
        site: the name that the authenticator shows.

    Raises:
        ConflictError: there are no passkeys under this name.
    """
    name, _, port = (asked_host or "").partition(":")
    known_port = (not port or port.isdecimal()) and int(port or 443) in ports
    if name not in hosts or _is_address(name) or not known_port:
        raise ConflictError("no-passkeys-here")
    return Party(host=name, origin=f"https://{asked_host}", site=site)


def offer(conn: Connection, key: AccountsKey, party: Party, login: str, now: datetime) -> dict[str, Any]:
    """Return what ``navigator.credentials.create`` needs to make this person a passkey."""
    kept = conn.execute(select(passkeys.c.id).where(passkeys.c.login == login)).scalars()
    options = generate_registration_options(
        rp_id=party.host,
        rp_name=party.site,
        user_id=_handle(key, login),
        user_name=login,
        challenge=challenges.new(key, Purpose.ADD_PASSKEY, login, now),
        timeout=int(challenges.LIFE.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in kept],
    )
    return options_to_json_dict(options)


def made(key: AccountsKey, party: Party, login: str, new: NewPasskey, now: datetime) -> Made:
    """Return the passkey that an authenticator has made for this login.

    Raises:
        BadRequestError: the challenge is not ours or is over, or the answer does not hold.
    """
    challenge = new.made.challenge_bytes
    challenges.check(key, challenge, Purpose.ADD_PASSKEY, login, now)
    verified = _hostile(
        lambda: verify_registration_response(
            credential=new.made.credential,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    )
    if verified is None:
        raise BadRequestError("passkey")
    return Made(
        id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=new.name.strip(),
        challenge=challenge,
    )


def keep(conn: Connection, login: str, new: Made, now: datetime) -> None:
    """Let this person come in by a passkey from now on.

    Raises:
        BadRequestError: its challenge was used before.
        ConflictError: it is somebody's already, or the person has as many as anybody may.
    """
    challenges.use(conn, new.challenge, Purpose.ADD_PASSKEY, login, now)
    if conn.execute(select(passkeys.c.id).where(passkeys.c.id == new.id)).one_or_none() is not None:
        raise ConflictError("passkey-taken")
    if _count(conn, login) >= MOST:
        raise ConflictError("passkeys-full", most=MOST)
    row = {"id": new.id, "login": login, "name": new.name, "public_key": new.public_key, "sign_count": new.sign_count}
    conn.execute(insert(passkeys).values(**row, made_at=now))
    audit.record(conn, now, login, "passkey.added")


def ask(key: AccountsKey, party: Party, now: datetime) -> dict[str, Any]:
    """Return what ``navigator.credentials.get`` needs to ask whoever is there for a passkey of this station."""
    options = generate_authentication_options(
        rp_id=party.host,
        challenge=challenges.new(key, Purpose.PROVE, "", now),
        timeout=int(challenges.LIFE.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def owner(conn: Connection, shown: Ceremony) -> str | None:
    """Return whose passkey is said to be shown; nothing is proved by that."""
    parsed = _hostile(lambda: parse_authentication_credential_json(shown.credential))
    if parsed is None:
        return None
    return conn.execute(select(passkeys.c.login).where(passkeys.c.id == parsed.raw_id)).scalar_one_or_none()


def prove(store: Store, key: AccountsKey, party: Party, shown: Ceremony, now: datetime) -> str:
    """Return whose passkey was shown; the proof is used up.

    Raises:
        BadRequestError: the challenge is not ours, over, or used.
        NotSignedInError: the answer does not hold. It is not told why.
    """
    challenge = shown.challenge_bytes
    challenges.check(key, challenge, Purpose.PROVE, "", now)
    parsed = _hostile(lambda: parse_authentication_credential_json(shown.credential))
    if parsed is None:
        raise NotSignedInError("passkey-unknown")
    query = (
        select(passkeys.c.id, passkeys.c.login, passkeys.c.public_key)
        .join(people, people.c.login == passkeys.c.login)
        .where((passkeys.c.id == parsed.raw_id) & people.c.locked_at.is_(None))
    )
    with store.read() as conn:
        row = conn.execute(query).one_or_none()
    if row is None or parsed.response.user_handle not in (None, _handle(key, row.login)):
        raise NotSignedInError("passkey-unknown")
    verified = _hostile(
        lambda: verify_authentication_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=0,  # we compare it ourselves, below: a count gone back goes on record
            require_user_verification=True,
        )
    )
    if verified is None:
        raise NotSignedInError("passkey-unknown")
    with store.write() as conn:
        challenges.use(conn, challenge, Purpose.PROVE, row.login, now)
        grew = _count_signature(conn, row.id, verified.new_sign_count, now)
        if not grew:
            audit.record(conn, now, row.login, "passkey.went-back")
    if not grew:
        raise NotSignedInError("passkey-unknown")
    return str(row.login)


def of_person(conn: Connection, login: str) -> list[dict[str, Any]]:
    """Return a person's passkeys as JSON values, oldest first."""
    rows = conn.execute(select(passkeys).where(passkeys.c.login == login).order_by(passkeys.c.made_at))
    return [
        {
            "id": bytes_to_base64url(row.id),
            "name": row.name,
            "made_at": row.made_at.isoformat(),
            "used_at": row.used_at.isoformat() if row.used_at is not None else None,
        }
        for row in rows
    ]


def rename(conn: Connection, login: str, passkey: str, name: str) -> None:
    """Give a passkey of this person another name. Raises NotFoundError."""
    changed = conn.execute(update(passkeys).where(_own(login, passkey)).values(name=name))
    if changed.rowcount != 1:
        raise NotFoundError("no-such-passkey")


def remove(conn: Connection, login: str, passkey: str, now: datetime) -> None:
    """Let a passkey of this person open nothing any more.

    Raises:
        NotFoundError: the person has no such passkey.
        ConflictError: it is their last way in.
    """
    if conn.execute(delete(passkeys).where(_own(login, passkey))).rowcount != 1:
        raise NotFoundError("no-such-passkey")
    if not _count(conn, login) and not second_factor.has(conn, login):
        raise ConflictError("last-way-in")
    audit.record(conn, now, login, "passkey.removed")


def _own(login: str, passkey: str) -> Any:
    raw = _hostile(lambda: base64url_to_bytes(passkey)) or b""
    return (passkeys.c.login == login) & (passkeys.c.id == raw)


def _count(conn: Connection, login: str) -> int:
    return conn.execute(select(func.count()).where(passkeys.c.login == login)).scalar_one()


def _count_signature(conn: Connection, passkey: bytes, count: int, now: datetime) -> bool:
    """Tell whether the count grew, and keep it. Synchronised passkeys do not count: 0 after 0."""
    here = passkeys.c.id == passkey
    grew = (passkeys.c.sign_count < count) | ((passkeys.c.sign_count == 0) & (literal(count) == 0))
    return conn.execute(update(passkeys).where(here & grew).values(sign_count=count, used_at=now)).rowcount == 1


def _handle(key: AccountsKey, login: str) -> bytes:
    """Return the user handle, which the authenticator keeps and shows to whoever holds it: it must not name anyone."""
    return key.mac("passkey user", login.encode())


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _hostile(parse: Callable[[], T]) -> T | None:
    """Return what came of the bytes of a stranger's authenticator, or None: whatever they break, they are no passkey.

    The library promises its own exceptions, and lets those of json, cbor2, struct and cryptography through.
    """
    try:
        return parse()
    except Exception:
        return None
