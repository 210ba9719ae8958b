"""``kiosk reader``: an installer's view of the card reader. Nothing here prints what a card says."""

import queue
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from kiosk.settings import KioskSettings, SettingsError, load_settings

if TYPE_CHECKING:
    from kiosk.visit.events import Event
    from reader.layouts import CardText
    from reader.messages import Card, Status
    from reader.profiles import Profile
    from reader.trace import Recorder
    from reader.transports import Transport

# What touches Qt, PC/SC or a codec is imported where it is used: `kiosk --help` must come at once.
cli = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)

_Settings = Annotated[Path, typer.Option("--settings", help="The kiosk's TOML file, which names the profile.")]
_ProfileFile = Annotated[Path | None, typer.Option("--profile", help="A profile, in place of the settings' own.")]
_DEFAULT: Final = Path("/etc/hongtu-gate/kiosk.toml")
_CARD_WITHIN_S: Final = 60.0


@cli.command("list")
def list_readers() -> None:
    """Print the readers and ports of this machine, and which shipped profile fits which."""
    from reader import pcsc, profiles
    from reader.doctor import SHIPPED_PROFILES
    from reader.errors import PcscError
    from reader.transports.serial_line import ports

    shipped = [profiles.load(path, production=False) for path in sorted(SHIPPED_PROFILES.glob("*.toml"))]
    try:
        with pcsc.Context() as context:
            for name in context.readers():
                state = context.state(name)
                fits = [
                    profile.name
                    for profile in shipped
                    if isinstance(profile.transport, profiles.Apdu | profiles.Escape)
                    and profiles.choose(profile.transport, (name,))
                ]
                words = [
                    "unplugged" if state.is_lost else f"card {state.atr.hex()}" if state.has_card else "no card",
                    *(["held by another program"] if state.is_held else []),
                    f"fits {', '.join(fits)}" if fits else "no shipped profile fits",
                ]
                typer.echo(f"{name}: {'; '.join(words)}")
    except PcscError as error:
        typer.echo(f"PC/SC: {error}. `kiosk reader doctor` says what to do.")
    for port in ports():
        typer.echo(f"{port}: a serial port; serial-sam-v.toml shows a profile for it")


@cli.command()
def probe(settings: _Settings = _DEFAULT, profile_file: _ProfileFile = None) -> None:
    """Ask the security module who it is; its SAMID is what a production profile pins."""
    from reader import identity
    from reader.errors import ReaderError
    from reader.transports.opening import open_transport

    profile = _profile(settings, profile_file)
    transport = open_transport(profile)
    typer.echo(f"profile    {profile.name}{' (for tests)' if profile.test else ''}")
    typer.echo(f"transport  {type(profile.transport).__name__.lower()}")
    typer.echo(f"photo      {type(profile.photo).__name__.removesuffix('Photo').lower()}")
    try:
        # A pseudo-APDU needs a card to be addressed to, and any will do.
        session = transport.bare_session() or transport.session(_laid_card(transport))
        with session as transceive:
            samid = identity.check(transceive, None)
    except ReaderError as error:
        _fail(f"the module does not answer: {error}. `kiosk reader doctor` says what to do.", 1)
    typer.echo(f"SAMID      {samid}")
    pin = profile.sam.id
    if pin is None:
        typer.echo("pinned     no: write it as `id` under [sam] of the profile")
    else:
        typer.echo(f"pinned     {'yes' if pin == samid else f'another one, {pin}'}")


@cli.command()
def watch(settings: _Settings = _DEFAULT, profile_file: _ProfileFile = None) -> None:
    """Print cards that come and go and faults that rise and fall, until Ctrl-C."""
    from reader.process import ReaderProcess

    if profile_file is None:
        profile_file = _loaded(settings).reader.profile
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    process = ReaderProcess(profile_file)
    process.start(events.put)
    try:
        while True:
            typer.echo(f"{datetime.now(UTC):%H:%M:%S}  {_told(events.get())}")
    except KeyboardInterrupt:
        pass
    finally:
        process.stop()


@cli.command()
def read(
    settings: _Settings = _DEFAULT,
    profile_file: _ProfileFile = None,
    redacted: Annotated[bool, typer.Option("--redacted", help="Required: nothing that a card says is shown.")] = False,
) -> None:
    """Read the card that is laid, and print which checks hold and how long each step took."""
    if not redacted:
        _fail("a card's content is never shown: add --redacted", 2)
    _read_laid_card(_profile(settings, profile_file))


@cli.command()
def doctor(settings: _Settings = _DEFAULT, profile_file: _ProfileFile = None) -> None:
    """Say what is wrong with the reader and what to do. Exit code 1 where anything is."""
    from reader.doctor import examine

    production = False
    if profile_file is None:
        loaded = _loaded(settings)
        profile_file, production = loaded.reader.profile, loaded.production
    findings = examine(profile_file, production=production)
    for finding in findings:
        typer.echo(f"{finding.code}: {finding.chinese} · {finding.english}")
    if not findings:
        typer.echo("读卡器正常 · The reader is well.")
    raise typer.Exit(1 if findings else 0)


