"""What axe-core finds wrong on a page: contrast, names, roles, and all that WCAG 2.2 AA lets a machine look for."""

from importlib.resources import files
from typing import Final

from playwright.sync_api import Page

_AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text()
_FAULTS: Final = {"resultTypes": ["violations"], "selectors": False}
"""Of the thousands of elements that are as they should be, axe-core need not tell where each stands."""
_ALL: Final = {**_FAULTS, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_COLOURS: Final = {**_FAULTS, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SERIOUS: Final = ("serious", "critical")


def serious_faults(page: Page, *, colours_alone: bool = False) -> list[str]:
    """Return the serious faults of the page as it stands: rule, and the elements that break it.

    With ``colours_alone``, of a page that was looked at before and differs by its colours. The devtools protocol
    evaluates the script, so the page's CSP stays as it is.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    found = page.evaluate("rules => axe.run(rules)", _COLOURS if colours_alone else _ALL)
    return [
        f"{fault['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for fault in found["violations"]
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]
