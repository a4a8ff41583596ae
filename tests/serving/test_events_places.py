"""Open streams take no thread's place, end when they should, and tell when something may be lacking."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from redis import Redis
from redis.exceptions import ConnectionError as RedisIsAway

from serving.jobs.keyspace import EVENTS
from serving.jobs.store import JobStore
from serving.settings import Settings
from serving.web import events as streams
from serving.web.app import create_app
from serving.web.bell import Bell
from serving.web.desk import build_core
from serving.web.feed import Feed, Followed, Follower
from serving.web.stream_places import MAX_CLIENT_STREAMS, MAX_STREAMS
from tests.serving.conftest import living
from tests.serving.event_streams import ALL, is_at, of_job, of_jobs
from tests.serving.house import until
from tests.serving.live import Client, Server
from tests.serving.rehearsal import rehearse
from tests.serving.second_api import JOBS, completed, refused, submit
from tests.serving.stored_jobs import NOW_S, saved, started
from tests.serving.test_metrics import metrics, value

HEAD = f"GET {ALL} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
NOTICED_S = 10.0
OUTCOME = {"files": [], "info": {}, "warnings": [], "stage_s": {}}


@pytest.fixture
def client(rehearsal_server: Server, new_client: Callable[[Server], Client]) -> Client:
    return new_client(rehearsal_server)


def open_streams(client: Client) -> int:
    return int(value(metrics(client), "meshkiln_event_streams_open"))


@contextmanager
def many_streams(client: Client, count: int) -> Iterator[list[socket.socket]]:
    """So many open streams of one client, each of which has said where it stands."""
    address = (client.server.host, client.server.port)
    sockets = []
    try:
        for _ in range(count):
            sockets.append(socket.create_connection(address, 30, (client.address, 0)))
            sockets[-1].sendall(HEAD)
        for sock in sockets:
            heard = b""
            while b"retry: 3000\n" not in heard:
                piece = sock.recv(65_536)
                assert piece, heard
                heard += piece
            assert heard.startswith(b"HTTP/1.1 200 "), heard
        yield sockets
    finally:
        for sock in sockets:
            sock.close()


# Places


def test_as_many_streams_as_may_be_open_keep_nobody_from_being_served(
    client, rehearsal_server, new_client
):
    """Twenty-five times as many as the process has threads."""
    other, third = (new_client(rehearsal_server) for _ in range(2))
    until(lambda: open_streams(client) == 0, NOTICED_S, "no stream is open")
    half = MAX_STREAMS // 2
    with many_streams(client, half) as sockets, many_streams(other, half):
        assert open_streams(client) == MAX_STREAMS
        refused(third.get(ALL), 503, "API_ERROR", "too many event streams are open")
        refusal = client.get(ALL)
        refused(refusal, 503, "API_ERROR", "status")
        assert int(refusal.headers["Retry-After"]) > 0
        done = [completed(client, rehearse(client)) for _ in range(3)]  # what is refused can poll
        for status in done:
            assert client.get(status["mesh_url"]).content == b"{}"
        for sock in sockets:
            heard = b""
            while not all(status["job_id"].encode() in heard for status in done):
                heard += sock.recv(65_536)
    until(lambda: open_streams(client) == 0, NOTICED_S, "their places are free")
    with of_jobs(client) as stream:
        job_id = rehearse(client)
        stream.until(is_at(job_id, "completed"))


def test_one_client_has_half_of_the_places_at_most(client, rehearsal_server, new_client):
    other = new_client(rehearsal_server)
    until(lambda: open_streams(client) == 0, NOTICED_S, "no stream is open")
    with many_streams(client, MAX_CLIENT_STREAMS):
        refusal = client.get(ALL)
        refused(refusal, 503, "API_ERROR", f"{MAX_CLIENT_STREAMS} event streams of yours")
        assert int(refusal.headers["Retry-After"]) > 0
        assert other.get(f"{ALL}?seconds=0").status_code == 200
    until(lambda: open_streams(client) == 0, NOTICED_S, "their places are free")
    assert client.get(f"{ALL}?seconds=0").status_code == 200


def test_client_that_has_gone_frees_its_place_at_once(client):
    until(lambda: open_streams(client) == 0, NOTICED_S, "no stream is open")
    with many_streams(client, 5):
        assert open_streams(client) == 5
    # Much sooner than a heartbeat, which nobody would take.
    until(lambda: open_streams(client) == 0, streams.HEARTBEAT_S / 2, "they have gone")


def test_long_stream_is_no_long_request(client):
    route, path = "/api/v1/system/events", f"{ALL}?seconds=1.2"
    before = metrics(client)
    assert client.get(path).status_code == 200
    after = metrics(client)

    def grown(name: str) -> float:
        return value(after, name, route=route) - value(before, name, route=route)

    assert grown("meshkiln_http_requests_total") == 1
    assert grown("meshkiln_http_request_duration_seconds_sum") < 1.0


def test_stream_ends_when_its_time_is_over(client):
    began_s = time.monotonic()
    assert "retry: 3000" in client.get(f"{ALL}?seconds=0.5").text
    assert 0.4 < time.monotonic() - began_s < 8


def test_server_that_stops_ends_its_streams(tmp_path, new_client):
    with living(Server(tmp_path, "web_worker.py")) as server:
        client = new_client(server)
        job_id = submit(client)
        opened = [of_jobs(client), of_job(client, job_id)]
        for stream in opened:
            stream.next()
        waiting = threading.Thread(target=lambda: status_after_wait(client, job_id))
        waiting.start()
        time.sleep(0.5)
        began_s = time.monotonic()
        stopping = threading.Thread(target=server._process.terminate)
        stopping.start()
        for stream in opened:
            assert stream.rest() == []  # to its proper end
        assert time.monotonic() - began_s < 5  # not when gunicorn loses its patience
        stopping.join()
        waiting.join(20)


def status_after_wait(client: Client, job_id: str) -> None:
    """A long poll beside the streams. The server may hang up on it."""
    try:
        with Client(client.server, client.address) as own:
            own.get(f"{JOBS}/{job_id}?wait=3", timeout=20)
    except requests.RequestException:
        pass


# In this process


@pytest.fixture
def app(tmp_path: Path, redis_url: str, redis_client: Redis):
    values = {"data_dir": tmp_path, "redis_url": redis_url}
    return create_app(Settings(_env_file=None).model_copy(update=values))


def blocks(answer) -> Iterator[str]:
    """What a stream of Flask's own client sends, block by block."""
    left = b""
    for piece in answer.response:
        left += piece
        while b"\n\n" in left:
            block, _, left = left.partition(b"\n\n")
            yield block.decode()


