"""Who asks: the client of the present request, told by its API key or else by its address.

A key that is not known never passes as no key: it is refused on every route. Knows Flask's request and the keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from typing import Any, TypeVar, cast

from flask import request

from serving.errors import Busy, Unauthorized
from serving.storage.clients import client_name, is_key_client, key_client_name, may_use
from serving.web.desk import core

_View = TypeVar("_View", bound=Callable[..., Any])

# RFC 6750: the scheme in any case, one token. Two such headers arrive as one with a comma, which is none.
_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
_KNOWN = "meshkiln.caller"  # in the request's environment, where no header can put it


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
    # What an address made is for all: who asks need not be found out, at every poll.
    return not is_key_client(owner) or may_use(owner, client())


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


def guarded(view: _View) -> _View:
    """The view, behind require_key() if `@describe(needs_key=True)` says so."""
    description = getattr(view, "description", None)
    return _with_key(view) if description is not None and description.needs_key else view


@cache  # a view with several paths is one view
def _with_key(view: _View) -> _View:
    @wraps(view)
    def guarded_view(**parts: Any) -> Any:
        require_key()
        return view(**parts)

    return cast(_View, guarded_view)


def check_key() -> None:
    """Before each request: nobody passes with a wrong key. Raises Unauthorized, Busy."""
    if "HTTP_AUTHORIZATION" in request.environ:
        _caller()


def _caller() -> _Caller:
    environ = request.environ
    caller: _Caller | None = environ.get(_KNOWN)
    if caller is None:
        caller = environ[_KNOWN] = _identify(environ)
    return caller


@lru_cache(maxsize=4096)
def _at(address: str | None) -> _Caller:
    return _Caller(client_name(address))


def _identify(environ: Mapping[str, Any]) -> _Caller:
    header: str | None = environ.get("HTTP_AUTHORIZATION")
    if header is None or not (keys := core().keys).exist():
        return _at(environ.get("REMOTE_ADDR"))
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
