"""Adding, approving, withdrawing, clearing, importing: the life of entries.

A document number is never an argument, which other users of the machine and the shell's history would see: it is asked
for.
"""

from datetime import date
from typing import Annotated

import typer

from kiosk.domain.numbers import DocumentNumber
from sync.list_commands import entry_imports, entry_views
from sync.list_commands.who import Data, Login, PasswordFile, desk, require_reason
from sync.station import acts, clearances, renewals, requests, withdrawals
from sync.station.proposals import LegalBasis, Proposal, parsed_numbers
from sync.station.requests import Act
from sync.station.rights import Right

cli = typer.Typer(no_args_is_help=True, help=__doc__)
cli.add_typer(entry_views.cli)
cli.add_typer(entry_imports.cli)

Entry = Annotated[str, typer.Argument(help="The entry's id.")]
Why = Annotated[str, typer.Option(help="The reason, which the audit log and the entry keep.", prompt="Why")]
Day = date.fromisoformat


@cli.command()
def add(
    data: Data,
    login: Login,
    name: Annotated[str, typer.Option(prompt="Name")],
    unit: Annotated[str, typer.Option(prompt="Listing unit")],
    contact: Annotated[str, typer.Option(prompt="The unit's contact")],
    case: Annotated[str, typer.Option(prompt="Case number")],
    basis: Annotated[LegalBasis, typer.Option(prompt="Legal basis")],
    until: Annotated[date, typer.Option(parser=Day, metavar="DAY", prompt="Last day (2027-05-01)")],
    listed_on: Annotated[date | None, typer.Option(parser=Day, metavar="DAY", help="Today if left out.")] = None,
    guidance: Annotated[str, typer.Option(help="What officers should know.")] = "",
    password_file: PasswordFile = None,
) -> None:
    """Propose an entry; its numbers are asked for. A second person approves it."""
    with desk(data, login, password_file, Right.PROPOSE) as at:
        proposal = Proposal(
            numbers=tuple(_asked_numbers()),
            name=name,
            unit=unit,
            contact=contact,
            case_number=case,
            legal_basis=basis,
            expires_on=until,
            listed_on=listed_on,
            guidance=guidance,
        )
        entry = acts.propose(at.store, at.keyring.peppers, proposal, at.login, at.now())
    typer.echo(f"{entry} proposed; a second person approves it")


@cli.command()
def approve(data: Data, login: Login, entry: Entry, password_file: PasswordFile = None) -> None:
    """Approve what somebody else has proposed: it is at work at once."""
    with desk(data, login, password_file, Right.APPROVE) as at:
        seq = acts.approve(at.store, at.keyring.peppers, entry, at.login, at.now)
        at.ring()
    typer.echo(f"{entry} listed: change {seq}")


@cli.command()
def withdraw(data: Data, login: Login, entry: Entry, why: Why, password_file: PasswordFile = None) -> None:
    """Take an entry off the list, at once. Somebody else reviews it afterwards."""
    with desk(data, login, password_file, Right.WITHDRAW) as at:
        require_reason(why)
        with at.store.write() as conn:
            seq = withdrawals.withdraw(conn, entry, why, at.login, at.now())
        at.ring()
    typer.echo(f"{entry} withdrawn" + (f": change {seq}" if seq is not None else ""))


@cli.command()
def review(data: Data, login: Login, entry: Entry, password_file: PasswordFile = None) -> None:
    """Confirm that you have read somebody else's withdrawal."""
    with desk(data, login, password_file, Right.WITHDRAW) as at, at.store.write() as conn:
        withdrawals.review(conn, entry, at.login, at.now())
    typer.echo(f"{entry} reviewed")


@cli.command()
def clear(
    data: Data,
    login: Login,
    why: Why,
    entry: Annotated[str | None, typer.Argument(help="An entry of this person, whatever its state.")] = None,
    number: Annotated[bool, typer.Option("--number", help="Ask for the person's number instead of an entry.")] = False,
    password_file: PasswordFile = None,
) -> None:
    """Clear a person, at once: off the list, and no later proposal or import lists them."""
    if (entry is None) != number:
        raise typer.BadParameter("name an entry, or give --number")
    with desk(data, login, password_file, Right.WITHDRAW) as at:
        require_reason(why)
        asked = _asked_number() if number else None
        with at.store.write() as conn:
            if asked is not None:
                clearance, ended = clearances.clear_numbers(conn, (asked,), why, at.login, at.now())
            else:
                clearance, ended = clearances.clear_entry(conn, entry or "", why, at.login, at.now())
        at.ring()
    typer.echo(f"clearance {clearance}: {len(ended)} entries withdrawn")


@cli.command()
def lift_clearance(
    data: Data,
    login: Login,
    why: Why,
    clearance: Annotated[str | None, typer.Argument(help="The clearance's id.")] = None,
    number: Annotated[bool, typer.Option("--number", help="Ask for a cleared number instead.")] = False,
    password_file: PasswordFile = None,
) -> None:
    """Ask that a person is no longer held as cleared. A second person grants it; that lists nobody yet."""
    if (clearance is None) != number:
        raise typer.BadParameter("name a clearance, or give --number")
    with desk(data, login, password_file, Right.PROPOSE) as at:
        require_reason(why)
        asked = _asked_number() if number else None
        with at.store.write() as conn:
            which = clearances.clearance_with(conn, asked) if asked is not None else clearance or ""
            request = clearances.ask_to_lift(conn, which, why, at.login, at.now())
    typer.echo(f"request {request}; a second person grants it")


@cli.command()
def renew(
    data: Data,
    login: Login,
    entry: Entry,
    until: Annotated[date, typer.Option(parser=Day, metavar="DAY", help="The new last day.")],
    password_file: PasswordFile = None,
) -> None:
    """Ask for a new last day. A second person grants it; until then the old one stands."""
    with desk(data, login, password_file, Right.PROPOSE) as at, at.store.write() as conn:
        request = renewals.ask_to_renew(conn, entry, until, at.login, at.now())
    typer.echo(f"request {request}; a second person grants it")


@cli.command()
def grant(
    data: Data,
    login: Login,
    request: Annotated[str, typer.Argument(help="The request's id.")],
    why: Annotated[str, typer.Option(help="Your reason; needed to lift a clearance.")] = "",
    password_file: PasswordFile = None,
) -> None:
    """Do what somebody else has asked for: a renewal, the end of a clearance."""
    with desk(data, login, password_file, Right.APPROVE) as at:
        act, seq = acts.grant(at.store, at.keyring.peppers, request, why, at.login, at.now)
        at.ring()
    typer.echo(f"renewed: change {seq}" if act is Act.RENEW else "the clearance is lifted")


@cli.command()
def decline(
    data: Data,
    login: Login,
    request: Annotated[str, typer.Argument(help="The request's id.")],
    password_file: PasswordFile = None,
) -> None:
    """End a request without doing what it asks for."""
    with desk(data, login, password_file, Right.APPROVE) as at, at.store.write() as conn:
        requests.decline(conn, request, at.login, at.now())
    typer.echo("declined")


def _asked_numbers() -> list[str]:
    asked: str = typer.prompt("Document numbers, with spaces between them", err=True)
    return asked.split()


def _asked_number() -> DocumentNumber:
    asked: str = typer.prompt("Document number", err=True)
    return parsed_numbers([asked])[0]