def test_silent_stream_gives_a_sign_of_life(app, monkeypatch):
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.1)
    with app.test_client().get(f"{ALL}?seconds=5") as answer:
        said = blocks(answer)
        assert next(said).startswith("retry: 3000\nid: ")
        assert [next(said) for _ in range(3)] == [":"] * 3


def test_lost_data_resets_an_open_stream(app, store: JobStore, redis_client: Redis):
    kept = saved(store)
    answer = app.test_client().get(f"{ALL}?jobs={kept.job_id}&seconds=30")
    said = blocks(answer)
    assert [next(said).partition("\n")[0] for _ in range(1)] == ["retry: 3000"]
    assert kept.job_id in next(said)
    redis_client.flushall()
    made = saved(store)
    heard = [next(said), next(said)]
    assert heard[0].startswith("event: reset\ndata: {}")
    assert heard[1].split("\n")[1:] == ["event: deleted", f'data: {{"job_id":"{kept.job_id}"}}']
    assert made.job_id not in "".join(heard)
    answer.close()


def test_feed_reads_once_for_all_and_stops_when_nobody_follows(
    app, store: JobStore, redis_client: Redis
):
    def readers() -> int:
        return sum("xread" in str(row["cmd"]) for row in redis_client.client_list())

    record = started(store)
    ten = [app.test_client().get(f"{JOBS}/{record.job_id}/events") for _ in range(10)]
    opened = [blocks(answer) for answer in ten]
    for said in opened:
        next(said), next(said)
    until(lambda: readers() == 1, 5, "one connection reads")
    redis_client.config_resetstat()
    store.complete(record, OUTCOME, NOW_S + 3)
    for said in opened:
        assert '"status":"completed"' in next(said)
        assert list(said) == []
    # Looked up once, by the feed, for all ten.
    assert redis_client.info("commandstats")["cmdstat_exec"]["calls"] == 1
    for answer in ten:
        answer.close()
    until(lambda: readers() == 0, 10, "nobody reads any more")
    until(
        lambda: "events" not in [one.name for one in threading.enumerate()], 5, "no thread is left"
    )


