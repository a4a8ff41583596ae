"""An advisory lock on a file that belongs to the process which took it, and to no other.

Knows flock, close-on-exec and fork. Does not know what is locked or why.

The kernel frees a lock when the last copy of its descriptor is closed, so it vanishes with a killed
process. A forked child gets a copy too and would keep a dead parent's lock: children drop their
copies at once, and release() unlocks explicitly, which ends the lock however many copies there are.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_S = 0.02
_open_locks: set[FileLock] = set()


class FileLock:
    """A lock on one file. Two FileLocks on the same path exclude each other, in one process too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def try_acquire(self, *, shared: bool = False) -> bool:
        """Take the lock, or turn a held one into the other kind. False: it is not held any more."""
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            _open_locks.add(self)
        try:
            fcntl.flock(self._fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            # A failed conversion may have dropped what was held (flock(2)); make that the rule.
            self.release()
            return False
        return True

    def acquire(self, timeout_s: float) -> bool:
        """Take the lock alone, waiting for it. False: somebody held it all the time."""
        deadline = time.monotonic() + timeout_s
        while not self.try_acquire():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        return True

    def release(self) -> None:
        """Give the lock up, for forked copies as well. Harmless when it is not held."""
        if self._fd is not None:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
            self.drop()

    def drop(self) -> None:
        """Close this process's copy; a child that was given the descriptor keeps the lock."""
        fd, self._fd = self._fd, None
        _open_locks.discard(self)
        if fd is not None:
            os.close(fd)

    @property
    def held(self) -> bool:
        """Whether this process has the lock. False in a fork of the process that took it."""
        return self._fd is not None

    def fileno(self) -> int:
        if self._fd is None:
            raise ValueError(f"{self.path} is not locked by this process")
        return self._fd


def is_locked(path: Path) -> bool:
    """Whether somebody holds the file alone.

    Takes it shared for a moment: lookers do not see each other, but who wants it alone may have to
    try twice.
    """
    lock = FileLock(path)
    if not lock.try_acquire(shared=True):
        return True
    lock.release()
    return False


@contextmanager
def locked(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the file alone for the block. Raises TimeoutError when somebody else keeps it."""
    lock = FileLock(path)
    if not lock.acquire(timeout_s):
        raise TimeoutError(f"another process has held {path} for {timeout_s:.0f} s")
    try:
        yield
    finally:
        lock.release()


def _drop_all() -> None:
    for lock in list(_open_locks):
        lock.drop()


os.register_at_fork(after_in_child=_drop_all)
