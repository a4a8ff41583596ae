"""One Redis server and the folder it lives in: its address, its start, its signs of life, its end.

Knows the server's files, configuration and protocol. Does not know who uses it: whoever calls
settle(), bring_up() or shut_down() keeps everybody else from doing so meanwhile.

    server.lock   held by the server itself, which got it from its starter: locked = alive
    server.json   its port and password; redis.conf is made from it at each start
    redis.log, redis.pid, appendonlydir/

No process is told from another by its number: numbers are given again, and a lock is gone when its
holder is. So two servers never write the same files, however their starters died, and nothing is
ever signalled: the server is asked to end, with its password.

What is acknowledged survives a kill of the server, unless the disk was so slow that a sync of the
log took longer than the second between two of them; what is lost with the machine is about the last
second (appendfsync everysec).
"""

from __future__ import annotations

import json
import logging
import os
import random
import secrets
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from serving.children import no_fork
from serving.file_lock import FileLock, is_locked
from serving.redis_binary import MULTI_PART_AOF, OLDEST, RedisUnavailable, find_server

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
# Below every system's range for outgoing connections (Linux: 32768 up). Inside it, a client that
# reconnects to a dead server may be given that very port as its own, reach itself, and block it.
PORTS = range(20_000, 30_000)
START_S = 30.0  # to load the data and answer
STARTS = 2  # one more, for a server that is killed while it starts
STOP_S = 10.0
ANSWER_S = 1.0
CLOSE_S = 1.0  # a dying process gives up its lock a moment before its port
POLL_S = 0.02

CONFIG = """\
bind {host}
protected-mode yes
port {port}
requirepass {password}
daemonize no
dir {dir}
pidfile {pidfile}
logfile ""
appendonly yes
appendfsync everysec
aof-load-truncated yes
# Plain commands, so that another version, or Redis after Valkey, reads what this one wrote.
aof-use-rdb-preamble no
save ""
# Records have some thirty fields, of which a few are long: kept packed, writing one costs a third.
hash-max-ziplist-entries 128
hash-max-ziplist-value 1024
maxmemory 0
maxmemory-policy noeviction
"""


