"""From a profile to the way that it names."""

from typing import assert_never

from reader.polling import PolledTransport
from reader.profiles import Apdu, Escape, Profile, Serial, VendorSdk
from reader.transports import Transport, serial_line, vendor_sdk
from reader.transports.over_pcsc import PcscTransport, bare_escape
from reader.watchdog import Guard, unguarded


def open_transport(profile: Profile, guard: Guard = unguarded) -> Transport:
    """Return the way to the profile's reader. Nothing is opened yet, and nothing can fail.

    ``guard`` ends calls that cannot be cancelled, by ending the process: every call to the reader runs under it.
    """
    match profile.transport:
        case Escape(presence="sam") as escape:
            return PolledTransport(profile.name, lambda: bare_escape(escape, guard))
        case Apdu() | Escape() as way:
            return PcscTransport(way, guard)
        case Serial() as port:
            return PolledTransport(port.port, lambda: serial_line.open_line(port))
        case VendorSdk() as sdk:
            return PolledTransport(profile.name, lambda: vendor_sdk.open_line(sdk, guard))
        case _ as never:
            assert_never(never)
