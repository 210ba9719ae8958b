"""Importing a file of entries: tried first, then proposed by one person and approved by another, or taken back."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Final

import typer

from sync.list_commands.progress import Progress
from sync.list_commands.who import Data, Desk, Login, PasswordFile, desk, refused, require_reason
from sync.station import acts, import_loading, importing, taking_back
from sync.station.import_check import Fate, Verdict, verdicts
from sync.station.import_file import ImportFile, ImportFormat, format_of, inspect, records
from sync.station.import_rows import rows
from sync.station.imports import ImportState, import_of
from sync.station.proposals import masked
from sync.station.refusals import BadRequestError
from sync.station.rights import Right
from sync.station.site_time import site_day

cli = typer.Typer(no_args_is_help=True, help=__doc__)

Import = Annotated[str, typer.Argument(help="The import's id.")]
_WORDS: Final = {Fate.ADD: "add", Fate.WITHDRAW: "withdraw", Fate.LEAVE: "as it is", Fate.REFUSE: "refused"}


@cli.command("import-entries")
def import_entries(
    data: Data,
    login: Login,
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines, in UTF-8 or GB 18030.")],
    form: Annotated[ImportFormat | None, typer.Option("--format", help="As the file's name ends, if left out.")] = None,
    commit: Annotated[bool, typer.Option("--commit", help="Propose it; without this nothing is changed.")] = False,
    only_refused: Annotated[bool, typer.Option("--only-refused", help="Print no other rows.")] = False,
    password_file: PasswordFile = None,
) -> None:
    """Show what a file would add, withdraw, leave as it is and refuse, row by row; --commit proposes it.

    All or nothing: with one refused row nothing is proposed. A second person approves what was proposed. Give the same
    command again if the sealing was interrupted.
    """
    with desk(data, login, password_file, Right.PROPOSE) as at:
        opened = inspect(file, form or format_of(file))
        typer.echo(f"read as {opened.format}, {opened.encoding}")
        if commit:
            _propose(at, opened)
        else:
            counts = _try(at, opened, only_refused=only_refused)
            typer.echo(f"dry run: {_summary(counts)}; nothing was changed")
            if counts[Fate.REFUSE]:
                raise BadRequestError("import-refused", n=counts[Fate.REFUSE])


@cli.command()
def approve_import(data: Data, login: Login, import_id: Import, password_file: PasswordFile = None) -> None:
    """Approve an import that somebody else has proposed: all of it is at work at once."""
    with desk(data, login, password_file, Right.APPROVE) as at:

        def approved() -> tuple[int, int, int]:
            with at.store.write() as conn:
                return importing.approve_import(conn, import_id, at.login, at.now())

        listed, withdrawn, seq = acts.sealed_again(approved, lambda: _seal(at, import_id))
        at.ring()
    typer.echo(f"import {import_id}: {listed} listed, {withdrawn} withdrawn: change {seq}")


@cli.command()
def take_back(
    data: Data,
    login: Login,
    import_id: Import,
    why: Annotated[str, typer.Option(prompt="Why", help="The reason, which its entries keep.")],
    password_file: PasswordFile = None,
) -> None:
    """Undo an import, at once: what it added is withdrawn, what it withdrew is proposed anew."""
    with desk(data, login, password_file, Right.WITHDRAW) as at:
        with at.store.read() as conn:
            loading = import_of(conn, import_id).state == ImportState.LOADING
        if loading:
            import_loading.forget_import(at.store, import_id)
            typer.echo(f"import {import_id} was never proposed, and is forgotten")
            return
        require_reason(why)
        with at.store.write() as conn:
            done = taking_back.take_back(conn, import_id, why, at.login, at.now())
        at.ring()
        typer.echo(f"import {import_id} is taken back: {done.withdrawn} entries withdrawn")
        if done.lost:
            typer.echo(
                f"{done.lost} entries that it withdrew cannot be proposed anew: over, cleared, or listed otherwise"
            )
        if done.restores is not None:
            typer.echo(f"{done.restored} entries that it withdrew are proposed anew as import {done.restores}")
            _seal(at, done.restores)


@cli.command()
def review_import(data: Data, login: Login, import_id: Import, password_file: PasswordFile = None) -> None:
    """Confirm that you have read what an import, or its taking back, has withdrawn."""
    with desk(data, login, password_file, Right.WITHDRAW) as at, at.store.write() as conn:
        read = taking_back.review_import(conn, import_id, at.login, at.now())
    typer.echo(f"{read} withdrawals reviewed")


def _try(at: Desk, file: ImportFile, *, only_refused: bool) -> Counter[Fate]:
    counts: Counter[Fate] = Counter()
    with at.store.read() as conn, Progress() as progress:
        say = progress.of("rows read")
        for verdict in verdicts(conn, rows(records(file), site_day(at.now()))):
            counts[verdict.fate] += 1
            if verdict.fate is Fate.REFUSE or not only_refused:
                typer.echo(_line(verdict))
            say(counts.total(), 0)
    return counts


def _propose(at: Desk, file: ImportFile) -> None:
    try:
        with Progress() as progress:
            proposed = import_loading.propose_import(at.store, file, at.login, at.now(), progress.of("rows kept"))
    except BadRequestError as err:
        if err.code == "import-refused":
            _try(at, file, only_refused=True)
        raise
    there = "waits already" if proposed.resumed else "proposed"
    typer.echo(f"import {proposed.import_id} {there}: {proposed.adds} to add, {proposed.withdraws} to withdraw")
    _seal(at, proposed.import_id)
    typer.echo("a second person approves it")


def _seal(at: Desk, import_id: str) -> None:
    with Progress() as progress:
        importing.seal_import(at.store, at.keyring.peppers, import_id, progress.of("sealing"))


def _line(verdict: Verdict) -> str:
    name = verdict.add.proposal.name if verdict.add is not None else ""
    about = [verdict.case_number, name, ", ".join(masked(number) for number in verdict.numbers)]
    why = refused(verdict.refusal.code, **verdict.refusal.facts) if verdict.refusal is not None else ""
    return "  ".join([f"{verdict.line:>7}", f"{_WORDS[verdict.fate]:<8}", *filter(None, [*about, why])])


def _summary(counts: Counter[Fate]) -> str:
    return (
        f"{counts[Fate.ADD]} to add, {counts[Fate.WITHDRAW]} to withdraw, "
        f"{counts[Fate.LEAVE]} left as they are, {counts[Fate.REFUSE]} refused"
    )