class RedisProcess:
    """The server of one folder, alive or not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""  # known after settle()
        self._port = 0
        self._password = ""
        self._client: Redis | None = None

    def settle(self, *, may_move: bool) -> None:
        """Read the server's address, or choose one: the first time, and when its port was taken.

        may_move: nobody knows the address yet. Raises RedisUnavailable if one must be chosen and
        may not.
        """
        may_move = may_move and not self.alive()
        known = self._read_address()
        if known is None and not may_move:
            raise RedisUnavailable(
                f"{self.folder / 'server.json'} is missing or broken, and Redis (process"
                f" {self._pid()}) or processes that use it still run; end them and start again"
            )
        if known is None or (may_move and not _comes_free(known[0])):
            known = self._choose_address()
        self._port, self._password = known
        self.url = f"redis://:{self._password}@{HOST}:{self._port}/0"
        self._client = _client(self.url, ANSWER_S)

    def alive(self) -> bool:
        """Whether the server's process exists, even if it does not listen (yet)."""
        return is_locked(self.folder / "server.lock")

    def answers(self) -> bool:
        """Whether the server can be used. False: refused, too slow, or loading its data."""
        with suppress(RedisError, OSError):
            return self._client is not None and bool(self._client.ping())
        return False

    def bring_up(self) -> None:
        """Start the server unless it is alive; wait until it answers. Raises RedisUnavailable."""
        for _ in range(STARTS):
            if not self.alive():
                self._launch()
            if self._comes_up():
                return
        raise RedisUnavailable(f"Redis ended while it started. {self._last_words()}")

    def _comes_up(self) -> bool:
        """Wait for an answer. False: the server ended. Raises RedisUnavailable if it hangs."""
        deadline = time.monotonic() + START_S
        while not self.answers():
            if not self.alive():
                return False
            if time.monotonic() > deadline:
                raise RedisUnavailable(
                    f"Redis (process {self._pid()}) does not answer on {HOST}:{self._port} after"
                    f" {START_S:.0f} s. If it runs in another container, share it by REDIS_URL, not"
                    f" by the data directory. {self._last_words()}"
                )
            time.sleep(POLL_S)
        return True

    def shut_down(self) -> None:
        """End the server; its data stay. Raises RedisUnavailable if it does not go."""
        if not self.url or not self.alive():
            return
        client = _client(self.url, STOP_S)
        try:
            client.shutdown()
        except (RedisError, OSError) as error:
            raise RedisUnavailable(f"Redis did not end: {error}. {self._last_words()}") from error
        finally:
            client.close()
        deadline = time.monotonic() + STOP_S
        while self.alive():
            if time.monotonic() > deadline:
                raise RedisUnavailable(
                    f"Redis (process {self._pid()}) did not end. {self._last_words()}"
                )
            time.sleep(POLL_S)
        log.info("Redis ended")

    def close(self) -> None:
        """Drop our own connection."""
        if self._client:
            self._client.close()

    def _launch(self) -> None:
        """Start the server as nobody's child, its lock in hand and the terminal out of reach."""
        if not _comes_free(self._port):
            raise RedisUnavailable(
                f"Port {self._port} was taken by another program while our Redis was down, and"
                " running processes know it by that port. End that program, or stop every process"
                f" that uses {self.folder.parent} and start again"
            )
        several_files = (self.folder / "appendonlydir").exists()
        binary = find_server(MULTI_PART_AOF if several_files else OLDEST)
        config = self.folder / "redis.conf"
        _write_private(config, self._config())
        life = FileLock(self.folder / "server.lock")
        if not life.acquire(ANSWER_S):  # is_locked() in other processes may hold it for a moment
            return
        output = os.open(self.folder / "redis.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            # The shell ends at once and leaves the server to init: no zombie for us to reap, and
            # no stranger among the children that gunicorn's master waits for.
            with no_fork():
                subprocess.run(
                    ["/bin/sh", "-c", '"$@" &', "sh", binary, config],
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=[life.fileno()],
                    start_new_session=True,
                    check=True,
                )
        finally:
            os.close(output)
            life.drop()
        log.info("Redis started on %s:%d by %s", HOST, self._port, binary)

    def _config(self) -> str:
        return CONFIG.format(
            host=HOST,
            port=self._port,
            password=self._password,
            dir=_quoted(self.folder),
            pidfile=_quoted(self.folder / "redis.pid"),
        )

    def _read_address(self) -> tuple[int, str] | None:
        try:
            state = json.loads((self.folder / "server.json").read_text())
            return int(state["port"]), str(state["password"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def _choose_address(self) -> tuple[int, str]:
        """A free port, and a password that no program on the old port can have been told."""
        port, password = _free_port(), secrets.token_hex(32)
        state = json.dumps({"port": port, "password": password})
        _write_private(self.folder / "server.json", state)
        log.info("Redis of %s gets port %d", self.folder, port)
        return port, password

    def _pid(self) -> str:
        with suppress(OSError):
            return (self.folder / "redis.pid").read_text().strip()
        return "unknown"

    def _last_words(self) -> str:
        path = self.folder / "redis.log"
        with suppress(OSError):
            lines = path.read_text(errors="replace").splitlines()[-8:]
            return f"The end of {path}:\n" + "\n".join(lines)
        return f"There is no log at {path}"


def _quoted(path: Path) -> str:
    """The path as one argument of a Redis config line, byte for byte."""
    plain = {byte: chr(byte) for byte in range(32, 127) if byte not in b'"\\'}
    return '"' + "".join(plain.get(byte, f"\\x{byte:02x}") for byte in bytes(path)) + '"'


def _client(url: str, timeout_s: float) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), 0),
    )


def _write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only this user may read it."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _free_port() -> int:
    for port in random.sample(PORTS, len(PORTS)):
        if _is_free(port):
            return port
    raise RedisUnavailable(f"No port from {PORTS[0]} to {PORTS[-1]} is free on {HOST}")


def _comes_free(port: int) -> bool:
    """Whether a server can listen there, if not now then in a moment."""
    deadline = time.monotonic() + CLOSE_S
    while not _is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _is_free(port: int) -> bool:
    """Whether a server could listen there; connections left over from the last one don't count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
