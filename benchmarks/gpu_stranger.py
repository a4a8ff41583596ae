"""Holds memory of the first GPU until its input ends, by CUDA's driver alone: a program that no lane knows.

    python benchmarks/gpu_stranger.py MIB

On a rehearsed GPU it writes itself into the ledger.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

MIB = 1 << 20


def hold(mib: int) -> int:
    """CUDA's own error number; 0 is none."""
    cuda = ctypes.CDLL("libcuda.so.1")
    device, context, address = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_uint64()
    steps = (
        lambda: cuda.cuInit(0),
        lambda: cuda.cuDeviceGet(ctypes.byref(device), 0),
        lambda: cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), device),
        lambda: cuda.cuCtxSetCurrent(context),
        lambda: cuda.cuMemAlloc_v2(ctypes.byref(address), ctypes.c_size_t(mib * MIB)),
    )
    return next((error for step in steps if (error := step())), 0)


def main() -> None:
    mib, ledger = int(sys.argv[1]), os.environ.get("MESHKILN_REHEARSED_GPU")
    if ledger:
        (Path(ledger) / str(os.getpid())).write_text(str(mib))
    error = 0 if ledger else hold(mib)
    print("held" if not error else f"CUDA error {error}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
