"""Publish, export and verify what kiosks read."""

import typer

cli = typer.Typer(no_args_is_help=True, help=__doc__)
