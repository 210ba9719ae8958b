"""A PC/SC reader of our own making, for tests: what vpcd cannot do (escapes, unplugging, stalls, garbage).

- ``ifd.c``: the driver that pcscd loads. It knows nothing and asks ``reader`` for every answer.
- ``driver``: compiles it, and writes the configuration that points pcscd at it. Nothing is installed.
- ``reader``: ``VirtualReader``, which a test plugs in and out and lays cards on.

How pcscd 1.9.9 treats a reader of its configuration (measured): it lists it for ever. When the driver says that the
device is gone, its state becomes UNAVAILABLE after up to 2 s; the driver is asked again every second, and when the
device is back so is the reader. A USB reader would leave the list instead; of that there is no virtual one here.
"""

from hardware.simulators.ifd.driver import ESCAPE_SOCKETS, build_driver
from hardware.simulators.ifd.reader import VirtualReader

__all__ = ["ESCAPE_SOCKETS", "VirtualReader", "build_driver"]
