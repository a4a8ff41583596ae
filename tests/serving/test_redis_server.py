"""The own Redis: real servers, real processes, real kills."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import AuthenticationError, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from serving import redis_process
from serving.redis_binary import RedisUnavailable
from serving.redis_server import OwnRedis, redis_for

ROOT = Path(__file__).resolve().parents[2]
USER = """
import sys
from pathlib import Path
from serving.redis_server import redis_for
with redis_for(Path(sys.argv[1]), None) as lease:
    sys.stdout.write(lease.url + "\\n")
    sys.stdout.flush()
    sys.stdin.readline()
"""


class User:
    """A process with a lease on data_dir's Redis. It leaves when told to."""

    def __init__(self, data_dir: Path, code: str = USER) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(data_dir)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._url = ""

    @property
    def url(self) -> str:
        """Waits until the lease is there."""
        self._url = self._url or self.line()
        return self._url

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert self.process.wait(20) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def interrupt(self) -> None:
        """Ctrl-C in the terminal that started it: the signal goes to the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(20)


def servers(data_dir: Path) -> list[int]:
    """Living server processes of data_dir: they work in its redis folder. Zombies work nowhere."""
    folder = str((data_dir / "redis").resolve())
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(proc / "cwd") == folder:
                found.append(int(proc.name))
        except OSError:  # gone meanwhile
            continue
    return found


def server_pid(url: str) -> int:
    with Redis.from_url(url) as client:
        return int(client.info("server")["process_id"])


def kill_server(url: str) -> int:
    pid = server_pid(url)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}/cwd").exists(), "the killed server is gone")
    return pid


def until(true: Callable[[], bool], what: str, timeout_s: float = 5.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what}"
        time.sleep(0.02)


@pytest.fixture
def join(tmp_path: Path) -> Iterator[Callable[..., User]]:
    """Starts users of tmp_path's Redis; whatever is left of it goes at the end."""
    users: list[User] = []

    def start(code: str = USER) -> User:
        users.append(User(tmp_path, code))
        return users[-1]

    yield start
    for user in users:
        user.close()
    for pid in servers(tmp_path):
        os.kill(pid, signal.SIGKILL)


def answers(url: str) -> bool:
    with contextlib.suppress(RedisError), Redis.from_url(url) as client:
        return bool(client.ping())
    return False


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


def put(url: str, value: str) -> None:
    with Redis.from_url(url) as client:
        assert client.set("kept", value)


def kept(url: str) -> str:
    with Redis.from_url(url, decode_responses=True) as client:
        return str(client.get("kept"))


# Who starts it, who ends it


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_first_in_starts_it_and_last_out_ends_it(join, tmp_path, order):
    users = [join() for _ in range(3)]
    assert len({user.url for user in users}) == 1
    for place in order[:2]:
        users[place].leave()
        assert len(servers(tmp_path)) == 1
    users[order[2]].leave()
    assert servers(tmp_path) == []


def test_eight_at_once_share_one_server(join, tmp_path):
    users = [join() for _ in range(8)]
    assert len({user.url for user in users}) == 1
    assert len(servers(tmp_path)) == 1
    assert (tmp_path / "redis/redis.log").read_text().count("Server initialized") == 1


def test_killed_starter_does_not_keep_the_server(join, tmp_path):
    starter = join()
    assert starter.url
    other = join()
    assert other.url
    starter.kill()
    assert answers(other.url)
    other.leave()
    assert servers(tmp_path) == []


def test_server_that_all_left_by_kill_is_joined_and_then_ended(join, tmp_path):
    users = [join(), join()]
    pid = server_pid(users[0].url)
    assert users[1].url
    for user in users:
        user.kill()
    assert servers(tmp_path) == [pid]
    heir = join()
    assert server_pid(heir.url) == pid
    heir.leave()
    assert servers(tmp_path) == []


def test_data_and_address_outlive_the_death_of_everything(join, tmp_path):
    user = join()
    put(user.url, "before")
    user.kill()
    kill_server(user.url)
    heir = join()
    assert heir.url == user.url
    assert kept(heir.url) == "before"
    heir.leave()
    assert kept(join().url) == "before"  # and a clean end


