"""A command of the product in the test's own process: in one of its own, seconds would go into what it imports."""

import os

import structlog
from typer.testing import CliRunner

import sync.kiosk_end.__main__
import sync.station.__main__

_PROGRAMS = {"station": sync.station.__main__.app, "kiosk_end": sync.kiosk_end.__main__.app}


def command(program: str, *arguments: object) -> str:
    """Run a command that ends by itself, as its user would; return what it printed."""
    before, umask = structlog.get_config(), os.umask(0o077)
    try:
        ended = CliRunner().invoke(_PROGRAMS[program], list(map(str, arguments)))
    finally:
        os.umask(umask)
        structlog.configure(**before)
    assert ended.exit_code == 0, ended.output
    return ended.stdout
