"""The report as one HTML page that needs no network: tables, and the DET curve as an SVG drawing."""

from importlib import resources
from statistics import NormalDist
from typing import Final

from jinja2 import Environment, StrictUndefined

from face.evaluation.rates import shown
from face.evaluation.report import Report

_TICKS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
_SIDE: Final = 420
_LOW, _HIGH = _TICKS[0], _TICKS[-1]


def html(report: Report) -> str:
    """Return the page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["rate"] = shown
    text = resources.files("face.evaluation").joinpath("report.html").read_text(encoding="utf-8")
    page = environment.from_string(text)
    ticks = [(tick, _place(tick)) for tick in _TICKS]
    return page.render(r=report, curve=_curve(report), ticks=ticks, side=_SIDE)


def _curve(report: Report) -> str:
    """Return the DET curve's points for an SVG polyline: FMR to the right, FNMR upwards, both in normal deviates."""
    places = [(_place(fmr), _SIDE - _place(fnmr)) for _, fmr, fnmr in report.det]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _place(rate: float) -> float:
    deviate = NormalDist().inv_cdf
    clipped = min(max(rate, _LOW), _HIGH)
    return _SIDE * (deviate(clipped) - deviate(_LOW)) / (deviate(_HIGH) - deviate(_LOW))
