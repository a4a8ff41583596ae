"""The files of the pages: our own modules and styles, and the programs of others that they use, held in memory.

Files under vendor/ lie here byte for byte as their makers publish them (vendor/vendored.toml). Browsers know no bare
module names without a map inside the page; so `from "three"` becomes a relative address as a file is read.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
}
_BARE_THREE = re.compile(rb"""(from ?)(["'])three\2""")
_THREE = "vendor/three/build/three.module.min.js"
_LEAST_GZIP_BYTES = 1_000


@dataclass(frozen=True)
class Asset:
    """One file as it is sent. `gzipped` is None where that saves nothing."""

    body: bytes
    gzipped: bytes | None
    media_type: str


@dataclass(frozen=True)
class Assets:
    """Files by the name under which pages ask for them, and a digest of them all, which is part of their address."""

    files: Mapping[str, Asset]
    digest: str


@cache
def assets() -> Assets:
    """All files of the pages, read once per process."""
    files = {name: _asset(name, path) for name, path in _named()}
    digest = hashlib.sha256()
    for name, asset in sorted(files.items()):
        digest.update(name.encode() + b"\0" + asset.body + b"\0")
    return Assets(files, digest.hexdigest()[:16])


def _named() -> list[tuple[str, Path]]:
    roots = (_HERE / "page_files", _HERE / "vendor")
    return [
        (path.relative_to(root if root.name == "page_files" else _HERE).as_posix(), path)
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.suffix in _TYPES
    ]


def _asset(name: str, path: Path) -> Asset:
    body = path.read_bytes()
    if path.suffix == ".js":
        three = posixpath.relpath(_THREE, posixpath.dirname(name))
        if not three.startswith("."):
            three = "./" + three
        body = _BARE_THREE.sub(rb"\g<1>\g<2>" + three.encode() + rb"\g<2>", body)
    small = gzip.compress(body, 6, mtime=0) if len(body) >= _LEAST_GZIP_BYTES else body
    return Asset(body, small if len(small) < 0.9 * len(body) else None, _TYPES[path.suffix])
