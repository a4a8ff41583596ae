"""Which pages in a browser may call this server. Pure."""

from __future__ import annotations

import ipaddress
import re

# A page that this machine serves itself, on any port. Flask-CORS matches a pattern at the start only: the end says $.
_LOCAL = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$"


def allowed_origins(setting: str) -> list[str]:
    """The setting as a list of origins or patterns: "local", "*", nothing, or origins between commas."""
    if setting == "local":
        return [_LOCAL]
    return [origin.strip().rstrip("/") for origin in setting.split(",") if origin.strip()]


def is_local_name(host: str) -> bool:
    """Whether a Host names this machine by address or as localhost. Other names may be anybody's (DNS rebinding)."""
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def shared_with(origin: str, origins: list[str]) -> str:
    """What Access-Control-Allow-Origin says to a page: its origin, "*" where all are allowed, "" for a foreign one."""
    if not origin or is_foreign(origin, "", origins):
        return ""
    return "*" if "*" in origins else origin


def is_foreign(origin: str, host_url: str, origins: list[str]) -> bool:
    """Whether a page of that origin is neither this server's own nor allowed."""
    if origin == host_url.rstrip("/") or "*" in origins:
        return False
    return not any(
        origin == known or (known == _LOCAL and re.fullmatch(_LOCAL, origin)) for known in origins
    )
