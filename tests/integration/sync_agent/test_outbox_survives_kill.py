"""An alarm whose raise_alarm returned is in the outbox, whatever happens to the process then."""

import signal
import subprocess
import sys
from pathlib import Path

from raised import panic

from sync.kiosk_end.outbox import OutboxFile

_RAISE = """
import sys
from pathlib import Path
from raised import admitted, panic
from sync.kiosk_end.outbox import OutboxFile

outbox = OutboxFile(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 10_000):
    outbox.count(admitted())
    outbox.raise_alarm(panic(number))
    print(number, flush=True)
"""


def test_every_acknowledged_alarm_survives_kill_9_once_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    acknowledged: list[int] = []
    for _ in range(3):
        first = acknowledged[-1] + 1 if acknowledged else 0
        command = [sys.executable, "-c", _RAISE, str(path), str(first)]
        here = {"PYTHONPATH": str(Path(__file__).parent)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=here) as app:
            assert app.stdout is not None
            for line in app.stdout:
                acknowledged.append(int(line))
                if len(acknowledged) % 50 == 0 and app.poll() is None:
                    app.send_signal(signal.SIGKILL)
    outbox = OutboxFile(path)
    messages = outbox.pending(10_000)
    outbox.close()
    kept = [message.id for message in messages]
    # The one that was being committed when the kill came may be there as well; the next process raised it again.
    assert kept[: len(acknowledged)] == [panic(number).id for number in acknowledged]
    assert len(kept) <= len(acknowledged) + 1
    assert [message.seq for message in messages] == list(range(1, len(kept) + 1))
