"""Models for on_a_gpu.py: each holds a share of the GPU's memory and computes matrix products. One is for the CPU.

How large the GPU is, the script says in a variable: cards are read where nobody asks a driver.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.gpu_plugin.devices import SIDE, Cuda, Rehearsed, is_rehearsed
from pipelines.spec import Adapter, ModelCard, Outcome, OutputFile, Params, Report, Work

NAME = "output.json"
GPU_MIB = int(os.environ.get("ON_A_GPU_MIB", "81559"))
SMALL_MIB, PROMISE_MIB, LOWER_MIB = 2_048, 1_024, 1_000
HALF_MIB = GPU_MIB * 55 // 100


class NoOptions(Params):
    """Nothing may be set."""


def _card(model_id: str, share: float, weights: str = "", **facts: Any) -> ModelCard:
    return ModelCard(
        model_id=model_id,
        feature="gpu_work",
        family="gpu_work",
        weights=weights or model_id,
        summary="Computes products",
        licence="MIT",
        outputs=("json",),
        options=NoOptions,
        vram_mib=int(GPU_MIB * share),
        usual_s=1.0,
        memory_params=("take_mib",) if share else (),
        **facts,
    )


CARDS = (
    _card("gpu_small", 0.15),
    _card("gpu_small_lower", 0.15, "gpu_small", lower={"take_mib": LOWER_MIB}),
    _card("gpu_expandable", 0.15),  # these two by other allocators
    _card("gpu_async", 0.15),
    _card("gpu_promise", 0.5),  # takes far less than it declares
    _card("gpu_half", 0.6),
    _card("gpu_other_half", 0.6),
    _card("gpu_too_large", 0.15),  # declares less than its weights, which no memory holds
    _card("gpu_never", 1.2),  # says itself that it does not fit
    _card("gpu_none", 0.0),  # looks for a GPU, from a lane of the CPU
)


class Worker:
    """Holds `mib` once it is loaded. Tells what starting CUDA took, and what was open of the driver before."""

    def __init__(self, mib: int, allocator: str = "") -> None:
        self._mib, self._allocator = mib, allocator
        self._inherited = driver_files()
        self.device: Cuda | Rehearsed
        self.load_s = 0.0

    def load(self, device: str) -> None:
        began_s = time.perf_counter()
        self.device = Rehearsed() if is_rehearsed() else Cuda(self._allocator)
        self.device.keep(self._mib)
        self.load_s = time.perf_counter() - began_s

    def work_on_gpu(self, work: Work, report: Report) -> Outcome:
        wish = work.params
        report("products")
        products, took_s = 0, 0.0
        try:
            if wish["keep_mib"]:
                self.device.keep(wish["keep_mib"])
            self.device.borrow(wish["take_mib"])
            if wish["fault"] == "assert":
                self.device.fail_an_assertion()
            products, took_s = self._compute(wish["work_s"], wish["fault"] == "deaf", report)
        finally:
            self.device.give_back(to_the_driver=wish["gives_back"])
        tflops = products * 2 * SIDE**3 / took_s / 1e12 if products else 0.0
        return outcome(work, products=products, tflops=tflops, computed_s=took_s, **self._facts())

    def _compute(self, seconds: float, is_deaf: bool, report: Report) -> tuple[int, float]:
        """-> how many products, and the seconds that all but the first took."""
        if seconds <= 0:
            return 0, 0.0
        self.device.product()  # makes the matrices, chooses the kernel
        began_s, products = time.perf_counter(), 0
        while (now_s := time.perf_counter()) - began_s < seconds:
            self.device.product()
            products += 1
            if not is_deaf:
                report("products", min(1.0, (now_s - began_s) / seconds))
        return products, time.perf_counter() - began_s

    def _facts(self) -> dict[str, Any]:
        return {
            "visible": os.environ.get("CUDA_VISIBLE_DEVICES"),
            "import_s": self.device.import_s,
            "context_s": self.device.context_s,
            "load_s": self.load_s,
            "inherited": self._inherited,
            **self.device.facts(),
        }


class PretendedWorker(Worker):
    """One whose memory torch knows nothing of."""

    def peak_mib(self) -> int:
        return self.device.peak_mib if isinstance(self.device, Rehearsed) else 0


class Looker:
    """Asks CUDA, from a lane of the CPU, how many GPUs there are."""

    def load(self, device: str) -> None:
        """Nothing to load."""

    def work_on_gpu(self, work: Work, report: Report) -> Outcome:
        report("products")
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        return outcome(work, visible=visible, devices=count_devices())


def count_devices() -> int:
    """How many GPUs CUDA itself shows this process; -1 where there is no CUDA driver."""
    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return -1
    count = ctypes.c_int(0)
    if cuda.cuInit(0) or cuda.cuDeviceGetCount(ctypes.byref(count)):
        return 0
    return count.value


def driver_files() -> list[str]:
    """The device files of NVIDIA's driver that this process has open."""
    found = set()
    for fd in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists them is closed by now
            found.add(os.readlink(fd))
    return sorted(name for name in found if name.startswith("/dev/nvidia"))


def outcome(work: Work, **info: Any) -> Outcome:
    (work.out_dir / NAME).write_text("{}")
    return Outcome((OutputFile(NAME, "model", "application/json", 2),), info=info)


def _worker(mib: int, allocator: str = "") -> Adapter:
    return (PretendedWorker if is_rehearsed() else Worker)(mib, allocator)


ADAPTERS: dict[str, Callable[[], Adapter]] = {
    "gpu_small": partial(_worker, SMALL_MIB),
    "gpu_expandable": partial(_worker, SMALL_MIB, "expandable_segments:True"),
    "gpu_async": partial(_worker, SMALL_MIB, "backend:cudaMallocAsync"),
    "gpu_promise": partial(_worker, PROMISE_MIB),
    "gpu_half": partial(_worker, HALF_MIB),
    "gpu_other_half": partial(_worker, HALF_MIB),
    "gpu_too_large": partial(_worker, GPU_MIB * 3 // 2),
    "gpu_never": partial(_worker, GPU_MIB * 3 // 2),
    "gpu_none": Looker,
}
