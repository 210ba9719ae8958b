"""An SVG that somebody uploads, read as shapes and words, and written anew.

Rules
- No byte of the upload is passed on. What comes out is made of what was understood: elements and attributes of the
  lists below, values of a few characters, text with everything escaped.
- Refused, with what and where: a DTD (so there are no entities), processing instructions, scripts, event attributes,
  references of every kind (href, url(), src), ``style`` elements, and every other SVG element that is not listed.
- Left out, with all in it: what belongs to other namespaces (an editor's notes), ``metadata``, and ``defs``, of which
  nothing is shown without a reference. A ``style`` attribute is read as the attributes that it stands for.
- The parser is expat's, told that the text is UTF-8 whatever it says itself. It loads nothing from anywhere.
"""

import html
import math
import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from sync.station.refusals import BadRequestError, TooLargeError

LARGEST_BYTES: Final = 1_000_000
MOST_ELEMENTS: Final = 20_000
DEEPEST: Final = 64
LONGEST_SIDE: Final = 100_000.0
LONGEST_SHAPE: Final = 8.0
"""Width by height, or height by width: a plan that is longer cannot be read on any screen."""

_SVG: Final = "http://www.w3.org/2000/svg"
_SHOWN: Final = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"})
_ELEMENTS: Final = _SHOWN | {"svg", "g", "tspan", "title", "desc"}
_WITH_WORDS: Final = frozenset({"text", "tspan", "title", "desc"})
_LEFT_OUT: Final = frozenset({"defs", "metadata"})

