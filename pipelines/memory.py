"""What a run takes of the GPU's memory, and whose memory did not suffice for one that failed.

Asks torch where a model has loaded it, and never loads it itself. Knows nothing of models, cards or jobs.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from typing import Any, Literal

from pipelines.errors import PipelineError

log = logging.getLogger("meshkiln.runner")

MIB = 1024 * 1024
# torch, cupy and others name it so; what torch raised before it had a class, and what its libraries say, is text.
_GPU_CLASS = "OutOfMemoryError"
_GPU_TEXT = re.compile(r"cuda.{0,80}out[ _]of[ _]memory|CUBLAS_STATUS_ALLOC_FAILED", re.I | re.S)
_MACHINE_TEXT = "DefaultCPUAllocator"  # torch's words for what Python calls a MemoryError


class Peak:
    """The most GPU memory that this process held since this was made."""

    def __init__(self, adapter: object) -> None:
        self._ask = getattr(adapter, "peak_mib", None)
        cuda = _cuda()
        if self._ask is None and cuda is not None:
            cuda.reset_peak_memory_stats()

    def mib(self) -> tuple[int, int]:
        """-> the peak, rounded up, 0 where nobody can tell; and how much of it was given back to the driver since.

        Torch counts what its allocator holds, and not what CUDA itself takes of a process: half a GiB and more. Who
        knows what the process holds now can add that. What a measurement stumbles over costs no run its result.
        """
        try:
            if self._ask is not None:
                return int(self._ask()), 0
            cuda = _cuda()
            if cuda is None:
                return 0, 0
            peak, now = int(cuda.max_memory_reserved()), int(cuda.memory_reserved())
            return -(-peak // MIB), (peak - now) // MIB
        except Exception as error:
            log.warning("the GPU memory of a run is not known", exc_info=error)
            return 0, 0


def _cuda() -> Any:
    """torch.cuda if a model has it at work; None otherwise."""
    torch = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    return cuda if cuda is not None and cuda.is_initialized() else None


def short_of(error: BaseException) -> Literal["", "gpu", "machine"]:
    """Whose memory did not suffice, by the error or what it was raised from."""
    found: set[Literal["gpu", "machine"]] = set()
    for one in _chain(error):
        if any(kind.__name__ == _GPU_CLASS for kind in type(one).__mro__):
            found.add("gpu")
        elif isinstance(one, MemoryError):
            found.add("machine")
        elif isinstance(one, RuntimeError):
            text = str(one)
            if _GPU_TEXT.search(text):
                found.add("gpu")
            elif _MACHINE_TEXT in text:
                found.add("machine")
    return "gpu" if "gpu" in found else "machine" if found else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and the ones that it came of. A model's own words for the client count only by what they name."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        silent = one.__suppress_context__ or isinstance(one, PipelineError)
        one = one.__cause__ or (None if silent else one.__context__)
