"""From a client to the name of its folder: the only functions that make such names.

A client is an address, or the holder of an API key. What a key's holder made is for that key alone; what an address
made is for everybody who knows its unguessable id.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from functools import lru_cache

_KEY_PREFIX = "key_"
_SAFE = re.compile(r"(?:key_)?[0-9a-f][0-9a-f._]{0,63}")


@lru_cache(maxsize=4096)
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


@lru_cache(maxsize=256)
def key_client_name(key_name: str) -> str:
    """The client that the holder of a key is: the same from every address, also after the key was changed."""
    return _KEY_PREFIX + hashlib.sha256(key_name.encode()).hexdigest()[:24]


def is_key_client(name: str) -> bool:
    """Whether a client is the holder of a key."""
    return name.startswith(_KEY_PREFIX)


def may_use(owner: str, caller: str) -> bool:
    """Whether one client may see, use and end what another made, given that it knows the id."""
    return owner == caller or not is_key_client(owner)


def client_address(name: str) -> str:
    """The address that client_name() made a name of; "" for the holder of a key."""
    if is_key_client(name):
        return ""
    return name[2:].replace("_", ":") if name.startswith("6_") else name


def is_client_name(name: str) -> bool:
    """Whether a string could have come from client_name()."""
    return bool(_SAFE.fullmatch(name)) and ".." not in name
