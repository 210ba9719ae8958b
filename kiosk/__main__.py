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
    """Look at every part, and print a line for each: ✓ or ✗, what it means, what to do. Exit code 1 where one is ✗."""
    from kiosk.doctor import look_at

    try:
        loaded = load_settings(settings)
    except SettingsError as error:
        typer.echo(f"kiosk: {error}", err=True)
        raise typer.Exit(2) from None
    is_well = True
    for finding in look_at(loaded):
        typer.echo(finding.line())
        is_well &= finding.is_well
    raise typer.Exit(0 if is_well else 1)


@cli.command()
def setup(
    settings: SettingsFile = Path("/etc/hongtu-gate/kiosk.toml"),
    station: Annotated[
        str, typer.Option(envvar="HONGTU_STATION", help="The station's address, such as https://station.example:8443.")
    ] = "",
    ca: Annotated[Path, typer.Option(help="The site's CA certificate.")] = Path("/etc/hongtu-gate/ca.pem"),
) -> None:
    """Open the installer's screens: enrolment, devices, light, sound, screen size, site, PIN, everything at once."""
    from kiosk import setup as screens
    from ui.window import ScreenSetupError

    try:
        code = screens.run(load_settings(settings), settings, station, ca)
    except (SettingsError, ScreenSetupError) as error:
        typer.echo(f"kiosk: {error}", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(code)


@cli.command("staff-pin")
def staff_pin(
    settings: SettingsFile = Path("/etc/hongtu-gate/kiosk.toml"),
    pin: Annotated[str, typer.Option(prompt="PIN, 6 to 12 digits", hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Choose the PIN of the staff's panel. There is none until then, and no default."""
    from kiosk.staff_pin import PinTooEasyError, StaffPin

    try:
        StaffPin(load_settings(settings).data).set(pin)
    except (SettingsError, OSError) as error:
        typer.echo(f"kiosk: {error}", err=True)
        raise typer.Exit(2) from None
    except PinTooEasyError:
        typer.echo("kiosk: 6 to 12 digits, not all alike and no run such as 123456", err=True)
        raise typer.Exit(2) from None


def main() -> None:
    """Entry point of the ``kiosk`` command."""
    cli()


if __name__ == "__main__":
    main()
