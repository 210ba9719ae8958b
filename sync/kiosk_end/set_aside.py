"""``kiosk-sync set-aside``: the messages that the station refused for good, for a person to decide about.

It shows no message's body, and why one is forgotten is said by a code: neither a terminal nor a log names anybody.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import structlog
import typer

from kiosk import doorbell, logbook
from kiosk.ports import OutboxError
from sync.kiosk_end import log
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile

_LOG = structlog.get_logger()


class Because(StrEnum):
    """Why a message may be forgotten."""

    TOLD_BY_TELEPHONE = "told-by-telephone"
    WAS_A_TEST = "was-a-test"
    OF_NO_USE = "of-no-use"


def command(
    data: Annotated[Path, typer.Option(help="The folder that the agent shares with the kiosk app.")],
    send_again: Annotated[str | None, typer.Option(metavar="ID", help="Send this one once more.")] = None,
    forget: Annotated[str | None, typer.Option(metavar="ID", help="Delete this one.")] = None,
    because: Annotated[Because | None, typer.Option(help="Why it may be deleted; without it you are asked.")] = None,
) -> None:
    """List the messages that the station refused for good; send one again, or forget it."""
    logbook.configure(log.CATALOGUE)
    if not (data / OUTBOX_FILE).exists():
        raise SystemExit(f"there is no outbox in {data}")
    try:
        outbox = OutboxFile(data / OUTBOX_FILE)
        try:
            if send_again is not None:
                _send_again(outbox, send_again)
                doorbell.ring(data / doorbell.DOORBELL_FILE)
            elif forget is not None:
                _forget(outbox, forget, because or typer.prompt(f"why ({', '.join(Because)})", type=Because))
            else:
                for message in outbox.all_set_aside():
                    typer.echo(f"{message.id}  {message.kind:7}  {message.created_at:%Y-%m-%d %H:%M}Z  {message.why}")
        finally:
            outbox.close()
    except OutboxError as error:
        raise SystemExit(str(error)) from None


def _send_again(outbox: OutboxFile, message_id: str) -> None:
    if not outbox.send_again(message_id):
        raise SystemExit(f"no message {message_id} lies aside")
    _LOG.warning("message.sent-again", message=message_id)


def _forget(outbox: OutboxFile, message_id: str, because: Because) -> None:
    kind = outbox.forget_set_aside(message_id)
    if kind is None:
        raise SystemExit(f"no message {message_id} lies aside")
    _LOG.warning("message.forgotten", message=message_id, kind=kind, why=because)
