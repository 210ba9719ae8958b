"""What it would cost to read a stolen list back, measured on this machine.

A number has so few possibilities that all of them can be tried, so each guess is made slow (watchlist.seal). Whether a
guess can be tried at all is a matter of keys: of the device's, without which a kiosk's copy says nothing, and of the
kiosk group's, without which nobody knows a pepper.
"""

import math
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import typer

from kiosk.domain.numbers import DocumentNumber, check_character
from kiosk.process import keep_freed_memory
from watchlist.seal import ARGON2_MEMORY_KIB, Pepper, stretch

cli = typer.Typer(no_args_is_help=True, help=__doc__)

_GPU_HOURS: Final = 2_500.0
"""For every resident number: some 5,000 at 64 MiB (facts/sync), and half of that for half the memory."""
_DAY_S: Final = 86_400.0
_YEAR_S: Final = 365.25 * _DAY_S
_REGIONS, _BIRTH_DATES, _SEQUENCES = 3_500, 36_500, 1_000


@dataclass(frozen=True, slots=True)
class Space:
    """A set of numbers that a thief would try: whom they may belong to, and how many there are."""

    whose: str
    guesses: int


SPACES: Final = (
    Space("every resident number (18 characters)", _REGIONS * _BIRTH_DATES * _SEQUENCES),
    Space("residents of one region", _BIRTH_DATES * _SEQUENCES),
    Space("a resident of known region and birth date", _SEQUENCES),
    # Nationality, province, two digits, birth date, one digit; the check digit follows from them.
    Space("every permanent residence card of 2017", 250 * 34 * 100 * _BIRTH_DATES * 10),
    Space("one of known nationality and birth date", 34 * 100 * 10),
    Space("every travel permit of eight digits", 10**8),
    Space("the same, and those with H or M before them", 3 * 10**8),
)

_WHAT_A_THIEF_HAS: Final = (
    (
        "the disk of a kiosk with a TPM",
        "Nothing: without the key in the TPM no guess can be checked, not even a true one. The group's key is locked "
        "with it, so the published list does not help.",
    ),
    (
        "that disk and the whole machine, switched off",
        "The same, while the machine starts only its own system (firmware password, boot lock). If it starts the "
        "thief's, the TPM hands him the key: then the guesses below.",
    ),
    (
        "the disk of a kiosk with its key in a file",
        "The guesses below: the key is on the disk.",
    ),
    (
        "the published list (a web server, a stick)",
        "Nothing. A pepper of 32 random bytes, sealed for the group, goes into every guess.",
    ),
    (
        "the published list and the group's key, or a pepper",
        "The guesses below; no kiosk is needed.",
    ),
)
_WHAT_IT_MEANS: Final = (
    "That is for trying all of them: to find one entry takes half of it on average, and to ask whether one person of "
    "known number is listed takes one guess. One GPU: by the estimate of docs/adr/0007, some 5,000 GPU-hours at 64 MiB "
    "for every resident number; it was not measured here. Many cores and many GPUs share the work."
)
_COLUMNS: Final = 98


@cli.command("cost-of-theft")
def cost_of_theft(
    seconds: Annotated[float, typer.Option(help="How long to measure.", min=0.2, max=600)] = 5.0,
) -> None:
    """Measure a guess on one core of this machine, and print what a thief could read back and at what cost."""
    keep_freed_memory()
    for line in report(measure(seconds)):
        typer.echo(line)


def measure(seconds: float, clock: Callable[[], float] = time.thread_time) -> float:
    """Return how many guesses a second one core makes here. Other work on the machine does not count."""
    first_17 = "00000019800101001"  # a region that was never given out
    number, pepper = DocumentNumber(first_17 + check_character(first_17)), Pepper(1, bytes(32))
    stretch(number, pepper)  # the first one also fetches its memory
    guesses, began_s = 0, clock()
    while (took_s := clock() - began_s) < seconds:
        stretch(number, pepper)
        guesses += 1
    return guesses / took_s


def report(guesses_per_s: float) -> Iterator[str]:
    """Yield the lines, at the most 100 characters each. No number in them is more exact than it can be."""
    cost = f"Argon2id, {ARGON2_MEMORY_KIB // 1024} MiB, one pass"
    yield f"One guess ({cost}) takes about {rounded(1000 / guesses_per_s)} ms of one core of this machine."
    yield "It is tried against every entry of the list at once."
    yield ""
    yield "What a thief has, and what he can do with it"
    for has, can in _WHAT_A_THIEF_HAS:
        yield f"- {has}"
        yield from _wrapped(can, "    ")
    yield ""
    yield f"{'What he tries':<46}{'guesses':>18}{'one core, here':>18}{'one GPU':>16}"
    for space in SPACES:
        gpu_s = _GPU_HOURS * 3600 * space.guesses / SPACES[0].guesses
        core_s = space.guesses / guesses_per_s
        yield f"{space.whose:<46}{rounded(space.guesses):>18}{duration(core_s):>18}{duration(gpu_s):>16}"
    yield ""
    yield from _wrapped(_WHAT_IT_MEANS, "")


def rounded(value: float) -> str:
    """Return a positive number with one or two digits that count, and thousands set off."""
    if value < 1:
        return "less than 1"
    digits = math.floor(math.log10(value))
    step = 10.0 ** max(digits - 1, 0)
    return f"{round(value / step) * step:,.0f}"


def duration(seconds: float) -> str:
    """Return a time in the unit that a person would use for it."""
    for name, unit_s in (("year", _YEAR_S), ("day", _DAY_S), ("hour", 3600.0), ("minute", 60.0), ("second", 1.0)):
        if seconds >= 2 * unit_s:
            return f"{rounded(seconds / unit_s)} {name}s"
    return "< 2 seconds"


def _wrapped(text: str, indent: str) -> Iterator[str]:
    yield from textwrap.wrap(text, _COLUMNS, initial_indent=indent, subsequent_indent=indent)
