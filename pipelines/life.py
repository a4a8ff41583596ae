"""How a runner dies with the lane that started it, and its children with it.

A shell that holds the third pipe kills the whole process group when the lane's end of that pipe closes. Knows process
groups. Does not know models or messages.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1


def die_with_lane(life_fd: int) -> None:
    """Have this process group killed when the lane ends, whatever it or a model's code hangs in.

    The kernel's death signal, on Linux, is faster, but ends this process alone.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    subprocess.Popen(["/bin/sh", "-c", "trap '' TERM; read _; kill -9 0"], stdin=life_fd)
    os.close(life_fd)
