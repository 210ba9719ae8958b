"""What a reader leaves behind in the system: processes, open files, threads, memory."""

from pathlib import Path


def worker_pids() -> list[int]:
    """The process ids of our reader workers, zombies included."""
    children = [
        int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text("ascii").split()
    ]
    return [pid for pid in children if b"reader.worker" in Path(f"/proc/{pid}/cmdline").read_bytes() or is_zombie(pid)]


def is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] == "Z"


def open_files(pid: int | str = "self") -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def resident_kib(pid: int) -> int:
    """The memory that the process holds, without what it shares with files."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1])
    raise AssertionError("no RssAnon")