def test_ctrl_c_reaches_the_user_and_not_the_server(join, tmp_path):
    starter = join()
    pid = server_pid(starter.url)
    other = join()
    assert other.url
    starter.interrupt()
    assert servers(tmp_path) == [pid]
    other.interrupt()
    assert servers(tmp_path) == []


def test_given_url_is_used_as_it_is_and_nothing_is_started(tmp_path):
    with redis_for(tmp_path, "redis://elsewhere:1/5") as lease:
        assert lease.url == "redis://elsewhere:1/5"
        lease.ensure_running()
    assert list(tmp_path.iterdir()) == []


def test_two_data_dirs_are_two_servers(tmp_path):
    with redis_for(tmp_path / "a", None) as a, redis_for(tmp_path / "b", None) as b:
        assert port_of(a.url) != port_of(b.url)
        put(a.url, "a")
        put(b.url, "b")
        assert (kept(a.url), kept(b.url)) == ("a", "b")


def test_copy_of_a_data_dir_in_use_gets_a_server_and_an_address_of_its_own(tmp_path):
    with redis_for(tmp_path / "a", None) as a:
        put(a.url, "a")
        shutil.copytree(tmp_path / "a", tmp_path / "copy")
        with redis_for(tmp_path / "copy", None) as copy:
            put(copy.url, "copy")
            assert kept(a.url) == "a"
        assert answers(a.url)


# Forks


def test_fork_that_leaves_through_the_block_ends_nothing(join, tmp_path):
    forking = USER.replace(
        "    sys.stdin", "    import os\n    os.fork() or sys.exit()\n    os.wait()\n    sys.stdin"
    )
    user = join(forking)
    assert user.url
    time.sleep(0.3)  # the fork is gone by then
    assert len(servers(tmp_path)) == 1
    assert answers(user.url)
    user.leave()
    assert servers(tmp_path) == []


def test_fork_of_a_killed_user_does_not_keep_the_lease(join, tmp_path):
    forking = USER.replace(
        "    sys.stdin", "    import os, time\n    os.fork() or time.sleep(20)\n    sys.stdin"
    )
    parent, other = join(forking), join()
    assert parent.url == other.url
    time.sleep(0.2)
    parent.kill()
    try:
        other.leave()
        assert servers(tmp_path) == []
    finally:
        os.killpg(parent.process.pid, signal.SIGKILL)


# A server that dies


def test_killed_server_is_back_on_its_port_with_what_it_acknowledged(tmp_path):
    with redis_for(tmp_path, None) as lease:
        put(lease.url, "acknowledged")
        pid = kill_server(lease.url)
        until(lambda: answers(lease.url), "the keeper put it back", 3.0)
        assert kept(lease.url) == "acknowledged"
        assert servers(tmp_path) == [server_pid(lease.url)] != [pid]
    assert servers(tmp_path) == []


def test_many_users_put_a_killed_server_back_once(join, tmp_path):
    users = [join() for _ in range(4)]
    assert all(user.url for user in users)
    kill_server(users[0].url)
    until(lambda: answers(users[0].url), "a keeper put it back", 3.0)
    time.sleep(1.2)  # each keeper has looked by then
    assert len(servers(tmp_path)) == 1
    assert (tmp_path / "redis/redis.log").read_text().count("Server initialized") == 2


def test_ensure_running_returns_with_a_server_that_answers(tmp_path):
    with redis_for(tmp_path, None) as lease:
        put(lease.url, "acknowledged")
        kill_server(lease.url)
        lease.ensure_running()
        assert kept(lease.url) == "acknowledged"


def test_log_that_was_cut_off_in_a_write_is_loaded(tmp_path):
    with redis_for(tmp_path, None) as lease:
        put(lease.url, "whole")
        kill_server(lease.url)
        (log,) = (tmp_path / "redis/appendonlydir").glob("*.incr.aof")
        with log.open("a") as file:
            file.write("*3\r\n$3\r\nSET\r\n$4\r\nke")
        lease.ensure_running()
        assert kept(lease.url) == "whole"


def test_server_that_cannot_load_its_data_says_so_with_its_last_words(tmp_path):
    with redis_for(tmp_path, None):
        pass
    (manifest,) = (tmp_path / "redis/appendonlydir").glob("*.manifest")
    manifest.write_text("nonsense\n")
    with (
        pytest.raises(RedisUnavailable, match=r"(?s)ended while it started.*redis\.log.*manifest"),
        redis_for(tmp_path, None),
    ):
        pass
    assert manifest.read_text() == "nonsense\n"


