"""What is fuzzed: a name, the bytes that it takes, and what it may raise."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PIL import Image

from hardware.simulators.card.blocks import CardBlocks
from hardware.simulators.card.kinds import CardKind
from hardware.simulators.card.sam import CardFaults, SimulatedSam
from hardware.simulators.personas import PERSONAS
from reader import layouts, messages, sam
from reader.errors import ReaderError
from reader.photo import PictureDecoder, SimulatorDecoder
from reader.profiles import Apdu
from reader.transports import apdu

LISA = PERSONAS["lisa"]


@dataclass(frozen=True)
class Target:
    """``run`` may raise ``typed`` and nothing else; ``seeds`` are good inputs to begin with."""

    run: Callable[[bytes], object]
    typed: tuple[type[Exception], ...]
    seeds: Callable[[], Iterable[bytes]]
    max_bytes: int = 4096


def answers() -> Iterable[bytes]:
    """Every kind of answer of a SAM, from the simulator."""
    for fingerprint in (False, True):
        module = SimulatedSam(CardBlocks.of(LISA), real_timing=False, faults=CardFaults(), has_fingerprint=fingerprint)
        for command in sam.COMMANDS.values():
            yield module.answer_frame(sam.encode(command))


def frame(data: bytes) -> None:
    """The first byte chooses the command. Its checksum is put right as often as not, to reach what lies behind."""
    command = list(sam.COMMANDS.values())[data[0] % len(sam.COMMANDS)] if data else sam.STATUS
    body = data[1:]
    if len(body) > 10 and data[0] & 0x80:
        body = sam.frame(b"\0\0" + bytes([command.success]) + body[10:])
    content = sam.decode(command, body)
    for parse in (sam.base_info, sam.base_info_without_fingerprint, sam.check_address, sam.sam_id):
        try:
            parse(content)
        except ReaderError:
            continue


def pieces(data: bytes) -> None:
    """An answer in pieces: each begins with its status and its length."""
    left = bytearray(data)

    def transmit(_apdu: bytes) -> tuple[bytes, int]:
        status, size = int.from_bytes(left[:2], "big"), left[2] if len(left) > 2 else 0
        piece = bytes(left[3 : 3 + size])
        del left[: 3 + size]
        return piece, status

    apdu.exchange(Apdu(reader="*", header="FFFE0000", extended=False), b"frame", transmit)


def message(data: bytes) -> None:
    """What a worker that was taken over may send."""
    received = bytearray(data)
    while (body := messages.take_body(received)) is not None:
        decoded = messages.decode_from_worker(body)
        if isinstance(decoded, messages.CardDocument):
            decoded.document()


def picture_seeds() -> Iterable[bytes]:
    """A BMP and a JPEG."""
    with Image.open(LISA.portrait) as portrait:
        small = portrait.convert("RGB").resize((102, 126))
    for form in ("BMP", "JPEG"):
        out = io.BytesIO()
        small.save(out, form)
        yield out.getvalue()


def message_seeds() -> Iterable[bytes]:
    """One of each message."""
    card = messages.Card("reader", 1)
    yield messages.encode(messages.Status(frozenset(), card))
    text = layouts.parse(CardBlocks.of(LISA).text)
    numbers = tuple(number.value for number in text.numbers)
    yield messages.encode(
        messages.CardDocument(card, text.kind, numbers, text.born, text.valid_from, text.valid_until, None)
    )


TARGETS = {
    "frame": Target(frame, (ReaderError,), lambda: (bytes([0x80]) + answer for answer in answers())),
    "layout": Target(
        layouts.parse, (ReaderError,), lambda: (CardBlocks.of(LISA, kind=kind).text for kind in CardKind), 256
    ),
    "container": Target(SimulatorDecoder().decode, (), lambda: [CardBlocks.of(LISA).photo], 1024),
    "picture": Target(PictureDecoder().decode, (), picture_seeds, 50_000),
    "pieces": Target(pieces, (ReaderError,), lambda: [b"\x61\x10\x04abcd\x90\x00\x02ef"]),
    "message": Target(message, (messages.MessageError,), message_seeds),
}


def planted(data: bytes) -> None:
    """A fault to be found, so that the fuzzer itself can be tested."""
    if data[:1] == b"L":
        raise IndexError


PLANTED = Target(planted, (), lambda: [b"KKKK"])
