"""Who asks: the client of the present request, told by its API key or else by its address.

A key that is not known never passes as no key: it is refused on every route. Knows Flask's request and the keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import current_app, g, request

from serving.errors import Busy, Unauthorized
from serving.storage.clients import client_name, key_client_name, may_use
from serving.web.desk import core

# RFC 6750: the scheme in any case, one token. Two such headers arrive as one with a comma, which is none.
_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)


@dataclass(frozen=True)
class _Caller:
    client: str
    key_name: str | None = None


def client() -> str:
    """The client that asks, by the name of its folder. Raises Unauthorized, Busy."""
    return _caller().client


def key_holder() -> str | None:
    """The name of the key that came with the request; None without one. Raises Unauthorized, Busy."""
    return _caller().key_name


def sees(owner: str) -> bool:
    """Whether the one that asks may see, use and end what `owner` made, given that it knows the id."""
    return may_use(owner, client())


def keys_needed() -> bool:
    """Whether the routes that need a key ask for one: there are keys, or others than this machine may come."""
    held = core()
    return held.settings.is_exposed or held.keys.exist()


def require_key() -> None:
    """Raises Unauthorized unless a valid key came, or nobody needs one here."""
    if key_holder() is not None or not keys_needed():
        return
    if core().keys.exist():
        raise Unauthorized("this needs an API key: send it as 'Authorization: Bearer <key>'")
    raise Unauthorized(
        "this needs an API key, since others than this machine may come here, and there is none yet;"
        " make one on the server with ./setup.sh --new-key NAME"
    )


def check_caller() -> None:
    """Before each request: nobody passes with a wrong key, nor without one where `@describe(needs_key=True)` asks.

    Raises Unauthorized, Busy.
    """
    if "HTTP_AUTHORIZATION" in request.environ:
        _caller()
    view = current_app.view_functions.get(request.endpoint or "")
    description = getattr(view, "description", None)
    # A browser asks with OPTIONS, without the key, whether it may send it.
    if description is not None and description.needs_key and request.method != "OPTIONS":
        require_key()


def _caller() -> _Caller:
    if "caller" not in g:
        g.caller = _identify()
    caller: _Caller = g.caller
    return caller


def _identify() -> _Caller:
    header = request.headers.get("Authorization")
    keys = core().keys
    if header is None or not keys.exist():
        return _Caller(client_name(request.remote_addr))
    if keys.in_trouble():
        raise Busy("API keys cannot be checked now; the server's log says why")
    bearer = _BEARER.fullmatch(header.strip())
    if bearer is None:
        raise Unauthorized(
            "the Authorization header is not of the form 'Bearer <key>'; leave it out or correct it"
        )
    name = keys.holder(bearer[1])
    if name is None:
        raise Unauthorized("this API key is not known here; it may have been removed")
    return _Caller(key_client_name(name), name)
