"""Pepper epochs: a new one is begun beside the old, and then the old one ends."""

import typer

cli = typer.Typer(no_args_is_help=True, help=__doc__)
