"""The one part that tests cannot have for real: NVIDIA's driver. It answers as pynvml does, from a table of GPUs."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

GIB = 1024**3


@dataclass
class PretendGpu:
    """Memory in bytes; `busy_percent` None on a GPU that is cut into instances, which tells no such thing.

    `processes` compute there, `drawing` draw there: bytes by pid, None where the driver does not tell. One that is lost
    fell off the bus: the driver still counts it, and answers nothing about it.
    """

    name: str = "NVIDIA Pretend 24"
    total: int = 24 * GIB
    used: int = 6 * GIB
    busy_percent: int | None = 75
    temperature: int = 65
    processes: dict[int, int | None] = field(default_factory=dict)
    drawing: dict[int, int | None] = field(default_factory=dict)
    uuid: str = ""
    is_lost: bool = False


class PretendDriver:
    """What serving/gpus.py asks of pynvml."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        """The driver fails."""

    class NVMLLibraryMismatchError(Exception):
        """The driver lacks what the library asks for; no NVMLError there either."""

    class NVMLError_NotSupported(NVMLError):
        """This GPU does not tell that."""

    class NVMLError_NotFound(NVMLError):
        """There is no such GPU."""

    def __init__(self, *gpus: PretendGpu) -> None:
        self.gpus = list(gpus)
        self.is_gone = False
        self.asked = 0
        for index, gpu in enumerate(gpus):
            gpu.uuid = gpu.uuid or f"GPU-{index}"

    def nvmlShutdown(self) -> None:
        """Needs no undoing."""

    def nvmlDeviceGetCount(self) -> int:
        if self.is_gone:
            raise self.NVMLError("GPU is lost")
        return len(self.gpus)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> PretendGpu:
        return self._handle(self.gpus[index])

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> PretendGpu:
        for gpu in self.gpus:
            if gpu.uuid == uuid:
                return self._handle(gpu)
        raise self.NVMLError_NotFound("Not Found")

    def _handle(self, gpu: PretendGpu) -> PretendGpu:
        self.asked += 1
        if self.is_gone or gpu.is_lost:
            raise self.NVMLError("GPU is lost")
        return gpu

    def nvmlDeviceGetIndex(self, gpu: PretendGpu) -> int:
        return next(index for index, other in enumerate(self.gpus) if other is gpu)

    def nvmlDeviceGetUUID(self, gpu: PretendGpu) -> str:
        return gpu.uuid

    def nvmlDeviceGetName(self, gpu: PretendGpu) -> str:
        return gpu.name

    def nvmlDeviceGetMemoryInfo(self, gpu: PretendGpu) -> Any:
        return SimpleNamespace(total=gpu.total, used=gpu.used, free=gpu.total - gpu.used)

    def nvmlDeviceGetUtilizationRates(self, gpu: PretendGpu) -> Any:
        if gpu.busy_percent is None:
            raise self.NVMLError_NotSupported("Not Supported")
        return SimpleNamespace(gpu=gpu.busy_percent)

    def nvmlDeviceGetTemperature(self, gpu: PretendGpu, sensor: int) -> int:
        assert sensor == self.NVML_TEMPERATURE_GPU
        return gpu.temperature

    def nvmlDeviceGetComputeRunningProcesses(self, gpu: PretendGpu) -> list[Any]:
        return _rows(gpu.processes)

    def nvmlDeviceGetGraphicsRunningProcesses(self, gpu: PretendGpu) -> list[Any]:
        return _rows(gpu.drawing)


def _rows(sizes: dict[int, int | None]) -> list[Any]:
    return [SimpleNamespace(pid=pid, usedGpuMemory=size) for pid, size in sizes.items()]
