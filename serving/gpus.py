"""The GPUs of this machine, as NVIDIA's driver tells them (by NVML): what they are, their memory, who holds it.

Nothing here touches CUDA, so a process that asks may still be pinned to a GPU, or fork. A machine without that driver
has no GPUs here.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, TypeVar

from serving.settings import MIB

log = logging.getLogger("meshkiln.gpus")
_T = TypeVar("_T")

# A driver may be installed or come back while the server runs.
DRIVER_RETRY_S = 60.0
_DRIVER = "libnvidia-ml.so.1"


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

    def largest_mib(self) -> int:
        """All the memory of the GPU that has most of it; 0 where there is none."""
        return max((gpu.memory_total for gpu in self.read()), default=0)

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
