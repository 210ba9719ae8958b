"""``kiosk-sync``: enrol a kiosk once, then run its agent."""

import asyncio
from pathlib import Path
from typing import Annotated

import structlog
import typer

from kiosk import logbook, process
from sync.kiosk_end import agent, log, set_aside
from sync.kiosk_end.enrol import EnrolError
from sync.kiosk_end.roads import MirrorError, Mirrors
from watchlist.device_errors import DeviceKeyError
from watchlist.device_key import KeyMode
from watchlist.trust import TrustError

# No pretty tracebacks: they print the values of local variables.
app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
app.command("set-aside")(set_aside.command)
_LOG = structlog.get_logger()

StationUrl = Annotated[str, typer.Option(help="The station's address, such as https://station.example:8443.")]
DataFolder = Annotated[Path, typer.Option(help="The folder that the agent shares with the kiosk app.")]
DeviceKey = Annotated[
    KeyMode,
    typer.Option(help="Where the key is that ties the list to this machine; auto takes a TPM if there is one."),
]


@app.command()
def enrol(
    station: StationUrl,
    ca: Annotated[Path, typer.Option(help="The site's CA certificate, brought by the installer.")],
    token: Annotated[str, typer.Option(help="The one-time token that the station gave for this lane.")],
    data: DataFolder,
    device_key: DeviceKey = "auto",
) -> None:
    """Make this kiosk's key here, and ask the station for its certificate and the list's keys."""
    try:
        trusted = asyncio.run(agent.enrol_kiosk(station, ca, token, data, device_key))
    except (EnrolError, DeviceKeyError) as error:
        raise SystemExit(str(error)) from None
    except FileNotFoundError:
        raise SystemExit(f"there is no CA certificate at {ca}") from None
    except agent.AgentRunningError:
        raise SystemExit(f"an agent works in {data}: stop it, enrol, and start it again") from None
    typer.echo(f"enrolled as {trusted.kiosk} on lane {trusted.lane} of {trusted.site}")


@app.command()
def run(
    station: StationUrl,
    data: DataFolder,
    counts_every: Annotated[float, typer.Option(help="Seconds between two messages of counts.", min=0.1)] = (
        agent.COUNTS_EVERY_S
    ),
    mirror: Annotated[
        list[str] | None,
        typer.Option(help="A web server that holds the published list, tried when the station does not answer."),
    ] = None,
    mirror_ca: Annotated[
        Path | None, typer.Option(help="The CAs of the mirrors; without it the site's own CA.")
    ] = None,
    plain_http: Annotated[bool, typer.Option(help="Allow mirrors without encryption.")] = False,
    device_key: DeviceKey = "auto",
) -> None:
    """Drain the outbox, keep the list current, send heartbeats, until SIGTERM."""
    logbook.configure(log.CATALOGUE)
    if not process.keep_out_of_swap():
        _LOG.warning("memory.may-be-swapped")
    settings = agent.AgentSettings(
        station_url=station,
        data=data,
        counts_every_s=counts_every,
        mirrors=Mirrors(urls=tuple(mirror or ()), ca=mirror_ca, plain_http=plain_http),
        device_key=device_key,
    )
    try:
        asyncio.run(agent.run(settings))
    except FileNotFoundError:
        raise SystemExit(f"this kiosk is not enrolled (nothing in {data}): run kiosk-sync enrol first") from None
    except agent.EnrolledBeforeError:
        raise SystemExit(
            "this kiosk was enrolled by an earlier version, whose list was signed otherwise: run kiosk-sync enrol "
            "again with a new token (alarms that wait in the outbox stay there and are sent afterwards)"
        ) from None
    except TrustError:
        raise SystemExit("the trust file is damaged: run kiosk-sync enrol again") from None
    except (DeviceKeyError, MirrorError) as error:
        raise SystemExit(str(error)) from None
    except agent.AgentRunningError:
        raise SystemExit(f"another agent already works in {data}") from None


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
