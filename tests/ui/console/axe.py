"""What axe-core finds wrong on a page: contrast, names, roles, and all that WCAG 2.2 AA lets a machine look for."""

from importlib.resources import files
from typing import Final

from playwright.sync_api import Page

_AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text()
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS: Final = ("serious", "critical")


def serious_faults(page: Page) -> list[str]:
    """Return the serious faults of the page as it stands: rule, and the elements that break it.

    The devtools protocol evaluates the script, so the page's CSP stays as it is.
    """
    page.evaluate(_AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", _RULES)
    return [
        f"{fault['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for fault in found["violations"]
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]
