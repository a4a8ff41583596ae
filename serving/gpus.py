"""The GPUs of this machine, as NVIDIA's driver tells them (by NVML): what they are, their memory, who holds it.

Nothing here touches CUDA, so a process that asks may still be pinned to a GPU, or fork. A machine without that driver
has no GPUs here, one that rehearses has pretended ones. A driver or a GPU that fails is never an error of who asks.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Any, TypeVar

from serving.rehearsed_gpus import RehearsedDriver
from serving.settings import MIB, Settings

log = logging.getLogger("meshkiln.gpus")
_T = TypeVar("_T")

# A driver may be installed while the server runs.
DRIVER_RETRY_S = 60.0
# One that was there and failed is asked again sooner: a lane cannot place models meanwhile.
FAILURE_RETRY_S = 5.0
COMPLAIN_AGAIN_S = 600.0
_DRIVER = "libnvidia-ml.so.1"


@dataclass(frozen=True)
class Gpu:
    """One GPU as its driver tells it. Memory in MiB; utilisation 0 to 1; None where the driver does not say.

    `id` is its number as nvidia-smi shows it, which may change when the machine starts; `uuid` never does.
    """

    id: int
    uuid: str
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
        self._retry_s = DRIVER_RETRY_S
        self._complaints_at_s: dict[str, float] = {}

    def read(self) -> list[Gpu]:
        """Every GPU as it is now; none where there is no driver. One that fails is left out."""
        return self._ask([], self._read_all)

    def find(self, uuid: str) -> Gpu | None:
        """One GPU as it is now; None where it does not answer.

        Without utilisation and temperature: a lane asks between two jobs, and for the memory.
        """
        return self._ask(None, partial(_find, uuid))

    def held_mib(self, uuid: str) -> dict[int, int]:
        """MiB that each process holds on one GPU, by pid. Those of which the driver does not tell are left out.

        An older driver, or one in a container, may tell of none: that is no failure of it.
        """
        return self._ask({}, partial(_held_mib, uuid))

    def largest_mib(self) -> int:
        """All the memory of the GPU that has most of it; 0 where there is none."""
        return max((gpu.memory_total for gpu in self.read()), default=0)

    def _ask(self, otherwise: _T, question: Callable[[Any], _T]) -> _T:
        """The driver's answer, or another where there is no driver or it fails."""
        with self._lock:
            driver = self._present()
            if driver is None:
                return otherwise
            try:
                return question(driver)
            except driver.NVMLError as error:
                self._complain(f"the GPU driver fails: {error}")
                self._let_go(driver)
                return otherwise

    def _read_all(self, driver: Any) -> list[Gpu]:
        """Every GPU that answers: one that fell off the bus is still counted, and must not hide the others."""
        found, failures = [], []
        for index in range(driver.nvmlDeviceGetCount()):
            try:
                found.append(_read(driver, index))
            except driver.NVMLError as error:
                self._complain(f"GPU {index} does not answer: {error}")
                failures.append(error)
        if failures and not found:
            raise failures[0]  # it is the driver rather
        return found

    def _complain(self, complaint: str) -> None:
        """Into the log, not at every question."""
        now_s = time.monotonic()
        if now_s - self._complaints_at_s.get(complaint, -inf) >= COMPLAIN_AGAIN_S:
            self._complaints_at_s[complaint] = now_s
            log.warning(complaint)

    def _present(self) -> Any:
        if self._driver is None and time.monotonic() >= self._look_again_at_s:
            self._driver = self._load()
            if self._driver is not None:
                self._retry_s = FAILURE_RETRY_S
            self._look_again_at_s = time.monotonic() + self._retry_s
        return self._driver

    def _let_go(self, driver: Any) -> None:
        """Without a shutdown, the next init would join the state that failed."""
        with suppress(driver.NVMLError):
            driver.nvmlShutdown()
        self._driver = None
        self._look_again_at_s = time.monotonic() + self._retry_s


def gpus_of(settings: Settings) -> Gpus:
    """The GPUs of this machine, or the pretended ones where the settings name some: real ones are left alone then."""
    if settings.rehearsed_gpus_mib:
        return Gpus(partial(RehearsedDriver, settings))
    return Gpus()


def _nvml() -> Any:
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
    return pynvml


def _read(driver: Any, index: int) -> Gpu:
    handle = driver.nvmlDeviceGetHandleByIndex(index)
    busy = _if_told(driver, lambda: driver.nvmlDeviceGetUtilizationRates(handle).gpu)
    return replace(
        _memory(driver, handle),
        gpu_utilization=None if busy is None else busy / 100,
        temperature=_if_told(
            driver, lambda: driver.nvmlDeviceGetTemperature(handle, driver.NVML_TEMPERATURE_GPU)
        ),
    )


def _find(uuid: str, driver: Any) -> Gpu:
    return _memory(driver, driver.nvmlDeviceGetHandleByUUID(uuid))


def _memory(driver: Any, handle: Any) -> Gpu:
    room = driver.nvmlDeviceGetMemoryInfo(handle)
    return Gpu(
        id=driver.nvmlDeviceGetIndex(handle),
        uuid=driver.nvmlDeviceGetUUID(handle),
        name=driver.nvmlDeviceGetName(handle),
        memory_total=room.total // MIB,
        memory_used=room.used // MIB,
        memory_free=room.free // MIB,
        gpu_utilization=None,
        temperature=None,
    )


def _held_mib(uuid: str, driver: Any) -> dict[int, int]:
    handle = _if_told(driver, partial(driver.nvmlDeviceGetHandleByUUID, uuid))
    if handle is None:  # whoever asks for its memory next finds out why
        return {}
    held: dict[int, int] = {}
    for ask in (
        driver.nvmlDeviceGetComputeRunningProcesses,
        driver.nvmlDeviceGetGraphicsRunningProcesses,
    ):
        for process in _if_told(driver, partial(ask, handle)) or ():
            if process.usedGpuMemory is not None:
                # One that computes and draws is in both lists, with all its memory in each.
                mib = process.usedGpuMemory // MIB
                held[process.pid] = max(mib, held.get(process.pid, 0))
    return held


def _if_told(driver: Any, ask: Callable[[], Any]) -> Any:
    """None for what the driver does not tell, for whatever reason.

    A GPU that is cut into instances has no utilisation of its own; a driver may be older than the library, or allow no
    look at processes. Those that plan can do without.
    """
    try:
        return ask()
    except (driver.NVMLError, driver.NVMLLibraryMismatchError):
        return None
