"""What the doctor says of the machine: GPUs, the walls around what reads files, Redis, disk."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

from serving.families import ROOT
from serving.gpus import Gpu, gpus_of
from serving.settings import MIB, Settings

ANSWER_S = 2.0
WALLS_S = 30.0
# Shuts itself in for real, and tells what took effect.
_WALLS = """
import sys
from pathlib import Path
from pipelines.formats.confinement import confine
print(*confine(Path(sys.argv[1]), []))
"""
_NAMES = {"files": "Landlock", "calls": "seccomp filters"}


@dataclass(frozen=True)
class Machine:
    """`troubles` are what keeps jobs from running here, by what they are of."""

    gpus: tuple[Gpu, ...]
    walls: tuple[str, ...]
    redis: str
    checkpoints_dir: str
    free_mib: int
    troubles: tuple[str, ...]


def examine_machine(settings: Settings) -> Machine:
    """Look at all of it. Never raises: what does not answer is said so."""
    redis, trouble = _redis(settings)
    return Machine(
        gpus=tuple(gpus_of(settings).read()),
        walls=_walls(),
        redis=redis,
        checkpoints_dir=str(settings.checkpoints_dir),
        free_mib=_free_mib(settings.checkpoints_dir),
        troubles=(trouble,) if trouble else (),
    )


def _redis(settings: Settings) -> tuple[str, str]:
    """What there is to say of Redis, and what is wrong with it. Passwords are not said."""
    if not settings.redis_url:
        return "an own one is started", ""
    try:
        place = urlsplit(settings.redis_url)
        where = f"{place.hostname}:{place.port or 6379}"
        with Redis.from_url(
            settings.redis_url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S
        ) as redis:
            redis.ping()
    except (RedisError, OSError) as error:
        trouble = f"Redis at {where} does not answer: {error}"
        return trouble, trouble
    except ValueError as error:
        trouble = f"REDIS_URL cannot be used: {error}"
        return trouble, trouble
    return f"{where} answers", ""


def _walls() -> tuple[str, ...]:
    """Which walls this kernel puts around a process that reads strangers' files: Landlock, seccomp filters."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            ended = subprocess.run(
                [sys.executable, "-c", _WALLS, folder],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=WALLS_S,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return ()
    return tuple(_NAMES[word] for word in ended.stdout.split() if word in _NAMES)


def _free_mib(folder: Path) -> int:
    """Of the disk that the folder is on, or will be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free // MIB
