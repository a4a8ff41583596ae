"""From the address of a client to the name of its folder: the one function that makes such names."""

from __future__ import annotations

import ipaddress
import re

_SAFE = re.compile(r"[0-9a-f][0-9a-f._]{0,63}")


def client_name(address: str | None) -> str:
    """A folder name for an address: digits, a-f, dots and underscores alone. IPv6 colons become underscores.

    An IPv4 address inside IPv6 is the same client as the bare one. Anything that is no address is "0.0.0.0".
    """
    try:
        ip = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - a name for "unknown", nothing is bound
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return "6_" + str(ip).replace(":", "_")
    return str(ip)


def client_address(name: str) -> str:
    """The address that client_name() made a name of."""
    return name[2:].replace("_", ":") if name.startswith("6_") else name


def is_client_name(name: str) -> bool:
    """Whether a string could have come from client_name()."""
    return bool(_SAFE.fullmatch(name)) and ".." not in name
