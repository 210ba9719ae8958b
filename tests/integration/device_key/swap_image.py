"""What of a process's memory could ever lie in the swap: every page that is not locked, written to a file by itself."""

from pathlib import Path


def unlocked_areas(process: str | int = "self") -> list[tuple[int, int, str]]:
    """Begin, end and name of each readable mapping of a process that is not locked (``lo`` in its flags, proc(5)).

    A file's own pages go back to the file, so of what cannot be written to only changed pages count.
    """
    areas = []
    here: tuple[int, int, str] | None = None
    can_be_swapped = False
    for line in Path(f"/proc/{process}/smaps").read_text("utf-8", errors="replace").splitlines():
        first = line.split(maxsplit=1)[0]
        if "-" in first and not first.endswith(":"):
            addresses, flags, *rest = line.split(maxsplit=5)
            begin, end = (int(text, 16) for text in addresses.split("-"))
            here = (begin, end, rest[3] if len(rest) > 3 else "") if flags.startswith("r") else None
            can_be_swapped = flags.startswith("rw")
        elif first in ("Anonymous:", "Swap:") and int(line.split()[1]):
            can_be_swapped = True
        elif first == "VmFlags:" and here is not None and can_be_swapped and "lo" not in line.split():
            areas.append(here)
    return areas


def write_swap_image(path: Path) -> list[str]:
    """Write all that could be swapped out into ``path``; return the names of the mappings it is from."""
    areas = unlocked_areas()
    with Path("/proc/self/mem").open("rb", buffering=0) as memory, path.open("wb", buffering=0) as image:
        for begin, end, name in areas:
            try:
                memory.seek(begin)
                left = end - begin
                while left and (part := memory.read(min(left, 1 << 20))):
                    image.write(part)
                    left -= len(part)
            except OSError:
                assert name in ("[vvar]", "[vvar_vclock]", "[vsyscall]"), name
    return [name for _, _, name in areas]
