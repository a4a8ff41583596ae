"""Processes that must not outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(how: signal.Signals, parent_pid: int) -> None:
    """Ask the kernel to signal this process when its parent ends, whatever that dies of. Linux only.

    Exits if it has ended already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, how)
    if os.getppid() != parent_pid:
        raise SystemExit("the process that started this one has ended")
