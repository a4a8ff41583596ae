"""Rehearsals that load in ways of their own: slowly, never, in another environment, with a crash, or not yet."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines.errors import ModelLoadFailed
from pipelines.spec import Adapter
from tests.plugin.adapters.rehearsal import HANG_S, Rehearsal, card

SLOW_S = 1.0
# In the data folder of the server; while it is not there, rehearsal_broken cannot be loaded.
WEIGHTS_FILE = "rehearsal_weights"

CARDS = (
    card("rehearsal_slow_load"),
    card("rehearsal_load_hang", load_timeout_s=2),  # a limit that a test can wait for
    card("rehearsal_load_crash"),
    card("rehearsal_broken"),
    card("rehearsal_environment", environment="rehearsal_env"),
)


class SlowLoad(Rehearsal):
    """Takes a second."""

    def load(self, device: str) -> None:
        time.sleep(SLOW_S)


class LoadHang(Rehearsal):
    """Hangs in C and keeps the GIL."""

    def load(self, device: str) -> None:
        ctypes.PyDLL(None).sleep(HANG_S)


class LoadCrash(Rehearsal):
    """Takes its process with it."""

    def load(self, device: str) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)


class Broken(Rehearsal):
    """Waits for a file, as for weights that nobody has downloaded yet."""

    def load(self, device: str) -> None:
        if not (Path(os.environ.get("MESHKILN_DATA_DIR", "")) / WEIGHTS_FILE).exists():
            raise ModelLoadFailed("its weights are missing")


class Environment(Rehearsal):
    """Tells what it sees around itself. It needs no more than the standard library and pydantic."""

    def info(self) -> dict[str, Any]:
        servers_own = ("flask", "redis", "rq", "numpy")
        return {
            **super().info(),
            "python": sys.executable,
            "finds": [name for name in servers_own if find_spec(name) is not None],
            "variables": sorted(os.environ),
        }


ADAPTERS: dict[str, Callable[[], Adapter]] = {
    "rehearsal_slow_load": SlowLoad,
    "rehearsal_load_hang": LoadHang,
    "rehearsal_load_crash": LoadCrash,
    "rehearsal_broken": Broken,
    "rehearsal_environment": Environment,
}
