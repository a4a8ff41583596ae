"""The one part that tests cannot have for real: NVIDIA's driver. It answers as pynvml does, from a table of GPUs."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

GIB = 1024**3


@dataclass
class PretendGpu:
    """Memory in bytes; `busy_percent` None on a GPU that is cut into instances, which tells no such thing."""

    name: str = "NVIDIA Pretend 24"
    total: int = 24 * GIB
    used: int = 6 * GIB
    busy_percent: int | None = 75
    temperature: int = 65
    processes: dict[int, int | None] = field(default_factory=dict)


class PretendDriver:
    """What serving/gpus.py asks of pynvml."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        """The driver fails."""

    class NVMLError_NotSupported(NVMLError):
        """This GPU does not tell that."""

    def __init__(self, *gpus: PretendGpu) -> None:
        self.gpus = list(gpus)
        self.is_gone = False

    def nvmlDeviceGetCount(self) -> int:
        if self.is_gone:
            raise self.NVMLError("GPU is lost")
        return len(self.gpus)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> PretendGpu:
        return self.gpus[index]

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
        return [SimpleNamespace(pid=pid, usedGpuMemory=size) for pid, size in gpu.processes.items()]
