"""Rehearsals that need a GPU. On a pretended one they take and exhaust memory as models of torch do."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from pipelines.spec import Adapter, ModelCard
from tests.plugin.adapters.rehearsal import Rehearsal, card
from tests.plugin.rehearsed_memory import OutOfMemoryError, hold

CUDA = "cuda"


def _gpu_card(model_id: str, vram_mib: int, weights: str = "", **facts: Any) -> ModelCard:
    return card(model_id, weights, vram_mib=vram_mib, memory_params=("allocate_mib",), **facts)


CARDS = (
    _gpu_card("rehearsal_gpu_small", 4_000),
    _gpu_card("rehearsal_gpu_small_twin", 4_000, "rehearsal_gpu_small"),
    _gpu_card("rehearsal_gpu_large", 14_000),
    _gpu_card("rehearsal_gpu_huge", 40_000),
    _gpu_card("rehearsal_gpu_frugal", 4_000, lower={"allocate_mib": 1_000}),
    _gpu_card("rehearsal_gpu_liar", 4_000),  # takes 9,000
    _gpu_card("rehearsal_load_oom", 2_000),  # no memory is enough
)


class GpuRehearsal(Rehearsal):
    """Holds `mib` once it is loaded, which takes `load_s`; then what its largest run took beside, until it ends."""

    def __init__(self, mib: int, load_s: float) -> None:
        self._mib = mib
        self._load_s = load_s
        self._device = ""
        self._held_mib = 0

    def load(self, device: str) -> None:
        super().load(device)
        self._device = device
        time.sleep(self._load_s)
        self.take(0)

    def take(self, mib: int) -> None:
        if self._device == CUDA and self._mib + mib > self._held_mib:
            hold(self._mib + mib)
            self._held_mib = self._mib + mib

    def peak_mib(self) -> int:
        return self._held_mib

    def info(self) -> dict[str, Any]:
        return {**super().info(), "device": self._device, "held_mib": self._held_mib}


class Insatiable(Rehearsal):
    """Finds every GPU too small."""

    def load(self, device: str) -> None:
        raise OutOfMemoryError("there is never enough")


ADAPTERS: dict[str, Callable[[], Adapter]] = {
    "rehearsal_gpu_small": partial(GpuRehearsal, 4_000, 0.2),
    "rehearsal_gpu_large": partial(GpuRehearsal, 14_000, 0.5),
    "rehearsal_gpu_huge": partial(GpuRehearsal, 40_000, 1.0),
    "rehearsal_gpu_frugal": partial(GpuRehearsal, 4_000, 0.2),
    "rehearsal_gpu_liar": partial(GpuRehearsal, 9_000, 0.2),
    "rehearsal_load_oom": Insatiable,
}
