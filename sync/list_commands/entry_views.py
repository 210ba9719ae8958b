"""Reading the list: entries, their history, what waits, and how two days differ."""

import sys
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final

import typer
from sqlalchemy import or_, true

from sync.list_commands.who import Data, Desk, Login, PasswordFile, desk
from sync.station import audit, history, look_ups, requests
from sync.station.csv_export import write_csv
from sync.station.imports import ImportState, waiting_imports
from sync.station.live_list import LIVE, EntryState
from sync.station.proposals import parsed_numbers
from sync.station.refusals import NotFoundError
from sync.station.rights import Right
from sync.station.site_time import SITE_TIME
from sync.station.tables import entries
from sync.station.withdrawals import TO_REVIEW

cli = typer.Typer(no_args_is_help=True, help=__doc__)

InFull = Annotated[bool, typer.Option("--numbers-in-full", help="Show whole numbers; the audit log says that you did.")]
Day = Annotated[date, typer.Argument(parser=date.fromisoformat, metavar="DAY")]
_DETAILS: Final = (
    *("case_number", "name", "numbers", "unit", "contact", "legal_basis", "listed_on", "expires_on", "guidance"),
    *("import_id", "proposed_by", "proposed_at", "approved_by", "approved_at"),
    *("withdrawn_by", "withdrawn_at", "withdrawn_why", "reviewed_by", "reviewed_at"),
)


class Which(StrEnum):
    """Which entries are listed."""

    LIVE = "live"
    PROPOSED = "proposed"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"
    TO_REVIEW = "to-review"
    ALL = "all"


_CHOSEN: Final = {
    Which.LIVE: entries.c.state.in_(LIVE),
    Which.PROPOSED: entries.c.state == EntryState.PROPOSED,
    Which.LISTED: entries.c.state == EntryState.LISTED,
    Which.WITHDRAWN: entries.c.state == EntryState.WITHDRAWN,
    Which.TO_REVIEW: TO_REVIEW,
    Which.ALL: true(),
}


@cli.command("list")
def list_entries(
    data: Data,
    login: Login,
    which: Which = Which.LIVE,
    as_csv: Annotated[bool, typer.Option("--csv", help="For a spreadsheet; no cell is a formula.")] = False,
    numbers_in_full: InFull = False,
    password_file: PasswordFile = None,
) -> None:
    """Print the entries, oldest first."""
    with desk(data, login, password_file, Right.SEE_LIST) as at:
        if numbers_in_full:
            with at.store.write() as conn:
                audit.record(conn, at.now(), at.login, "list.numbers-shown", which=which)
        with at.store.read() as conn:
            found = look_ups.everything(conn, at.now(), chosen=_CHOSEN[which], in_full=numbers_in_full)
            if as_csv:
                write_csv(sys.stdout, found)
            else:
                for entry in found:
                    _print_line(entry)


@cli.command()
def show(
    data: Data,
    login: Login,
    entry: Annotated[str, typer.Argument(help="The entry's id.")],
    numbers_in_full: InFull = False,
    password_file: PasswordFile = None,
) -> None:
    """Print one entry; the audit log says that you looked."""
    with desk(data, login, password_file, Right.SEE_LIST) as at, at.store.write() as conn:
        found = look_ups.look_up(conn, entry, at.login, at.now(), in_full=numbers_in_full)
    typer.echo(f"entry          {entry}\nstate          {_state(found)}")
    for name in _DETAILS:
        if found[name]:
            typer.echo(f"{name:<14} {', '.join(found[name]) if name == 'numbers' else found[name]}")


@cli.command("history")
def history_of(
    data: Data,
    login: Login,
    entry: Annotated[str, typer.Argument(help="The entry's id.")],
    password_file: PasswordFile = None,
) -> None:
    """Print everything that happened to an entry: when (site time), who, what. The audit log says that you looked."""
    with desk(data, login, password_file, Right.SEE_LIST) as at, at.store.write() as conn:
        for event in history.look_at(conn, entry, at.login, at.now()):
            when = event.at.astimezone(SITE_TIME).strftime("%Y-%m-%d %H:%M:%S")
            facts = " ".join(f"{key}={value}" for key, value in event.facts.items() if key != "entry")
            typer.echo(f"{when}  {event.who:<12} {event.what:<18} {facts}".rstrip())


@cli.command()
def search(
    data: Data,
    login: Login,
    case: Annotated[str | None, typer.Option(help="All entries of this case.")] = None,
    password_file: PasswordFile = None,
) -> None:
    """Look a person up, by a number that is asked for or by --case; the audit log says that you did."""
    with desk(data, login, password_file, Right.SEE_LIST) as at:
        found, cleared = _search_number(at) if case is None else (_search_case(at, case), None)
        for entry in found:
            _print_line(entry)
        if cleared is not None:
            typer.echo(f"{cleared['clearance']}  cleared by {cleared['cleared_by']} at {cleared['cleared_at']}")
        if not found and cleared is None:
            raise NotFoundError("nobody")


@cli.command()
def waiting(data: Data, login: Login, password_file: PasswordFile = None) -> None:
    """Print everything that waits for a second person."""
    with desk(data, login, password_file, Right.SEE_LIST) as at, at.store.read() as conn:
        alone = (entries.c.state == EntryState.PROPOSED) & entries.c.import_id.is_(None)
        for entry in look_ups.everything(conn, at.now(), chosen=or_(alone, TO_REVIEW)):
            _print_line(entry)
        for row in waiting_imports(conn):
            about = "loading, or interrupted;" if row.state == ImportState.LOADING else f"{row.rows} rows,"
            typer.echo(f"{row.id}  import     {about} proposed by {row.proposed_by}")
        for asked in requests.waiting(conn):
            about = " ".join(f"{key}={asked[key]}" for key in ("entry", "until", "clearance", "why") if key in asked)
            typer.echo(f"{asked['request']}  {asked['act']:<14} {about} asked by {asked['asked_by']}")


@cli.command()
def diff(data: Data, login: Login, first: Day, second: Day, password_file: PasswordFile = None) -> None:
    """Print how the list at the end of the second day differs from that at the end of the first.

    + came on, - went off, ~ has another last day.
    """
    with desk(data, login, password_file, Right.SEE_LIST) as at, at.store.read() as conn:
        for one in history.difference(conn, first, second):
            match one.before, one.after:
                case None, after:
                    typer.echo(f"+ {one.entry}  until {after}  {one.case_number}")
                case before, None:
                    typer.echo(f"- {one.entry}  until {before}  {one.case_number}")
                case before, after:
                    typer.echo(f"~ {one.entry}  until {before} -> {after}  {one.case_number}")


def _search_number(at: Desk) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    (number,) = parsed_numbers([typer.prompt("Document number", err=True)])
    with at.store.write() as conn:
        return look_ups.search_number(conn, number, at.login, at.now())


def _search_case(at: Desk, case: str) -> list[dict[str, Any]]:
    with at.store.write() as conn:
        return look_ups.search_case(conn, case, at.login, at.now())


def _print_line(entry: dict[str, Any]) -> None:
    numbers = ", ".join(entry["numbers"])
    facts = (entry["entry"], f"{_state(entry):<24}", entry["expires_on"], entry["case_number"], entry["name"], numbers)
    typer.echo("  ".join(facts))


def _state(entry: dict[str, Any]) -> str:
    if entry["to_review"]:
        return "withdrawn, not reviewed"
    return "expired" if entry["state"] == EntryState.LISTED and entry["expired"] else str(entry["state"])