def test_server_that_hangs_is_named_and_not_doubled(tmp_path, monkeypatch):
    monkeypatch.setattr(redis_process, "START_S", 0.5)
    lease = OwnRedis(tmp_path)
    lease.acquire()
    pid = server_pid(lease.url)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(RedisUnavailable, match=f"process {pid}.* does not answer"):
            lease.ensure_running()
        assert servers(tmp_path) == [pid]
    finally:
        os.kill(pid, signal.SIGCONT)
        lease.release()
    assert servers(tmp_path) == []


# Ports


def stranger_on(port: int) -> socket.socket:
    """A program of somebody else that listens on the port."""
    stranger = socket.socket()
    stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    until(lambda: redis_process._is_free(port), "the last server's port is free")
    stranger.bind(("127.0.0.1", port))
    stranger.listen()
    return stranger


def test_stranger_on_the_remembered_port_is_left_alone_and_redis_moves(tmp_path):
    with redis_for(tmp_path, None) as lease:
        put(lease.url, "kept")
        old = lease.url
    with stranger_on(port_of(old)) as stranger, redis_for(tmp_path, None) as lease:
        assert port_of(lease.url) != port_of(old)
        assert urlsplit(lease.url).password != urlsplit(old).password
        assert kept(lease.url) == "kept"
        stranger.setblocking(False)
        with pytest.raises(BlockingIOError):
            stranger.accept()  # nobody so much as called


def test_redis_does_not_move_while_others_know_its_port(tmp_path):
    lease = OwnRedis(tmp_path)
    lease.acquire()
    kill_server(lease.url)
    with stranger_on(port_of(lease.url)):
        message = f"Port {port_of(lease.url)} was taken by another program"
        with pytest.raises(RedisUnavailable, match=message):
            lease.ensure_running()
        with pytest.raises(RedisUnavailable, match=message), redis_for(tmp_path, None):
            pass
    lease.ensure_running()
    assert answers(lease.url)
    lease.release()
    assert servers(tmp_path) == []


# Who may get in


def test_password_is_asked_for(redis_url):
    once = Retry(NoBackoff(), 0)
    with Redis("127.0.0.1", port_of(redis_url), retry=once) as nobody:
        with pytest.raises(AuthenticationError):
            nobody.ping()


def test_password_is_for_this_user_only_and_on_no_command_line(tmp_path):
    with redis_for(tmp_path, None) as lease:
        password = urlsplit(lease.url).password or ""
        (pid,) = servers(tmp_path)
        assert len(bytes.fromhex(password)) == 32
        assert password not in Path(f"/proc/{pid}/cmdline").read_text()
        folder = tmp_path / "redis"
        assert folder.stat().st_mode & 0o777 == 0o700
        for name in ("redis.conf", "server.json"):
            assert password in (folder / name).read_text()
            assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_nothing_listens_beyond_loopback(redis_url):
    rows = [
        row.split()
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for row in Path(table).read_text().splitlines()[1:]
    ]
    listening = [row[1] for row in rows if row[3] == "0A"]
    port = f":{port_of(redis_url):04X}"
    assert [where for where in listening if where.endswith(port)] == ["0100007F" + port]


def test_server_keeps_its_promises_about_data(redis_url):
    with Redis.from_url(redis_url, decode_responses=True) as client:
        told = client.config_get("append*", "save", "maxmemory*", "aof-load-truncated")
    assert told["appendonly"] == "yes"
    assert told["appendfsync"] == "everysec"
    assert told["save"] == ""
    assert told["maxmemory"] == "0"
    assert told["maxmemory-policy"] == "noeviction"
    assert told["aof-load-truncated"] == "yes"


@pytest.mark.parametrize(
    "name", ["two  spaces", "q\"uo\\te's $HOME;#", "größe-网格", f"{'x' * 200}/{'y' * 200}"]
)
def test_any_folder_name_will_do(tmp_path, name):
    with redis_for(tmp_path / name, None) as lease:
        put(lease.url, "here")
        lease.ensure_running()
    assert servers(tmp_path / name) == []
    assert list((tmp_path / name / "redis/appendonlydir").iterdir())
