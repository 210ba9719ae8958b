"""What it would cost to read a stolen list back."""

import typer

cli = typer.Typer(no_args_is_help=True, help=__doc__)
