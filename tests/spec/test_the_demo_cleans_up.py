"""Ctrl-C ends everything that the demo started, and nothing else."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from process_tree import descendants_of

pytestmark = [pytest.mark.pcsc, pytest.mark.models, pytest.mark.timeout(300)]


def test_ctrl_c_in_the_middle_of_the_day_leaves_nothing_running(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "hardware.simulators.scenario", "--fast", "--root", str(tmp_path / "d")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "a visitor, her own card" in line:
                break
        started = descendants_of(demo.pid)
        assert len(started) >= 5  # station, agent, card, kiosk app, its workers; pcscd where none ran before
        demo.send_signal(signal.SIGINT)
        rest = demo.stdout.read()
        assert demo.wait(60) == 130, rest
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
