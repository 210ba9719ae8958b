"""``make demo``: a day at the gate on real parts, one line a visitor, and pictures of all that people saw."""

import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Final

import typer

from hardware.simulators.camera import NOBODY
from hardware.simulators.personas import PERSONAS
from hardware.simulators.scenario.console import take_pictures
from hardware.simulators.scenario.day import Day, Outcome, Visitor, play
from hardware.simulators.scenario.dispatcher import RefusedError
from hardware.simulators.scenario.house import House
from hardware.simulators.scenario.processes import REPOSITORY, StartError
from hardware.simulators.scenario.window import NotSeenError
from kiosk.visit.screen import ScreenKind

ROOT: Final = REPOSITORY / "build" / "demo"
_IN_PICTURES: Final = ("1", "7", "8")
"""The visitors whose screens are kept: CC0 faces before the camera. No picture is taken of anybody who is listed in
the story: these are real people, who agreed to research and to nothing else (docs/adr/0005)."""


def main(
    stay: Annotated[bool, typer.Option("--stay", help="Leave everything running until Ctrl-C.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="A card that answers at once.")] = False,
    root: Annotated[Path, typer.Option(help="Everything of the day stands in this folder, which is emptied.")] = ROOT,
) -> None:
    """Play the day; exit 1 if any visitor had the wrong outcome."""
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    try:
        with House(root, delay=not fast, say=lambda text: say(f"▸ {text}")) as house:
            wrong = play_day(house, began)
            if stay:
                wait_for_guest(house)
    except KeyboardInterrupt:
        say("\nended; nothing of it is running any more")
        raise SystemExit(130) from None
    except (StartError, NotSeenError, RefusedError, OSError) as error:
        say(f"✗ {error}\n  logs: {root / 'logs'}")
        raise SystemExit(2) from None
    raise SystemExit(1 if wrong else 0)


def play_day(house: House, began: float) -> int:
    """Play every visitor and return how many had the wrong outcome."""
    pictures = house.root / "pictures"
    pictures.mkdir()
    house.window.wait_until_shown(ScreenKind.ATTRACT, timeout_s=60)
    house.window.picture(pictures / "attract.png")
    say(f"  ready after {time.monotonic() - began:.1f} s\n")
    say(HEADING)
    wrong = 0
    for visitor in Day().visitors():
        house.window.keep_pictures(pictures if visitor.number in _IN_PICTURES else None)
        outcome = play(house, visitor)
        say(line(visitor, outcome))
        if outcome.wrong:
            wrong += 1
            say(f"     ✗ {outcome.wrong}")
    show_the_rest(house, pictures)
    first = house.dispatcher.alarms()[0]
    house.dispatcher.acknowledge(str(first["id"]))
    taken = take_pictures(house.url, house.admin, pictures)
    say(f"\n  {'all outcomes right' if not wrong else f'{wrong} outcomes WRONG'} · {time.monotonic() - began:.0f} s")
    say(f"  pictures of the screens and of the console ({len(taken)} pages): {pictures}")
    return wrong


def show_the_rest(house: House, pictures: Path) -> None:
    """Take the pictures of what no visitor of the day met: a forgotten card, and a lane out of service."""
    house.before_camera("lisa")
    house.card.lay(PERSONAS["lisa"])
    house.window.wait_until_shown(ScreenKind.TAKE_CARD, timeout_s=30)
    house.window.picture(pictures / "take-card.png")
    house.before_camera("fault:stall")
    house.card.lift()
    house.window.wait_until_shown(ScreenKind.OUT_OF_SERVICE, timeout_s=30)
    house.window.picture(pictures / "out-of-service.png")
    house.before_camera(NOBODY)
    house.window.wait_until_shown(ScreenKind.ATTRACT, timeout_s=30)


HEADING: Final = f"  {'visitor':<38}{'saw':<22}{'the station got':<48}{'card':>7}{'face':>7}{'list':>7}{'total':>8}"


def line(visitor: Visitor, outcome: Outcome) -> str:
    """Return the visitor's one line."""
    times = "".join(
        f"{'–' if (value := outcome.durations.get(stage)) is None else f'{value:.2f}':>{width}}"
        for stage, width in (("read_s", 7), ("face_s", 7), ("list_s", 7), ("total_s", 8))
    )
    last = outcome.saw[-1] if outcome.saw else "nothing"
    seen = visitor.sees if visitor.sees in outcome.saw else last
    again = "again, " if ScreenKind.LAY_AGAIN in outcome.saw else ""
    mark = "✗" if outcome.wrong else "✓"
    return f"{mark} {visitor.number:>3} {visitor.title:<34}{again + seen:<22}{outcome.got:<48}{times}"


def wait_for_guest(house: House) -> None:
    """Leave everything running for somebody who wants to look around."""
    invitation = house.admin.invitation("dispatcher")
    say(f"\n  the console: {house.url}{invitation}   (a one-time link: choose a name and a password)")
    say(f"  before the camera:  echo lisa > {house.stage}      (nobody, or a persona of `simulate card --help`)")
    say(f"  lay a card:         {Path(sys.executable).parent}/simulate card lisa")
    say("  Ctrl-C ends everything")
    signal.pause()


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


if __name__ == "__main__":
    typer.run(main)
