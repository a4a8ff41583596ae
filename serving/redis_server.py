"""The project's own Redis, for a start with one command and nothing installed by root.

    with redis_for(data_dir, settings.redis_url) as lease:
        redis = Redis.from_url(lease.url)

All processes that name the same data_dir share one server, in <data_dir>/redis. The first starts
it, the last one out ends it, and any of them puts it back when it dies. Knows who is in and who is
out. Does not know how a server is started (redis_process), nor jobs or queues.

    start.lock   held alone while somebody joins, repairs or leaves
    users.lock   held shared by each process with a lease; free = nobody is left

A lease belongs to the process that took it, not to its forks: take it after the last daemonising
fork. SIGTERM has to end the `with` block (by a handler that raises, as gunicorn and RQ have one).
A killed process just drops out; if it was the last, the next one in joins the server it left.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serving.file_lock import FileLock, locked
from serving.redis_binary import RedisUnavailable
from serving.redis_process import START_S, RedisProcess

log = logging.getLogger(__name__)

TURN_S = 2 * START_S  # to wait while another process joins, repairs or leaves
KEEP_EVERY_S = 1.0


class RedisLease:
    """A Redis that may be used until the `with` block ends."""

    def __init__(self, url: str = "") -> None:
        self.url = url

    def ensure_running(self) -> None:
        """Nothing: a server named by REDIS_URL is somebody else's to keep."""


@contextmanager
def redis_for(data_dir: Path, redis_url: str | None) -> Iterator[RedisLease]:
    """A Redis: the one at redis_url, or data_dir's own. Raises RedisUnavailable."""
    if redis_url:
        yield RedisLease(redis_url)
        return
    lease = OwnRedis(data_dir)
    try:
        lease.acquire()
        keeper = RedisKeeper(lease)
        keeper.start()
        try:
            yield lease
        finally:
            keeper.stop()
    finally:
        lease.release()


class OwnRedis(RedisLease):
    """A share in data_dir's own server."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__()
        self._folder = data_dir.expanduser().resolve() / "redis"
        self._users = FileLock(self._folder / "users.lock")
        self._server = RedisProcess(self._folder)

    def acquire(self) -> None:
        """Join the server, or start it. Raises RedisUnavailable."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
        except OSError as error:
            raise RedisUnavailable(
                f"Redis cannot keep its data in {self._folder}: {error}"
            ) from error
        with self._turn():
            first = self._users.try_acquire()
            if not self._users.try_acquire(shared=True):
                raise RedisUnavailable(
                    f"{self._users.path} is locked by a stranger; end that process"
                )
            self._server.settle(may_move=first)
            self.url = self._server.url
            self._server.bring_up()

    def release(self) -> None:
        """Leave; the last one out ends the server.

        Does nothing in a fork: gunicorn's workers leave by SystemExit, up through the master's
        `with` block.
        """
        if not self._users.held:
            return
        try:
            with self._turn():
                self._users.release()
                if self._users.try_acquire():
                    self._server.shut_down()
        except (RedisUnavailable, OSError) as error:
            log.warning("Redis was left as it is. %s", error)
        finally:
            self._users.release()
            self._server.close()

    def ensure_running(self) -> None:
        """Return when the server answers, which may take putting it back first.

        Raises RedisUnavailable if that fails. Puts nothing back once the lease is given up, nor in
        a fork.
        """
        if self._server.alive() and self._server.answers():
            return
        with self._turn():
            if self._users.held:
                self._server.bring_up()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Be the only one, in all processes, who joins, repairs or leaves."""
        try:
            with locked(self._folder / "start.lock", TURN_S):
                yield
        except TimeoutError as error:
            raise RedisUnavailable(f"{error}. End that process and try again") from None


class RedisKeeper(threading.Thread):
    """Looks after a lease's server: a killed one is back, with its data, about a second later."""

    def __init__(self, lease: RedisLease) -> None:
        super().__init__(name="redis-keeper", daemon=True)
        self._lease = lease
        self._stopped = threading.Event()

    def run(self) -> None:
        complaint = ""
        while not self._stopped.wait(KEEP_EVERY_S):
            try:
                self._lease.ensure_running()
                complaint = ""
            except (RedisUnavailable, OSError) as error:
                if str(error) != complaint:  # once, not each second
                    log.error("Redis is away. %s", error)
                complaint = str(error)

    def stop(self) -> None:
        """Ask it to end. No need to wait: release() takes its turn after whatever it is doing."""
        self._stopped.set()
