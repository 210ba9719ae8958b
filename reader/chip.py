"""One card read whole: find, select, read, parse."""

import time

from kiosk.domain.document import Document
from reader import layouts, sam
from reader.errors import SamError
from reader.photo import PhotoDecoder
from reader.profiles import Find, Profile


def read_chip(transceive: sam.Transceive, profile: Profile, decoder: PhotoDecoder) -> Document:
    """Return the document that lies on the reader; its portrait is ``Unavailable`` where no decoder opens it.

    Raises:
        ReaderError: of any kind but ``ProfileError``.
    """
    text, photo = read_text(transceive, profile)
    return Document(
        kind=text.kind,
        numbers=text.numbers,
        born=text.born,
        valid_from=text.valid_from,
        valid_until=text.valid_until,
        portrait=decoder.decode(photo),
    )


def read_text(transceive: sam.Transceive, profile: Profile) -> tuple[layouts.CardText, bytes]:
    """Return the card's parsed text and its photo block as it is. Raises ReaderError."""
    _find_card(transceive, profile.find)
    sam.run(sam.SELECT_CARD, transceive)
    if profile.sam.with_fingerprint:
        info = sam.base_info_without_fingerprint(sam.run(sam.READ_WITH_FINGERPRINT, transceive))
    else:
        info = sam.base_info(sam.run(sam.READ_BASE_INFO, transceive))
    return layouts.parse(info.text), info.photo


def _find_card(transceive: sam.Transceive, find: Find) -> None:
    for attempts_left in range(find.attempts - 1, -1, -1):
        try:
            sam.run(sam.FIND_CARD, transceive)
            return
        except SamError as error:
            # Only a card that is not found (yet) may be looked for again; after any other error it must be lifted.
            if error.sw3 != sam.SamStatus.FIND_FAILED or not attempts_left:
                raise
        time.sleep(find.interval_s)
