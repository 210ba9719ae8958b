"""A list on which everybody has one name. A kiosk is told no names: of it each row is as random as any other."""

import tempfile
from itertools import chain

from kiosk_disk import KioskDisk
from list_author import NOON, entry, some_rows

from watchlist.published import FullCopy, copy_target
from watchlist.snapshot import CopyHeader, write_copy
from watchlist.store import LIST_FILE, ListStore


def list_namesakes(kiosk: KioskDisk, count: int) -> None:
    """Give a kiosk a full copy on which person 1 stands beside so many of the same name, who lay down no card."""
    author, head = kiosk.station.author, kiosk.station.author.heads[0]
    header = CopyHeader(site=author.site, group=author.group, epoch=1, seq=0, head=head, at=NOON, rows=count + 1)
    namesakes = ((entry(2 + n), row) for n in range(count) for row in some_rows())
    store = ListStore.create(kiosk.folder / LIST_FILE, kiosk.trusted, kiosk.keys)
    try:
        with tempfile.TemporaryFile(dir=kiosk.folder) as file:
            write_copy(file, header, chain([(entry(1), author.sealed(1)[0])], namesakes))
            file.seek(0)
            store.take_copy(file, FullCopy(target=copy_target(1, 0), seq=0, head=head), author.pepper, NOON)
    finally:
        store.close()
