"""What this machine has and how busy it is: processor, memory, disk, GPUs. Read from the system, never assumed.

Every reading is quick: none waits for a sample to be taken. Knows psutil and NVIDIA's driver (by NVML); a machine
without that driver has no GPUs here.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import psutil  # type: ignore[import-untyped]

from serving.settings import MIB

log = logging.getLogger("meshkiln.web")
_T = TypeVar("_T")

# Shorter spans make a noisy figure; who asks more often gets the last one again.
CPU_SPAN_S = 0.5
# A driver may be installed or come back while the server runs.
DRIVER_RETRY_S = 60.0
_DRIVER = "libnvidia-ml.so.1"


@dataclass(frozen=True)
class Space:
    """Memory or disk, in bytes. `available` is what programs may still take, `percent` what is taken, 0 to 100."""

    total: int
    available: int
    used: int
    percent: float


@dataclass(frozen=True)
class Gpu:
    """One GPU as its driver tells it. Memory in MiB; utilisation 0 to 1; None where the driver does not say."""

    id: int
    name: str
    memory_total: int
    memory_used: int
    memory_free: int
    gpu_utilization: float | None
    temperature: int | None

    @property
    def memory_utilization(self) -> float:
        return round(self.memory_used / self.memory_total, 4) if self.memory_total else 0.0


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


class Gpus:
    """The GPUs that the driver knows. The driver is looked for when somebody first asks."""

    def __init__(self, load: Callable[[], Any] | None = None) -> None:
        self._load = load or _nvml
        self._lock = threading.Lock()
        self._driver: Any = None
        self._look_again_at_s = 0.0

    def read(self) -> list[Gpu]:
        """Every GPU as it is now; none where there is no driver."""
        return self._ask([], _read_gpus)

    def memory_mib(self, pid: int) -> int | None:
        """What a process holds on all GPUs together; None where the driver does not know it."""
        return self._ask(None, partial(_memory_of, pid))

    def _ask(self, otherwise: _T, question: Callable[[Any], _T]) -> _T:
        """The driver's answer, or another where there is no driver or it fails."""
        with self._lock:
            driver = self._find()
            if driver is None:
                return otherwise
            try:
                return question(driver)
            except driver.NVMLError as error:
                log.warning("the GPU driver fails: %s", error)
                self._driver = None
                return otherwise

    def _find(self) -> Any:
        if self._driver is None and time.monotonic() >= self._look_again_at_s:
            self._look_again_at_s = time.monotonic() + DRIVER_RETRY_S
            self._driver = self._load()
        return self._driver


def _nvml() -> ModuleType | None:
    """NVIDIA's library, ready to be asked; None where there is none or it finds no driver."""
    try:
        ctypes.CDLL(_DRIVER)  # before the import, which is large
    except OSError:
        return None
    import pynvml  # type: ignore[import-untyped]

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        log.warning("GPUs cannot be read: %s", error)
        return None
    return pynvml  # type: ignore[no-any-return]


def _read_gpus(driver: Any) -> list[Gpu]:
    return [_read_gpu(driver, index) for index in range(driver.nvmlDeviceGetCount())]


def _read_gpu(driver: Any, index: int) -> Gpu:
    handle = driver.nvmlDeviceGetHandleByIndex(index)
    name = driver.nvmlDeviceGetName(handle)
    room = driver.nvmlDeviceGetMemoryInfo(handle)
    busy = _if_told(driver, lambda: driver.nvmlDeviceGetUtilizationRates(handle).gpu)
    return Gpu(
        id=index,
        name=name.decode() if isinstance(name, bytes) else name,
        memory_total=room.total // MIB,
        memory_used=room.used // MIB,
        memory_free=room.free // MIB,
        gpu_utilization=None if busy is None else busy / 100,
        temperature=_if_told(
            driver, lambda: driver.nvmlDeviceGetTemperature(handle, driver.NVML_TEMPERATURE_GPU)
        ),
    )


def _memory_of(pid: int, driver: Any) -> int | None:
    held = []
    for index in range(driver.nvmlDeviceGetCount()):
        handle = driver.nvmlDeviceGetHandleByIndex(index)
        held += [
            process.usedGpuMemory
            for process in driver.nvmlDeviceGetComputeRunningProcesses(handle)
            if process.pid == pid and process.usedGpuMemory is not None
        ]
    return sum(held) // MIB if held else None


def _if_told(driver: Any, ask: Callable[[], Any]) -> Any:
    """None for what this GPU does not tell: one that is cut into instances has no utilisation of its own."""
    try:
        return ask()
    except driver.NVMLError_NotSupported:
        return None
