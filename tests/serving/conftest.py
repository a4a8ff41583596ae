"""A real Redis, job stores on it and real servers for the tests, started by the project's own code."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from serving.jobs.connect import connect
from serving.jobs.store import JobStore
from serving.redis_server import redis_for
from serving.settings import Settings
from tests.serving.house import PLUGIN
from tests.serving.live import Client, Server
from tests.serving.rehearsal import FEW_THREADS
from tests.serving.shelf import Shelf, shelf_in
from tests.serving.studio_browser import open_studio, studio, studio_chromium

__all__ = ["open_studio", "studio", "studio_chromium"]  # fixtures too


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that lives as long as the test session."""
    with redis_for(tmp_path_factory.mktemp("redis-data"), None) as lease:
        yield lease.url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """A client of the session's server, which is empty when the test starts."""
    with Redis.from_url(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture
def store(redis_url: str, redis_client: Redis) -> JobStore:
    """A store on an empty Redis: ten finished jobs are shown, three may wait, two runs are allowed."""
    settings = Settings(history_size=10, max_waiting_per_client=3, max_attempts=2)
    return JobStore(connect(redis_url, timeout_s=5.0).records, settings)


@pytest.fixture
def shelf(tmp_path: Path, redis_url: str, redis_client: Redis) -> Shelf:
    """A web without lanes on an empty Redis, where a test puts finished jobs."""
    return shelf_in(tmp_path, redis_url)


@contextmanager
def living(server: Server) -> Iterator[Server]:
    """A server for a while. Nothing of it may be left, and it may not have stumbled over anything."""
    left = ["not stopped"]
    try:
        yield server
    finally:
        left = server.stop()
    assert left == []
    assert "Traceback" not in server.log, server.log[-5000:]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """All of it, as `python api.py` starts it, with two web processes. Lives as long as the test session."""
    with living(Server(tmp_path_factory.mktemp("server"), web_processes=2)) as started:
        yield started


@pytest.fixture(scope="session")
def desk_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without lanes: what it accepts waits, and can be looked at."""
    folder = tmp_path_factory.mktemp("desk")
    with living(Server(folder, "web_worker.py", max_waiting_per_client=100_000)) as started:
        yield started


@pytest.fixture(scope="module")
def rehearsal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one lane, one web process of few threads, and the model that can be told how to behave."""
    folder = tmp_path_factory.mktemp("house")
    settings = {"plugin_dir": PLUGIN, "web_threads": FEW_THREADS}
    with living(Server(folder, **settings)) as started:
        yield started


_addresses = (f"127.1.{number // 250}.{number % 250 + 1}" for number in itertools.count())


@pytest.fixture
def new_client() -> Iterator[Callable[[Server], Client]]:
    """Makes clients that no server has seen before."""
    made: list[Client] = []

    def make(server: Server) -> Client:
        made.append(Client(server, next(_addresses)))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(server: Server, new_client: Callable[[Server], Client]) -> Client:
    """A new client of the whole server."""
    return new_client(server)


@pytest.fixture
def at_desk(desk_server: Server, new_client: Callable[[Server], Client]) -> Client:
    """A new client of the server without lanes."""
    return new_client(desk_server)
