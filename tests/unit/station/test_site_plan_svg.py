"""A plan that an admin uploads is shapes and words when it is kept, whatever it was when it came."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.station.plan_svg import clean
from sync.station.refusals import RefusedError

EXAMPLE = Path(__file__).parents[3] / "docs" / "pictures" / "gutian-lanes.svg"
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 50">'
BOX = '<rect width="10" height="10"/>'


def drawn(inside: str) -> str:
    return f"{OPEN}{inside}{BOX}</svg>"


def deep(levels: int) -> str:
    return drawn("<g>" * levels + "</g>" * levels)


def laughs() -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE svg [<!ENTITY l0 "ha">{entities}]>{drawn("<text>&l9;</text>")}'


HOSTILE = {
    "a script": (drawn("<script>alert(1)</script>"), "plan-script"),
    "a script in capitals": (drawn("<SCRIPT>alert(1)</SCRIPT>"), "plan-script"),
    "a script of XHTML": (drawn('<s:script xmlns:s="http://www.w3.org/1999/xhtml">alert(1)</s:script>'), "plan-script"),
    "a script among an editor's notes": (drawn('<n xmlns="urn:n"><script>alert(1)</script></n>'), "plan-script"),
    "a script in defs": (drawn("<defs><script>alert(1)</script></defs>"), "plan-script"),
    "onload": (OPEN.replace(">", ' onload="alert(1)">') + BOX + "</svg>", "plan-script"),
    "onclick": (drawn('<rect width="1" height="1" onclick="alert(1)"/>'), "plan-script"),
    "ONMOUSEOVER": (drawn('<g ONMOUSEOVER="alert(1)"/>'), "plan-script"),
    "a link to javascript": (drawn('<a href="javascript:alert(1)"><path d="M0 0"/></a>'), "plan-element"),
    "xlink:href of javascript": (drawn('<g xlink:href="javascript:alert(1)"/>'), "plan-reference"),
    "href": (drawn('<text href="https://evil.example/">x</text>'), "plan-reference"),
    "an external use": (drawn('<use href="https://evil.example/a.svg#x"/>'), "plan-element"),
    "a use of itself": (drawn('<g id="a"><use href="#a"/></g>'), "plan-element"),
    "an external picture": (drawn('<image href="https://evil.example/a.png"/>'), "plan-element"),
    "a picture as data": (drawn('<image xlink:href="data:image/svg+xml;base64,PHN2Zz4="/>'), "plan-element"),
    "a filter's picture": (drawn('<filter><feImage href="https://evil.example/"/></filter>'), "plan-element"),
    "foreignObject": (drawn("<foreignObject><p>x</p></foreignObject>"), "plan-element"),
    "an animation that sets a link": (drawn('<animate attributeName="href" to="javascript:1"/>'), "plan-element"),
    "set": (drawn('<g><set attributeName="onload" to="alert(1)"/></g>'), "plan-element"),
    "a handler": (drawn('<handler type="text/javascript">alert(1)</handler>'), "plan-element"),
    "a style that imports": (drawn("<style>@import url(https://evil.example/a.css);</style>"), "plan-element"),
    "a font that loads": (drawn("<font-face><font-face-src/></font-face>"), "plan-element"),
    "a fill that loads": (drawn('<rect fill="url(https://evil.example/a#b)"/>'), "plan-reference"),
    "a fill that loads, in capitals": (drawn('<rect fill="URL (//evil.example/)"/>'), "plan-reference"),
    "a style that loads": (drawn('<rect style="fill:url(https://evil.example/#b)"/>'), "plan-reference"),
    "an escaped url": (drawn(r'<rect style="fill:\75 rl(//evil.example/)"/>'), "plan-value"),
    "a url with a comment in it": (drawn('<rect fill="u/**/rl(//evil.example/)"/>'), "plan-value"),
    "an expression": (drawn('<rect style="stroke:expression(alert(1))"/>'), "plan-value"),
    "a paint by image-set": (drawn("<rect fill=\"image-set('a.png' 1x)\"/>"), "plan-value"),
    "entities that laugh": (laughs(), "plan-dtd"),
    "an external entity": (
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>{drawn("<text>&x;</text>")}',
        "plan-dtd",
    ),
    "a parameter entity": (f'<!DOCTYPE svg [<!ENTITY % x SYSTEM "//evil.example/">%x;]>{drawn("")}', "plan-dtd"),
    "SVG's own public DTD": (
        f'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "//evil.example/svg11.dtd">{drawn("")}',
        "plan-dtd",
    ),
    "an entity that nobody has said": (drawn("<text>&x;</text>"), "plan-not-svg"),
    "a style sheet beside it": (f'<?xml-stylesheet href="//evil.example/a.css"?>{drawn("")}', "plan-instruction"),
    "PHP": (drawn("<?php system('id') ?>"), "plan-instruction"),
    "HTML": ("<!doctype html><html><script>alert(1)</script></html>", "plan-not-svg"),
    "XHTML with its DTD": ("<!DOCTYPE html><html/>", "plan-dtd"),
    "HTML that is XML": ('<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "plan-not-svg"),
    "an svg of no namespace": ('<svg viewBox="0 0 9 9"><rect/></svg>', "plan-not-svg"),
    "another namespace's svg": ('<svg xmlns="urn:svg" viewBox="0 0 9 9"><rect/></svg>', "plan-not-svg"),
    "a picture of pixels": ("\x89PNG\r\n\x1a\n", "plan-not-svg"),
    "a PDF": ("%PDF-1.7", "plan-not-svg"),
    "nothing": ("", "plan-not-svg"),
    "half of one": (drawn("<g>"), "plan-not-svg"),
    "an SVG with a page after it": (f"{drawn('')}<html/>", "plan-not-svg"),
    "half a character": (drawn("<text>\ud800</text>") + "\ud800", "plan-not-svg"),
    "too large": (drawn("<desc>" + "x" * 1_000_000 + "</desc>"), "plan-too-large"),
    "too many elements": (drawn("<g/>" * 20_001), "plan-too-many"),
    "too deep": (deep(64), "plan-too-deep"),
    "too deep in what is left out": (drawn('<n xmlns="urn:n">' + "<n>" * 70 + "</n>" * 71), "plan-too-deep"),
    "an svg in the svg": (drawn("<svg/>"), "plan-element"),
    "no size": (f'<svg xmlns="http://www.w3.org/2000/svg">{BOX}</svg>', "plan-size"),
    "no number for a size": (drawn("").replace("0 0 100 50", "0 0 NaN inf"), "plan-size"),
    "no height": (drawn("").replace("0 0 100 50", "0 0 100 0"), "plan-size"),
    "a size in percent": (f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="9">{BOX}</svg>', "plan-size"),
    "a strip": (drawn("").replace("0 0 100 50", "0 0 9000 1"), "plan-size"),
    "an empty sheet": (f"{OPEN}<g/></svg>", "plan-empty"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_plan_is_refused_and_told_why(what: str) -> None:
    upload, code = HOSTILE[what]
    with pytest.raises(RefusedError) as refused:
        clean(upload)
    assert refused.value.code == code


def test_a_refusal_says_on_which_line_and_repeats_no_more_than_a_name() -> None:
    with pytest.raises(RefusedError) as refused:
        clean(drawn(f"\n\n<{'x' * 500}/>"))
    assert refused.value.facts == {"element": "x" * 40, "line": 3}


LEFT_OUT = {
    "an editor's notes": '<n:view xmlns:n="urn:n" n:onload="x">kept nowhere<rect/></n:view>',
    "metadata": "<metadata>who drew it</metadata>",
    "defs": '<defs><linearGradient id="a" href="#b"/></defs>',
    "a comment": "<!-- --><!-- <script> -->",
    "CDATA outside of a text": "<g><![CDATA[<script>alert(1)</script>]]></g>",
    "a class": '<g class="x" id="y" data-z="1" clip-path="url(#c)" filter="url(#f)" mask="url(//evil.example/)"/>',
    "a look that nobody knows": '<g style="background:url(//evil.example/);-moz-binding:url(x);behavior:url(y)"/>',
    "another language's base": '<g xml:base="https://evil.example/"/>',
}


@pytest.mark.parametrize("what", LEFT_OUT)
def test_what_a_plan_does_not_need_is_left_out_of_it(what: str) -> None:
    kept = clean(drawn(LEFT_OUT[what])).svg.decode()
    assert re.sub(r"<g></g>", "", kept) == clean(drawn("")).svg.decode()


def test_words_and_looks_are_kept_and_words_are_no_markup() -> None:
    text = '<text x="1" style="fill:#0a0; font-family: \'Noto Sans\'">东门 &lt;script&gt; <tspan>&amp;</tspan></text>'
    kept = clean(drawn(text)).svg.decode()
    assert (
        '<text x="1" fill="#0a0" font-family="&#x27;Noto Sans&#x27;">东门 &lt;script&gt; <tspan>&amp;</tspan>' in kept
    )


def test_a_plan_that_has_a_size_and_no_view_gets_one() -> None:
    plan = clean(f'<svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm" fill="none">{BOX}</svg>')
    assert plan.svg.startswith(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 297 210" width="297" height="210" fill="none">'
    )
    assert (plan.width, plan.height) == (297.0, 210.0)


def test_the_example_plan_stays_what_it_is_when_it_is_cleaned_again() -> None:
    plan = clean(EXAMPLE.read_text(encoding="utf-8"))
    assert clean(plan.svg.decode()) == plan


def tags() -> st.SearchStrategy[str]:
    names = st.sampled_from(["g", "rect", "text", "title", "script", "style", "use", "a", "image", "defs", "x:y"])
    attributes = st.sampled_from(["", ' fill="url(#a)"', ' onload="x"', ' href="x"', ' style="fill:red"', ' d="M0 0"'])
    return st.builds(lambda name, attribute, text: f"<{name}{attribute}>{text}</{name}>", names, attributes, st.text())


@given(st.lists(tags() | st.text() | st.sampled_from(["<!DOCTYPE svg []>", "<g>", "</g>", "<![CDATA[", "]]>", "&#0;"])))
def test_whatever_comes_is_refused_or_becomes_what_may_stay(pieces: list[str]) -> None:
    try:
        plan = clean(drawn("".join(pieces)))
    except RefusedError:
        return
    assert clean(plan.svg.decode()) == plan
    for element in ElementTree.fromstring(plan.svg).iter():  # noqa: S314  # what we have written ourselves
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in {"svg", "g", "rect", "text", "title"}
        assert not {name for name in element.attrib if name.startswith("on") or "href" in name}
