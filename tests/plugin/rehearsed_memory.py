"""The memory of a pretended GPU, as a model's process takes it.

serving.rehearsed_gpus answers lanes what this notes. Each process has a file in its GPU's ledger, by its pid, with the
MiB that it holds; `total_mib` there is what there is.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEDGER_VARIABLE = "MESHKILN_REHEARSED_GPU"


class OutOfMemoryError(RuntimeError):
    """As torch names it, and known by that name."""


def hold(mib: int) -> None:
    """Have this process hold that many MiB in all. Raises OutOfMemoryError when others leave less.

    Where no GPU is pretended there is nothing to hold.
    """
    if LEDGER_VARIABLE not in os.environ:
        return
    ledger = Path(os.environ[LEDGER_VARIABLE])
    ledger.mkdir(parents=True, exist_ok=True)
    with _locked(ledger):
        free_mib = _total_mib(ledger) - _held_by_others_mib(ledger)
        if mib > free_mib:
            raise OutOfMemoryError(f"tried to hold {mib} MiB where {free_mib} are free")
        new = ledger / f"{os.getpid()}.new"
        new.write_text(str(mib))
        new.replace(ledger / str(os.getpid()))


@contextmanager
def _locked(ledger: Path) -> Iterator[None]:
    """Two processes must not both be given the last of it."""
    descriptor = os.open(ledger, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _total_mib(ledger: Path) -> float:
    try:
        return int((ledger / "total_mib").read_text())
    except FileNotFoundError:
        return float("inf")


def _held_by_others_mib(ledger: Path) -> int:
    others = (name for name in os.listdir(ledger) if name.isdigit() and name != str(os.getpid()))
    return sum(_held_mib(ledger / name) for name in others if _lives(name))


def _held_mib(file: Path) -> int:
    try:
        return int(file.read_text())
    except FileNotFoundError:  # set aside by the driver just now
        return 0


def _lives(pid: str) -> bool:
    """One that was killed and not yet waited for has given its memory back."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
