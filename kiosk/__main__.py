"""``kiosk``: run the lane's app, or see how it is."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk import face_commands, reader_commands
from kiosk.settings import SettingsError, load_settings

cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
cli.add_typer(reader_commands.cli, name="reader")
cli.add_typer(face_commands.cli, name="face")
SettingsFile = Annotated[Path, typer.Option("--settings", help="The kiosk's TOML file.")]


@cli.command()
def run(settings: SettingsFile = Path("/etc/hongtu-gate/kiosk.toml")) -> None:
    """Serve visitors until stopped."""
    from kiosk import app  # Qt, OpenCV and the face models take a second to load: not for `kiosk --help`

    try:
        code = app.run(load_settings(settings))
    except (SettingsError, app.SetupError) as error:
        typer.echo(f"kiosk: {error}", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(code)


@cli.command()
def shell(settings: SettingsFile = Path("/etc/hongtu-gate/kiosk.toml")) -> None:
    """Keep a calm screen on the panel and the app in front of it, whatever happens to the app, until stopped."""
    from kiosk import shell as calm

    try:
        code = calm.run(load_settings(settings), settings)
    except SettingsError as error:
        typer.echo(f"kiosk: {error}", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(code)


@cli.command()
def status(settings: SettingsFile = Path("/etc/hongtu-gate/kiosk.toml")) -> None:
    """Print the faults that stand now, each with what to do (exit code 1 if any), and planned maintenance."""
    from kiosk.status import describe, maintenance

    try:
        loaded = load_settings(settings)
        lines, window = describe(loaded), maintenance(loaded)
    except SettingsError as error:
        typer.echo(f"kiosk: {error}", err=True)
        raise typer.Exit(2) from None
    for line in (*lines, *([window] if window is not None else ())):
        typer.echo(line)
    raise typer.Exit(1 if lines else 0)


@cli.command()
def doctor(settings: SettingsFile = Path("/etc/hongtu-gate/kiosk.toml")) -> None:
    """Print where the device's key is and the faults that stand now. Exit code 1 where anything is not as it should be.

    `kiosk reader doctor` looks at the card reader.
    """
    from kiosk.status import describe, examine_device_key

    try:
        loaded = load_settings(settings)
    except SettingsError as error:
        typer.echo(f"kiosk: {error}", err=True)
        raise typer.Exit(2) from None
    key = examine_device_key(loaded)
    typer.echo(f"device-key: {key.chinese} · {key.english}")
    lines = describe(loaded)
    for line in lines:
        typer.echo(line)
    raise typer.Exit(0 if key.is_well and not lines else 1)


def main() -> None:
    """Entry point of the ``kiosk`` command."""
    cli()


if __name__ == "__main__":
    main()
