"""At a kiosk: take the list from a stick."""

import typer

cli = typer.Typer(no_args_is_help=True, help=__doc__)
