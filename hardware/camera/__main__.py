"""The worker's command line: ``python -m hardware.camera SOURCE RING_FD FIRST_SEQ``. Only the app starts it."""

import sys

from hardware.camera.worker import work

if __name__ == "__main__":
    _, source_name, ring_fd, first_seq = sys.argv
    sys.exit(work(source_name, int(ring_fd), int(first_seq)))
