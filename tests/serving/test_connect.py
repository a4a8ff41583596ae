"""Connections to Redis of a web process: handed out quickly, and none is used that is dead or somebody else's."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from redis import Redis

from serving.jobs.connect import QuickConnections, connect


def records(redis_url: str) -> Redis:
    return connect(redis_url, timeout_s=5, kind=QuickConnections).records


def connection_id(redis: Redis) -> int:
    return int(redis.client_id())


def test_connection_that_was_given_back_is_used_again(redis_url: str, redis_client: Redis) -> None:
    ours = records(redis_url)
    assert connection_id(ours) == connection_id(ours)


def test_connection_that_the_server_closed_is_opened_again(
    redis_url: str, redis_client: Redis
) -> None:
    ours = records(redis_url)
    earlier = connection_id(ours)
    assert redis_client.client_kill_filter(_id=str(earlier)) == 1
    assert connection_id(ours) != earlier
    assert ours.set("a", "1") and ours.get("a") == "1"


def test_pipeline_on_a_closed_connection_is_sent_once_more(
    redis_url: str, redis_client: Redis
) -> None:
    ours = records(redis_url)
    redis_client.client_kill_filter(_id=str(connection_id(ours)))
    with ours.pipeline(transaction=False) as pipe:
        pipe.incr("n")
        pipe.get("n")
        assert pipe.execute() == [1, "1"]


def test_threads_never_share_a_connection_at_one_time(redis_url: str, redis_client: Redis) -> None:
    ours = records(redis_url)

    def echo(number: int) -> bool:
        return ours.echo(str(number)) == str(number)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(echo, range(2_000)))
    mine = [row for row in redis_client.client_list() if row["cmd"] == "echo"]
    assert len(mine) <= 8


def test_forked_process_opens_its_own_connection(redis_url: str, redis_client: Redis) -> None:
    ours = records(redis_url)
    earlier = connection_id(ours)
    reads, writes = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writes, str(connection_id(ours)).encode())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert int(os.read(reads, 32)) != earlier == connection_id(ours)
    os.close(reads)
    os.close(writes)
