"""Keys that sign: made, rotated, revoked."""

import typer

cli = typer.Typer(no_args_is_help=True, help=__doc__)
