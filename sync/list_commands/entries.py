"""Adding, approving, withdrawing, clearing, importing: the life of entries."""

import typer

cli = typer.Typer(no_args_is_help=True, help=__doc__)
