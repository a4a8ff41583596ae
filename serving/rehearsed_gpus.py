"""A GPU driver for a machine without GPUs, to rehearse a deployment with: it answers for pretended GPUs.

It has those functions of NVIDIA's library that serving.gpus asks, by their names there. A pretended GPU has a ledger, a
folder in which every process that pretends to hold its memory keeps a file: its name is the process's number, its text
the MiB; `total_mib` says what there is. Knows sizes and ledgers. Does not know models or lanes.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from serving.alive import is_alive
from serving.settings import MIB, Settings

NAME = "Rehearsed GPU"
UUID = "REHEARSED-"
# The variable that tells a runner its GPU's ledger.
LEDGER_VARIABLE = "MESHKILN_REHEARSED_GPU"
# A driver gives the memory of a killed process back a moment later. Whoever plans must bear that here too.
RETURN_S = 0.2
TOTAL = "total_mib"
_GONE = ".gone"


def ledger(settings: Settings, index: int) -> Path:
    """The folder that says who holds what of a pretended GPU."""
    return settings.rehearsed_gpus_dir / str(index)


def open_ledgers(settings: Settings) -> None:
    """Make the ledgers, empty: the process numbers of an earlier start may be others' now."""
    shutil.rmtree(settings.rehearsed_gpus_dir, ignore_errors=True)
    for index, mib in enumerate(settings.rehearsed_gpus_mib):
        folder = ledger(settings, index)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TOTAL).write_text(str(mib))


class NVMLError(Exception):
    """The driver fails."""


class NVMLLibraryMismatchError(Exception):
    """The driver is older than the library that asks it."""


class NVMLError_NotFound(NVMLError):
    """There is no such GPU."""


class NVMLError_NotSupported(NVMLError):
    """A pretended GPU does not tell that."""


@dataclass(frozen=True)
class RehearsedGpu:
    """A handle."""

    index: int
    total_mib: int
    ledger: Path


class RehearsedDriver:
    """What serving.gpus asks of pynvml."""

    NVML_TEMPERATURE_GPU = 0
    NVMLError = NVMLError
    NVMLLibraryMismatchError = NVMLLibraryMismatchError
    NVMLError_NotFound = NVMLError_NotFound
    NVMLError_NotSupported = NVMLError_NotSupported

    def __init__(self, settings: Settings) -> None:
        self._gpus = [
            RehearsedGpu(index, mib, ledger(settings, index))
            for index, mib in enumerate(settings.rehearsed_gpus_mib)
        ]

    def nvmlShutdown(self) -> None:
        """There is nothing to close."""

    def nvmlDeviceGetCount(self) -> int:
        return len(self._gpus)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> RehearsedGpu:
        return self._gpus[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> RehearsedGpu:
        for gpu in self._gpus:
            if self.nvmlDeviceGetUUID(gpu) == uuid:
                return gpu
        raise NVMLError_NotFound(f"no GPU {uuid}")

    def nvmlDeviceGetIndex(self, gpu: RehearsedGpu) -> int:
        return gpu.index

    def nvmlDeviceGetUUID(self, gpu: RehearsedGpu) -> str:
        return f"{UUID}{gpu.index}"

    def nvmlDeviceGetName(self, gpu: RehearsedGpu) -> str:
        return NAME

    def nvmlDeviceGetMemoryInfo(self, gpu: RehearsedGpu) -> Any:
        """In bytes. No more than all of it can be taken, whatever the ledger says."""
        total = gpu.total_mib * MIB
        used = min(total, sum(mib for _, mib in _entries(gpu.ledger)) * MIB)
        return SimpleNamespace(total=total, used=used, free=total - used)

    def nvmlDeviceGetUtilizationRates(self, gpu: RehearsedGpu) -> Any:
        raise NVMLError_NotSupported("a pretended GPU computes nothing")

    def nvmlDeviceGetTemperature(self, gpu: RehearsedGpu, sensor: int) -> int:
        raise NVMLError_NotSupported("a pretended GPU is neither warm nor cold")

    def nvmlDeviceGetComputeRunningProcesses(self, gpu: RehearsedGpu) -> list[Any]:
        """A dead one too, until its memory is back."""
        return [
            SimpleNamespace(pid=pid, usedGpuMemory=mib * MIB) for pid, mib in _entries(gpu.ledger)
        ]

    def nvmlDeviceGetGraphicsRunningProcesses(self, gpu: RehearsedGpu) -> list[Any]:
        return []


def _entries(folder: Path) -> Iterator[tuple[int, int]]:
    """What is taken in a ledger: pid and MiB. Sets aside what the dead have left, removes it a moment later."""
    for name in _names(folder):
        path = folder / name
        try:
            if name.endswith(_GONE) and time.time() - path.stat().st_mtime >= RETURN_S:
                path.unlink()
                continue
            mib = _mib(path)
        except FileNotFoundError:  # the holder gave it back, or another reader removed it
            continue
        pid = int(name.removesuffix(_GONE))
        if not name.endswith(_GONE) and not is_alive(pid):
            with suppress(FileNotFoundError):  # another reader found it gone too
                os.utime(path)
                path.rename(path.with_name(name + _GONE))
        yield pid, mib


def _names(folder: Path) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.removesuffix(_GONE).isdigit())
    except FileNotFoundError:
        return []


def _mib(path: Path) -> int:
    """0 for a file that is being written."""
    text = path.read_text().strip()
    return int(text) if text.isdigit() else 0
