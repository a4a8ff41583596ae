"""What the models of on_a_gpu.py do to a GPU: a real one by torch, a rehearsed one by its ledger.

Both count MiB. The rehearsed one has what on_a_gpu.py asks of a process, so that the script can be tried anywhere.
"""

from __future__ import annotations

import os
import time
from typing import Any

MIB = 1 << 20
SIDE = 8_192  # of the matrices
LEDGER_VARIABLE = "MESHKILN_REHEARSED_GPU"


class Cuda:
    """The one GPU that torch sees. Raises torch's own errors."""

    def __init__(self, allocator: str = "") -> None:
        began_s = time.perf_counter()
        if allocator:
            os.environ["PYTORCH_CUDA_ALLOC_CONF"] = allocator
        import torch

        imported_s = time.perf_counter()
        torch.zeros(1, device="cuda")  # makes the context
        self._torch = torch
        self.import_s = imported_s - began_s
        self.context_s = time.perf_counter() - imported_s
        self._kept: list[Any] = []
        self._borrowed: Any = None
        self._factors: Any = None

    def keep(self, mib: int) -> None:
        """Memory that is never given back."""
        self._kept.append(self._bytes(mib))

    def borrow(self, mib: int) -> None:
        """Memory of one run. What it held stays with the allocator afterwards."""
        self._borrowed = self._bytes(mib) if mib else None

    def give_back(self, *, to_the_driver: bool) -> None:
        self._borrowed = None
        if to_the_driver:
            self._torch.cuda.empty_cache()

    def product(self) -> None:
        """One product of two square matrices, finished when this returns."""
        torch = self._torch
        if self._factors is None:
            shape = {"device": "cuda", "dtype": torch.bfloat16}
            self._factors = [torch.randn(SIDE, SIDE, **shape) for _ in range(2)]
            self._factors.append(torch.empty(SIDE, SIDE, **shape))
        one, other, out = self._factors
        torch.matmul(one, other, out=out)
        torch.cuda.synchronize()

    def fail_an_assertion(self) -> None:
        torch = self._torch
        beyond = torch.tensor([1 << 20], device="cuda")
        torch.zeros(8, device="cuda")[beyond].sum().item()

    def facts(self) -> dict[str, Any]:
        torch = self._torch
        seen = torch.cuda.get_device_properties(0)
        return {
            "torch": torch.__version__,
            "devices": torch.cuda.device_count(),
            "uuid": f"GPU-{str(seen.uuid).removeprefix('GPU-')}",
            "name": seen.name,
            "total_mib": seen.total_memory // MIB,
            "reserved_mib": torch.cuda.memory_reserved() // MIB,
            "peak_mib": torch.cuda.max_memory_reserved() // MIB,
        }

    def _bytes(self, mib: int) -> Any:
        return self._torch.empty(mib * MIB, dtype=self._torch.uint8, device="cuda")


class Rehearsed:
    """A pretended GPU: takes memory in its ledger and sleeps where the other computes."""

    import_s = context_s = 0.0

    def __init__(self) -> None:
        self._kept_mib = self._borrowed_mib = 0
        self.peak_mib = self.held_mib = 0

    def keep(self, mib: int) -> None:
        self._hold(self._kept_mib + mib)
        self._kept_mib += mib

    def borrow(self, mib: int) -> None:
        self._hold(max(self.held_mib, self._kept_mib + mib))

    def give_back(self, *, to_the_driver: bool) -> None:
        if to_the_driver:
            self._hold(self._kept_mib)

    def product(self) -> None:
        time.sleep(0.005)

    def fail_an_assertion(self) -> None:
        raise RuntimeError("CUDA error: device-side assert triggered")

    def facts(self) -> dict[str, Any]:
        return {"devices": 1, "reserved_mib": self.held_mib, "peak_mib": self.peak_mib}

    def _hold(self, mib: int) -> None:
        from tests.plugin.rehearsed_memory import hold

        hold(mib)
        self.held_mib, self.peak_mib = mib, max(self.peak_mib, mib)


def is_rehearsed() -> bool:
    return LEDGER_VARIABLE in os.environ
