"""Who acts: a command at the station names a person, who proves it and has the right; and how a refusal is told.

The command opens the station's folder directly, beside a running server or without one. After a change it rings for the
server, so that its streams bring the change at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from sqlalchemy.exc import OperationalError

from sync.station import people
from sync.station.doorbell import ring
from sync.station.keyring import Keyring, KeyringError, load_keyring
from sync.station.people import Credentials, Person
from sync.station.refusals import BadRequestError, NotAllowedError, NotSignedInError, RefusedError
from sync.station.rights import Right
from sync.station.site_time import utc_now
from sync.station.store import DATABASE, Store, open_store
from sync.station.wording import Language, Words

Data = Annotated[Path, typer.Option(help="The station's folder.")]
Login = Annotated[str, typer.Option(help="Who you are; your password is asked for.")]
PasswordFile = Annotated[Path | None, typer.Option(help="A file whose first line is your password.")]

_WORDS: Final = Words(Language.EN)


@dataclass(frozen=True, slots=True)
class Desk:
    """The station's folder, open, and the person who works with it."""

    folder: Path
    keyring: Keyring
    store: Store
    who: Person = field(repr=False)

    @property
    def login(self) -> str:
        """The person's login, as the audit log names them."""
        return self.who.login

    def now(self) -> datetime:
        """Return the aware UTC time."""
        return utc_now()

    def ring(self) -> None:
        """Tell a running server that something was committed."""
        ring(self.folder)


@contextmanager
def desk(data: Path, login: str, password_file: Path | None, right: Right) -> Iterator[Desk]:
    """Open the station for a person who has this right. What is refused ends the command with one line and code 1."""
    with told():
        keyring, store = load_keyring(data, now=utc_now()), open_store(data / DATABASE)
        try:
            yield Desk(data, keyring, store, _person(store, login, password_file, right))
        finally:
            store.close()


@contextmanager
def told() -> Iterator[None]:
    """End the command with one line on standard error and code 1 where the station refuses, or a file or disk fails."""
    try:
        yield
    except RefusedError as err:
        refusal = refused(err.code, **err.facts)
    except KeyringError as err:
        refusal = str(err)
    except OperationalError as err:
        # SQLite's own words (a full disk, a locked file); the statement and its values stay out.
        refusal = f"the station's database: {err.orig}; nothing was done"
    except OSError as err:
        refusal = f"{err.filename or 'the station'}: {err.strerror}; nothing was done"
    else:
        return
    typer.echo(f"watchlist: {refusal}", err=True)
    raise typer.Exit(1)


def require_reason(why: str) -> None:
    """Return if this is a reason that may be kept. Raises BadRequestError("why")."""
    if not why.strip() or len(why) > 200:
        raise BadRequestError("why")


def refused(code: str, **facts: str | int) -> str:
    """Return a refusal in words: the console's own, in English."""
    text = _WORDS.known(f"error.{code}")
    if text is None:
        return " ".join([code, *(f"{key}={value}" for key, value in facts.items())])
    for key, value in facts.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text


def _person(store: Store, login: str, password_file: Path | None, right: Right) -> Person:
    password = (
        typer.prompt("Password", hide_input=True, err=True) if password_file is None else _first_line(password_file)
    )
    try:
        given = msgspec.convert({"login": login, "password": password}, Credentials)
    except msgspec.ValidationError:
        raise NotSignedInError("login-or-password") from None
    with store.read() as conn:
        people.check_password(conn, given)
        who = people.person_named(conn, login)
    if not who.may(right):
        raise NotAllowedError("right", right=right)
    return who


def _first_line(file: Path) -> str:
    return file.read_text(encoding="utf-8").partition("\n")[0].removesuffix("\r")
