"""Whether a process of ours still lives.

Knows process numbers. Does not know who started a process or what it does.
"""

from __future__ import annotations

import psutil  # type: ignore[import-untyped]


def is_alive(pid: int) -> bool:
    """Whether there is such a process. One that has ended and was not fetched by its parent yet counts as gone.

    So does one that may not be looked at: another user was given the number after ours had ended.
    """
    try:
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
