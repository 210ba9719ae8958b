"""kill -9 while a batch is being committed leaves the old list or the new one."""

import random
import signal
import subprocess
import sys
from pathlib import Path

from kiosk_disk import KioskDisk
from list_author import NOON, ListAuthor, some_rows

_APPLY = """
import sys
from datetime import datetime
from pathlib import Path
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.store import LIST_FILE, ListStore

folder = Path(sys.argv[1])
trusted = trust.load(folder / trust.TRUST_FILE)
replica = ListStore.create(folder / LIST_FILE, trusted, FileDeviceKeys.load(folder / KEY_FILE))
print("ready", flush=True)
for name in sys.argv[3:]:
    replica.apply((folder / name).read_bytes(), datetime.fromisoformat(sys.argv[2]))
    print(name, flush=True)
"""


def test_killed_in_mid_apply_the_copy_is_the_old_list_or_the_new_one(tmp_path: Path) -> None:
    author = ListAuthor()
    for person in range(600):
        author.add_rows(person, some_rows())
    kiosk = KioskDisk(tmp_path, author)
    steps = range(0, 601, 100)
    for step in steps[1:]:
        (tmp_path / f"batch-{step}").write_bytes(author.batch(step - 100, up_to=step))
    chance = random.Random(1)
    for _ in range(6):
        with kiosk.replica() as replica:
            done = replica.position().seq
        names = [f"batch-{step}" for step in steps if step > done]
        command = [sys.executable, "-c", _APPLY, str(tmp_path), NOON.isoformat(), *names]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as agent:
            assert agent.stdout is not None
            assert agent.stdout.readline() == "ready\n"
            try:
                agent.wait(timeout=chance.uniform(0.0, 0.06))
            except subprocess.TimeoutExpired:
                agent.send_signal(signal.SIGKILL)
            told = [line.strip() for line in agent.stdout]
        with kiosk.replica() as replica:
            position = replica.position()
            found = replica.find([change.rows[0].idx for change in author.changes])
        assert position.seq in steps
        assert position.seq >= max([done, *(int(name.removeprefix("batch-")) for name in told)])
        assert position.head == author.heads[position.seq]
        assert [bool(rows) for rows in found.rows] == [seq < position.seq for seq in range(600)]
