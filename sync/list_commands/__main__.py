"""``watchlist``: entries, keys and roads of the list at the station; at a kiosk, a stick and what a thief would pay."""

import logging
import os

import structlog
import typer

from sync.list_commands import entries, epochs, keys, kiosk, publishing, theft

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
for flat in (entries.cli, publishing.cli, kiosk.cli, theft.cli):
    app.add_typer(flat)
app.add_typer(keys.cli, name="keys")
app.add_typer(epochs.cli, name="epoch")


def main() -> None:
    """Run the command. What it makes is for its user alone."""
    os.umask(0o077)
    # What the station logs of such a thing while it runs is no answer to a person at a terminal.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    app()


if __name__ == "__main__":
    main()