_LOOKS: Final = (
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit "
    "stroke-dasharray stroke-dashoffset opacity color visibility display vector-effect paint-order font-family "
    "font-size font-weight font-style letter-spacing text-anchor dominant-baseline writing-mode"
)
_GEOMETRY: Final = "d points x y x1 y1 x2 y2 cx cy r rx ry dx dy width height transform rotate"
_ATTRIBUTES: Final = frozenset(f"{_LOOKS} {_GEOMETRY}".split())
_STYLES: Final = frozenset(_LOOKS.split())
_VALUE: Final = re.compile(r"[\w\s.,#%+()'\"-]*")
"""No colon, backslash, slash, star or at sign: no address, escape or comment can be written with what is left."""
_FUNCTION: Final = re.compile(r"([\w-]*)\s*\(")
_FUNCTIONS: Final = frozenset(
    {"rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewX", "skewY"}
)
_LENGTH: Final = re.compile(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(?:px|pt|pc|mm|cm|in)?\s*")


@dataclass(frozen=True, slots=True)
class PlanSvg:
    """A plan that holds nothing but shapes and words. ``width`` and ``height`` are in its own units."""

    svg: bytes
    width: float
    height: float


def clean(text: str) -> PlanSvg:
    """Return what an SVG shows.

    Raises:
        TooLargeError: "plan-too-large".
        BadRequestError: what was met and, as ``line``, where: "plan-not-svg", "plan-dtd", "plan-instruction",
            "plan-script", "plan-reference", "plan-element", "plan-value", "plan-too-many", "plan-too-deep"; or of the
            whole: "plan-size" (none that can be used), "plan-empty" (nothing is drawn).
    """
    upload = text.encode("utf-8", "replace")  # half a surrogate pair can come in JSON
    if len(upload) > LARGEST_BYTES:
        raise TooLargeError("plan-too-large", kilobytes=LARGEST_BYTES // 1000)
    reader = _Reader()
    try:
        reader.expat.Parse(upload, True)
    except expat.ExpatError as wrong:
        raise BadRequestError("plan-not-svg", line=wrong.lineno) from None
    if not reader.shapes:
        raise BadRequestError("plan-empty")
    return PlanSvg("".join(reader.written).encode(), reader.width, reader.height)


@dataclass
class _Reader:
    """Listens to the parser and writes down what may stay."""

    written: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    left_out: int = 0
    """How deep we are in what is left out."""
    elements: int = 0
    shapes: int = 0
    width: float = 0.0
    height: float = 0.0

    def __post_init__(self) -> None:
        self.expat = expat.ParserCreate("utf-8", " ")
        self.expat.buffer_text = True
        self.expat.StartDoctypeDeclHandler = lambda *_: self._refuse("plan-dtd")
        self.expat.ProcessingInstructionHandler = lambda *_: self._refuse("plan-instruction")
        self.expat.StartElementHandler = self._begin
        self.expat.EndElementHandler = self._end
        self.expat.CharacterDataHandler = self._text

    def _refuse(self, code: str, **facts: str) -> None:
        raise BadRequestError(code, line=self.expat.CurrentLineNumber, **{k: v[:40] for k, v in facts.items()})

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            self._refuse("plan-too-many", most=str(MOST_ELEMENTS))
        if len(self.open) + self.left_out >= DEEPEST:
            self._refuse("plan-too-deep", most=str(DEEPEST))
        if self.elements == 1 and (space, local) != (_SVG, "svg"):
            self._refuse("plan-not-svg")
        if local.lower() == "script":  # wherever it stands
            self._refuse("plan-script", what="script")
        if self.left_out or space != _SVG or local in _LEFT_OUT:
            self.left_out += 1
            return
        if local not in _ELEMENTS or (local == "svg" and self.elements > 1):
            self._refuse("plan-element", element=local)
        kept = self._kept(attributes)
        if local == "svg":
            kept = {name: value for name, value in kept.items() if name in _STYLES}
            kept = {"xmlns": _SVG, **self._size(attributes), **kept}
        self.shapes += local in _SHOWN
        self.open.append(local)
        self.written.append(f"<{local}{''.join(map(_attribute, kept.items()))}>")

    def _end(self, _name: str) -> None:
        if self.left_out:
            self.left_out -= 1
        else:
            self.written.append(f"</{self.open.pop()}>")

    def _text(self, text: str) -> None:
        if not self.left_out and self.open[-1] in _WITH_WORDS:
            self.written.append(html.escape(text))

    def _kept(self, attributes: dict[str, str]) -> dict[str, str]:
        kept = {}
        for name, value in attributes.items():
            local = name.rpartition(" ")[2].lower()
            if local.startswith("on"):
                self._refuse("plan-script", what=local)
            if local in ("href", "src"):
                self._refuse("plan-reference", what=local)
            if name in _ATTRIBUTES:
                kept[name] = self._checked(name, value)
        for declaration in attributes.get("style", "").split(";"):
            name, _, value = (part.strip() for part in declaration.partition(":"))
            if name in _STYLES:
                kept[name] = self._checked(name, value)
        return kept

    def _checked(self, name: str, value: str) -> str:
        functions = set(_FUNCTION.findall(value))
        if "url" in {function.lower() for function in functions}:
            self._refuse("plan-reference", what=name)
        if not _VALUE.fullmatch(value) or not functions <= _FUNCTIONS:
            self._refuse("plan-value", attribute=name)
        return value

    def _size(self, attributes: dict[str, str]) -> dict[str, str]:
        """Return the root's own attributes: the part of the drawing that is shown, and as large in its own units."""
        numbers = [_number(part) for part in re.split(r"[\s,]+", attributes.get("viewBox", "").strip())]
        if len(numbers) != 4:
            lengths = (_LENGTH.fullmatch(attributes.get(side, "")) for side in ("width", "height"))
            numbers = [0.0, 0.0, *(_number(length[1]) if length else math.nan for length in lengths)]
        left, top, width, height = numbers
        usable = all(0 < side <= LONGEST_SIDE for side in (width, height)) and math.isfinite(left + top)
        if not usable or max(width / height, height / width) > LONGEST_SHAPE:
            raise BadRequestError("plan-size")
        self.width, self.height = width, height
        box = " ".join(f"{number:.10g}" for number in numbers)
        return {"viewBox": box, "width": f"{width:.10g}", "height": f"{height:.10g}"}


def _attribute(named: tuple[str, str]) -> str:
    name, value = named
    return f' {name}="{html.escape(value)}"'


def _number(text: str) -> float:
    try:
        return float(text) if text.isascii() else math.nan
    except ValueError:
        return math.nan
