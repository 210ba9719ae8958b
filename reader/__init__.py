"""The card reader: what lies on it, read whole and checked, or a typed reason why not.

- ``process``: the kiosk's side, the ``Reader`` port; keeps a worker (``child``) alive.
- ``worker``, ``lane``, ``watchdog``, ``messages``: the worker process, what it does with its reader, the end of a call
  that hangs, what the two sides say to each other.
- ``transports``, with ``monitor`` and ``polling``: the ways to a reader, and how its cards are seen to come and go.
- ``chip``, ``sam``, ``identity``, ``layouts``, ``photo``: from frames to a ``Document``, and which module it came from.
- ``pcsc``: the one module that knows PC/SC; ``profiles``: what is particular to a reader model.
- ``doctor``, ``trace``: for the installer's commands (``kiosk.reader_commands``).
"""
