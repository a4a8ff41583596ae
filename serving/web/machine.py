"""How busy this machine is: processor, memory, disk. Read from the system by psutil, never assumed.

Every reading is quick: none waits for a sample to be taken. GPUs are read by serving.gpus.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

# Shorter spans make a noisy figure; who asks more often gets the last one again.
CPU_SPAN_S = 0.5


@dataclass(frozen=True)
class Space:
    """Memory or disk, in bytes. `available` is what programs may still take, `percent` what is taken, 0 to 100."""

    total: int
    available: int
    used: int
    percent: float


def memory() -> Space:
    """The machine's memory."""
    now = psutil.virtual_memory()
    return Space(now.total, now.available, now.used, now.percent)


def disk(folder: Path) -> Space:
    """The file system that holds a folder; the folder itself may be yet to make."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    now = psutil.disk_usage(str(folder))
    return Space(now.total, now.free, now.used, now.percent)


class Cpu:
    """Share of all processors that is busy, 0 to 100 percent, over the time since it was last asked.

    The first span begins when this is made.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._percent = 0.0
        self._busy_s, self._all_s = _cpu_seconds()
        self._read_at_s = 0.0  # so that the first question is answered with a reading

    def percent(self) -> float:
        with self._lock:
            if time.monotonic() - self._read_at_s >= CPU_SPAN_S:
                busy_s, all_s = _cpu_seconds()
                if all_s > self._all_s:
                    share = (busy_s - self._busy_s) / (all_s - self._all_s)
                    self._percent = round(100.0 * min(1.0, max(0.0, share)), 1)
                    self._busy_s, self._all_s = busy_s, all_s
                    self._read_at_s = time.monotonic()
            return self._percent


def _cpu_seconds() -> tuple[float, float]:
    """Busy seconds and all seconds of all processors since the start of the machine."""
    times = psutil.cpu_times()
    # Linux counts the time of guests twice, and waiting for a disk is idleness.
    every = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return every - times.idle - getattr(times, "iowait", 0.0), every