@cli.command()
def record(file: Path, settings: _Settings = _DEFAULT, profile_file: _ProfileFile = None) -> None:
    """Record the conversation with the module while a simulated card is read. A real card is refused."""
    from reader import trace

    recorder, text = _read_laid_card(_profile(settings, profile_file))
    try:
        trace.save(file, recorder.exchanges, text)
    except trace.TraceError as error:
        _fail(str(error), 1)
    typer.echo(f"recorded   {file}")


@cli.command()
def replay(file: Path, settings: _Settings = _DEFAULT, profile_file: _ProfileFile = None) -> None:
    """Read a recorded conversation as if the card lay there."""
    from reader import trace

    profile = _profile(settings, profile_file)
    try:
        exchanges = trace.load(file)
    except trace.TraceError as error:
        _fail(str(error), 2)
    recorder = trace.Recorder(trace.replay(exchanges))
    _read_redacted(recorder, profile)


def _read_laid_card(profile: "Profile") -> "tuple[Recorder, CardText]":
    """Read the card that lies on the reader, and print what may be printed of it."""
    from reader.errors import ReaderError
    from reader.trace import Recorder
    from reader.transports.opening import open_transport

    transport = open_transport(profile)
    try:
        with transport.session(_laid_card(transport)) as transceive:
            recorder = Recorder(transceive)
            text = _read_redacted(recorder, profile)
    except ReaderError as error:
        _fail(f"not read: {error}. `kiosk reader doctor` says what to do.", 1)
    return recorder, text


def _read_redacted(recorder: "Recorder", profile: "Profile") -> "CardText":
    """Read a card and print what may be printed of it. Ends the command where it cannot be read."""
    from kiosk.domain.document import Portrait
    from reader.chip import read_text
    from reader.errors import ReaderError, reason_of
    from reader.photo import decoder
    from reader.sam import BODY_AT, COMMANDS

    try:
        text, photo = read_text(recorder, profile)
    except ReaderError as error:
        reason, again = reason_of(error)
        _fail(f"not read: {error} ({reason}; {'lift the card and lay it again' if again else 'staff'})", 1)
    photos = decoder(profile.photo)
    portrait = photos.decode(photo)
    photos.close()
    today = date.today()  # noqa: DTZ011  # the installer's own day
    typer.echo(f"kind       {text.kind}")
    for number in text.numbers:
        typer.echo(f"number     {number.form}: its check holds{', and it is nobody’s' if number.is_nobodys() else ''}")
    typer.echo("fields     agree with the number and with each other")
    typer.echo(f"in date    {'yes' if text.valid_from <= today <= text.valid_until else 'no'}")
    typer.echo(
        f"portrait   {'decoded' if isinstance(portrait, Portrait) else 'not decodable: the visitor goes to staff'}"
    )
    for exchange in recorder.exchanges:
        command = COMMANDS.get(bytes.fromhex(exchange.command)[BODY_AT : BODY_AT + 2])
        typer.echo(f"took       {command.name if command else 'unknown command'}: {exchange.ms:.0f} ms")
    return text


def _laid_card(transport: "Transport") -> "Card":
    """Return the card that lies on the reader, after asking for one."""
    told: queue.SimpleQueue[Status] = queue.SimpleQueue()
    threading.Thread(target=lambda: transport.watch(told.put), daemon=True).start()
    deadline_s = time.monotonic() + _CARD_WITHIN_S
    asked = False
    while (left_s := deadline_s - time.monotonic()) > 0:
        try:
            status = told.get(timeout=left_s)
        except queue.Empty:
            break
        if status.card is not None:
            return status.card
        if status.faults:
            _fail(f"{', '.join(sorted(status.faults))}: `kiosk reader doctor` says what to do", 1)
        if not asked:
            typer.echo("Lay a card on the reader.", err=True)
            asked = True
    _fail("no card was laid within a minute", 1)


def _told(event: "Event") -> str:
    from kiosk.domain.what_to_do import WHAT_TO_DO
    from kiosk.visit.events import CardPresented, CardRemoved, FaultCleared, FaultRaised

    match event:
        case CardPresented(presence=presence):
            return f"card laid on {presence.reader}"
        case CardRemoved():
            return "card lifted"
        case FaultRaised(fault=fault):
            return f"{fault}: {WHAT_TO_DO[fault][0]} · {WHAT_TO_DO[fault][1]}"
        case FaultCleared(fault=fault):
            return f"{fault}: over"
        case _:
            return type(event).__name__


def _profile(settings: Path, profile_file: Path | None) -> "Profile":
    from reader import profiles
    from reader.errors import ProfileError

    try:
        # An installer looks before the module is pinned: what a production kiosk refuses is the doctor's to say.
        return profiles.load(profile_file or _loaded(settings).reader.profile, production=False)
    except ProfileError as error:
        _fail(f"{error}. docs/installer.md shows how to write one.", 2)


def _loaded(settings: Path) -> KioskSettings:
    try:
        return load_settings(settings)
    except SettingsError as error:
        _fail(str(error), 2)


def _fail(why: str, code: int) -> NoReturn:
    typer.echo(f"kiosk reader: {why}", err=True)
    raise typer.Exit(code)
