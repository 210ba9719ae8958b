"""One value of a settings file changed in place: its comments and its order are the installer's and stay."""

import re
from pathlib import Path

from kiosk.private_file import replace_file


def write_value(file: Path, section: str, key: str, value: str | float) -> None:
    """Write ``key = value`` under ``[section]`` ("" is the file's head), in place of what stood there.

    Raises:
        OSError: the file cannot be read or written.
    """
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    new = f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value:g}"
    here, last = section == "", 0
    for at, line in enumerate(lines):
        if header := re.match(r"\[([^\]]+)\]", line.strip()):
            here = header[1] == section
        if here and line.strip():
            last = at + 1
        if here and re.match(rf"{re.escape(key)}\s*=", line):
            comment = re.search(r"\s+#.*$", line.rstrip("\n"))
            lines[at] = new + (comment[0] if comment else "") + "\n"
            break
    else:
        lines.insert(last, new + "\n")
    replace_file(file, "".join(lines).encode())
