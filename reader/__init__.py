"""The card reader: what lies on it, read whole and checked, or a typed reason why not.

- ``process``: the kiosk's side, the ``Reader`` port; keeps a worker (``child``) alive.
- ``worker``, ``monitor``, ``messages``: the worker process, its watch over the reader, what the two say to each other.
- ``chip``, ``sam``, ``layouts``, ``photo``: from APDUs to a ``Document``; all but the transceive function is pure.
- ``pcsc``: the one module that knows the vendor library; ``profiles``: what is particular to a reader model.
"""
