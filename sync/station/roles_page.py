"""The table of docs/roles.md, made from sync.station.rights: ``python -m sync.station.roles_page docs/roles.md``."""

import sys
from pathlib import Path
from typing import Final

from sync.station.rights import MEANING, RIGHTS, Right, Role

BEGINS: Final = "<!-- made by sync.station.roles_page: make docs -->"


def table() -> str:
    """Return the rights as a table: a row for each right, a column for each role."""
    head = ["| may |", *(f" {role} |" for role in Role)]
    rows = [
        f"| {MEANING[right]} |" + "".join(" ✓ |" if role in RIGHTS[right] else "  |" for role in Role)
        for right in Right
    ]
    return "\n".join(["".join(head), "|---|" + ":-:|" * len(Role), *rows, ""])


def main() -> None:
    """Write the table at the end of the page."""
    page = Path(sys.argv[1])
    kept = page.read_text(encoding="utf-8").partition(BEGINS)[0]
    page.write_text(f"{kept}{BEGINS}\n{table()}", encoding="utf-8")


if __name__ == "__main__":
    main()