def test_no_event_is_lost_between_joining_and_reading(tmp_path, redis_url, store: JobStore):
    """One job moves on all the time, while followers come and go: each sees it end."""
    values = {"data_dir": tmp_path, "redis_url": redis_url}
    feed = Feed(build_core(Settings(_env_file=None).model_copy(update=values)))
    for _ in range(40):
        record = started(store)
        mover = threading.Thread(target=store.complete, args=(record, OUTCOME, NOW_S + 3))
        bell = Bell()
        follower = Follower(Followed((record.job_id,)), bell)
        mover.start()
        assert feed.join(follower)
        seen = feed.look({record.job_id: follower.after})
        until_s = time.monotonic() + 10
        while not any(event.is_over for event in seen):
            assert time.monotonic() < until_s, "its end was lost"
            bell.wait(None, 0.5)
            seen += follower.take()[1]
        assert all(a.id <= b.id for a, b in pairwise(seen))
        feed.leave(follower)
        bell.close()
        mover.join()
    feed.close()
    assert not feed.join(Follower(Followed(client="a"), Bell()))


def test_feed_waits_for_a_redis_that_is_away(tmp_path, redis_url, store: JobStore, monkeypatch):
    values = {"data_dir": tmp_path, "redis_url": redis_url}
    core = build_core(Settings(_env_file=None).model_copy(update=values))
    feed, bell = Feed(core), Bell()
    follower = Follower(Followed(client="127.0.0.1"), bell)
    assert feed.join(follower)
    looks, found = [], core.desk.store.get_all_listed

    def away_at_first(job_ids):
        looks.append(time.monotonic())
        if len(looks) < 4:
            raise RedisIsAway("no")
        return found(job_ids)

    monkeypatch.setattr(core.desk.store, "get_all_listed", away_at_first)
    record = saved(store)
    bell.wait(None, 20)
    assert [event.job_id for event in follower.take()[1]] == [record.job_id]
    assert len(looks) == 4
    assert looks[-1] - looks[0] > 2.0  # it does not spin
    feed.close()


def test_entries_that_were_trimmed_reset_who_comes_again(app, store: JobStore, redis_client: Redis):
    record = started(store)
    web = app.test_client()
    first = web.get(f"{JOBS}/{record.job_id}/events?seconds=0").text
    last_id = first.split("id: ")[1].partition("\n")[0]
    store.progress(record, "geometry", 5.0)
    resume = f"{JOBS}/{record.job_id}/events?seconds=0&last_event_id={last_id}"
    assert web.get(resume).text.count("event: ") == 1
    redis_client.xtrim(EVENTS, maxlen=1, approximate=False)
    again = web.get(resume).text
    assert again.index("event: reset") < again.index("event: job")
    assert status_of_text(again) == "processing"


def status_of_text(text: str) -> str:
    return text.rpartition('"status":"')[2].partition('"')[0]


def test_bell_wakes_once_and_tells_of_a_client_that_has_gone():
    ours, theirs = socket.socketpair()
    bell = Bell()
    bell.ring()
    bell.ring()
    began_s = time.monotonic()
    assert bell.wait(ours, 5)
    assert bell.wait(ours, 0.2)
    assert 0.15 < time.monotonic() - began_s < 4
    theirs.sendall(b"what it says is of no interest")
    began_s = time.monotonic()
    assert bell.wait(ours, 0.2)
    assert time.monotonic() - began_s > 0.15
    theirs.close()
    assert not bell.wait(ours, 5)
    bell.close()
    bell.ring()
    bell.close()
    ours.close()
